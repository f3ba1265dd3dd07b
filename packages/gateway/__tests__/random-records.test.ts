import { asAdmin } from '@formwork/testkit';
import fc from 'fast-check';
import { dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

/** What is given for a field, and what is to come of it: the value that is read back, or a violation at a path. */
interface Case {
  readonly given: unknown;
  readonly read?: unknown;
  readonly code?: string;
  /** Of the violation, behind the field's name. */
  readonly at?: readonly (string | number)[];
}

const good = (given: unknown, read: unknown = given): Case => ({ given, read });
const bad = (code: string, given: unknown, at: Case['at'] = []): Case => ({ given, code, at });
const absent: Case = { given: undefined, read: null };

/** Text that Postgres can store. */
const text = (options: { minLength?: number; maxLength?: number } = {}) =>
  fc.string({ unit: 'grapheme', ...options }).filter((drawn) => !/\0|\p{Surrogate}/u.test(drawn));
const lengthOf = (drawn: string) => [...drawn].length;
const pad = (number: number, digits = 2) => String(number).padStart(digits, '0');
const cents = fc.integer({ min: 1, max: 99_999_999 });
const decimalOf = (drawn: number) => `${Math.trunc(drawn / 100)}.${pad(drawn % 100)}`;
const moment = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T00:00:00Z'),
  noInvalidDate: true,
});
/** As it is stored: no zeros at the end of the fraction. */
const canonical = (drawn: Date) =>
  drawn
    .toISOString()
    .replace(/\.?0*Z$/, 'Z')
    .replace(/^\+00/, '');

/** For each field its definition and what may be given for it. Labels are "The …", to be found in messages. */
const fields: Readonly<Record<string, { readonly field: object; readonly cases: fc.Arbitrary<Case> }>> = {
  name: {
    field: { type: 'text', required: true, options: { minLength: 2, maxLength: 10 } },
    cases: fc.oneof(
      {
        weight: 6,
        arbitrary: text({ minLength: 2, maxLength: 5 })
          .filter((drawn) => lengthOf(drawn) <= 10 && lengthOf(drawn) >= 2)
          .map((drawn) => good(drawn)),
      },
      fc.constantFrom('', 'x', '👍').map((drawn) => bad('TOO_SHORT', drawn)),
      fc.constant(bad('TOO_LONG', '👍'.repeat(11))),
      fc.constantFrom(null, undefined).map((drawn) => bad('REQUIRED', drawn)),
    ),
  },
  notes: {
    field: { type: 'long_text' },
    cases: fc.oneof(
      text().map((drawn) => good(drawn)),
      fc.constant(bad('CHARACTERS', 'a\0b')),
      fc.constant(absent),
    ),
  },
  code: {
    field: { type: 'text', options: { pattern: '^[A-Z]{2}-\\d{1,3}$' } },
    cases: fc.oneof(
      fc.nat(999).map((drawn) => good(`AB-${drawn}`)),
      fc.constantFrom('ab-1', 'AB-1234', 'AB-1\n').map((drawn) => bad('PATTERN', drawn)),
    ),
  },
  mail: {
    field: { type: 'email' },
    cases: fc.constantFrom(
      good('ada@example.com'),
      good('ö.ß@例え.jp'),
      bad('FORMAT', 'ada@'),
      bad('FORMAT', 'a b@c.d'),
    ),
  },
  site: {
    field: { type: 'url' },
    cases: fc.oneof(
      fc.webUrl().map((drawn) => good(drawn)),
      fc.constant(bad('FORMAT', 'javascript:alert(1)')),
    ),
  },
  phone: {
    field: { type: 'phone' },
    cases: fc.constantFrom(good('+49 30 901820'), good('(030) 90-18'), bad('FORMAT', 'none')),
  },
  count: {
    field: { type: 'integer', options: { min: -5, max: 100 } },
    cases: fc.integer({ min: -10, max: 105 }).map((drawn) => {
      if (drawn < -5) return bad('TOO_SMALL', drawn);
      return drawn > 100 ? bad('TOO_LARGE', drawn) : good(drawn);
    }),
  },
  mass: {
    field: { type: 'number' },
    cases: fc.double({ noNaN: true, noDefaultInfinity: true }).map((drawn) => good(drawn, drawn + 0)),
  },
  share: {
    field: { type: 'percent', options: { min: 0, max: 100 } },
    cases: fc.constantFrom(good(0), good(99.999), bad('TOO_LARGE', 100.001), bad('TOO_SMALL', -1)),
  },
  stars: {
    field: { type: 'rating' },
    cases: fc.integer({ min: 0, max: 6 }).map((drawn) => (drawn > 5 ? bad('TOO_LARGE', drawn) : good(drawn))),
  },
  price: {
    field: { type: 'decimal', options: { precision: 8, scale: 2, max: '900000' } },
    cases: fc.oneof(
      cents.map(decimalOf).map((drawn) => (Number(drawn) > 900_000 ? bad('TOO_LARGE', drawn) : good(drawn))),
      cents.map((drawn) => bad('PRECISION', `${drawn % 100}.123`)),
      fc.constantFrom(good('007', '7'), good('1e2', '100'), good(5, '5'), good('1.500', '1.50')),
    ),
  },
  exact: {
    field: { type: 'decimal' },
    cases: fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.bigInt({ min: 1n, max: 10n ** 20n - 1n }))
      .map(([whole, fraction]) => good(`${whole}.${String(fraction).padStart(20, '0')}`)),
  },
  fee: {
    field: { type: 'currency', options: { scale: 2, currencies: ['EUR', 'USD'] } },
    cases: fc.oneof(
      cents.map((drawn) => good({ amount: decimalOf(drawn), currency: 'EUR' })),
      cents.map((drawn) => bad('NOT_A_CHOICE', { amount: decimalOf(drawn), currency: 'GBP' }, ['currency'])),
      fc.constant(bad('PRECISION', { amount: '1.234', currency: 'USD' }, ['amount'])),
    ),
  },
  active: { field: { type: 'boolean' }, cases: fc.constantFrom(good(true), good(false), good(null)) },
  day: {
    field: { type: 'date', options: { min: '1900-01-01' } },
    cases: moment.map((drawn) => {
      const day = drawn.toISOString().slice(0, 10);
      return day < '1900-01-01' ? bad('TOO_SMALL', day) : good(day);
    }),
  },
  at: {
    field: { type: 'datetime' },
    cases: fc.oneof(
      moment.map((drawn) => good(drawn.toISOString(), canonical(drawn))),
      fc.constant(good('2026-11-21T12:00:00.123456+02:00', '2026-11-21T10:00:00.123456Z')),
    ),
  },
  tod: {
    field: { type: 'time' },
    cases: fc.tuple(fc.nat(23), fc.nat(59)).map(([hour, minute]) => good(`${pad(hour)}:${pad(minute)}:30`)),
  },
  span: {
    field: { type: 'duration' },
    cases: fc.constantFrom(good('PT1H30M'), good('P1Y6M'), good('PT0.25S')),
  },
  state: {
    field: {
      type: 'select',
      default: 'new',
      options: { choices: [{ key: 'new' }, { key: 'in_use' }, { key: 'gone' }] },
    },
    cases: fc.constantFrom(good('NEW'), good('IN_USE'), good(null), good(undefined, 'NEW')),
  },
  marks: {
    field: { type: 'multi_select', options: { choices: [{ key: 'red' }, { key: 'blue' }, { key: 'loud' }] } },
    cases: fc
      .array(fc.constantFrom('RED', 'BLUE', 'LOUD'), { maxLength: 3 })
      .map((drawn) => (new Set(drawn).size === drawn.length ? good(drawn) : bad('DUPLICATE', drawn))),
  },
  extra: {
    field: { type: 'json' },
    cases: fc
      .jsonValue()
      .filter((drawn) => drawn !== null && !/\\u0000|\\ud[89a-f]|__proto__/i.test(JSON.stringify(drawn)))
      .map((drawn) => good(drawn, JSON.parse(JSON.stringify(drawn)))),
  },
};

const design = {
  formwork: 1,
  entities: [
    {
      key: 'thing',
      fields: Object.entries(fields).map(([key, { field }]) => ({ key, label: `The ${key}`, ...field })),
    },
  ],
};

let harness: Harness;
let gateway: TestGateway;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('workshop', design);
  gateway = await harness.gateway({ logLevel: 'silent' });
});
afterAll(() => harness.close());

const selection = Object.keys(fields)
  .map((name) => (name === 'fee' ? 'fee { amount currency }' : name))
  .join(' ');
const create = `mutation ($input: CreateThingInput!) { createThing(input: $input) { thing { id version ${selection} } } }`;

/** Some of the fields; every second record is without a fault. Where it fails, fast-check tells the seed. */
const records = fc.oneof(
  recordsOf(() => true),
  recordsOf(({ code }) => code === undefined),
);

function recordsOf(takes: (drawn: Case) => boolean) {
  const cases = Object.entries(fields).map(([name, { cases: all }]) => [name, all.filter(takes)]);
  return fc.record<Record<string, Case>>(Object.fromEntries(cases), { requiredKeys: ['name'] });
}

test('a random record is read back as it was given, or refused with all that is wrong with it', async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(records, async (record: Readonly<Record<string, Case>>) => {
      const input = Object.fromEntries(Object.entries(record).map(([name, { given }]) => [name, given]));
      const expected = Object.entries(record)
        .filter(([, { code }]) => code !== undefined)
        .map(([name, { code, at = [] }]) => ({ path: ['input', name, ...at], code }));
      const answer = await gateway.ask(tenant.keys.editor, create, { input });
      if (expected.length === 0) {
        written += 1;
        const { createThing } = dataOf(answer) as { createThing: { thing: { id: string } } };
        const values = Object.keys(fields).map((name) => [name, expectedOf(name, record[name])]);
        expect(createThing.thing).toEqual({
          id: expect.any(String),
          version: 1,
          ...Object.fromEntries(values),
        });
        const again = await gateway.ask(
          tenant.keys.viewer,
          `{ thing(id: "${createThing.thing.id}") { id version ${selection} } }`,
        );
        expect(dataOf(again)['thing']).toEqual(createThing.thing);
        return;
      }
      expect(answer.data).toBeNull();
      expect(answer.errors).toHaveLength(1);
      const { code, violations } = (answer.errors?.[0]?.extensions ?? {}) as {
        code: string;
        violations: { path: (string | number)[]; code: string; message: string }[];
      };
      expect(code).toBe('VALIDATION_FAILED');
      const byPath = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
      expect(violations.map(({ path, code: one }) => ({ path, code: one })).sort(byPath)).toEqual(
        expected.sort(byPath),
      );
      for (const { path, message } of violations)
        expect(message).toMatch(new RegExp(`"The ${path[1]}".*\\.$`, 's'));
    }),
    { numRuns: 200 },
  );
  const { rows } = await asAdmin(harness.database, (admin) =>
    admin.query('select count(*)::int as count from formwork.records'),
  );
  expect(rows).toEqual([{ count: written }]);
  expect(written).toBeGreaterThan(50);
});

function expectedOf(name: string, drawn: Case | undefined): unknown {
  if (drawn === undefined) return name === 'state' ? 'NEW' : null;
  return drawn.read ?? null;
}
