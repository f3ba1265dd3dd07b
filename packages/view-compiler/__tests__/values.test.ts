import type { AdminClient } from '@formwork/pg';
import {
  asAdmin,
  createTestDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from '@formwork/testkit';
import { compileEntityStorage } from '@formwork/view-compiler';
import fc from 'fast-check';
import { entityOf, everyType } from './every-type.ts';

/** JSON that is let in, by field: its text, and what the view then shows as text. */
const accepted: Readonly<Record<string, readonly (readonly [json: string, shown: string])[]>> = {
  text: [
    ['""', ''],
    [`"'; drop table x; -- $$ \\\\ \\" \u{10ffff} 🛩"`, `'; drop table x; -- $$ \\ " \u{10ffff} 🛩`],
    [`"${'x'.repeat(10_000)}"`, 'x'.repeat(10_000)],
  ],
  long_text: [['"a\\nb"', 'a\nb']],
  email: [['"A@Example.com"', 'A@Example.com']],
  url: [['"https://example.com"', 'https://example.com']],
  phone: [['"+49 30"', '+49 30']],
  integer: [
    ['0', '0'],
    ['-2147483648', '-2147483648'],
    ['2147483647', '2147483647'],
    ['5.0', '5'],
    ['1e3', '1000'],
  ],
  number: [
    ['0', '0'],
    ['-0.5', '-0.5'],
    ['5e-324', '5e-324'],
    ['-5e-324', '-5e-324'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['-1.7976931348623157e308', '-1.7976931348623157e+308'],
    ['0.1', '0.1'],
    ['123456789012345678', '1.2345678901234568e+17'],
  ],
  percent: [['12.5', '12.5']],
  rating: [['5', '5']],
  decimal: [
    ['12345678901234567890.12345678901234567890', '12345678901234567890.12345678901234567890'],
    ['-0.10', '-0.10'],
  ],
  currency: [
    ['{"amount": 12.50, "currency": "EUR"}', '{"amount": 12.50, "currency": "EUR"}'],
    [
      '{"amount": -99999999999999999999.99, "currency": "XAU"}',
      '{"amount": -99999999999999999999.99, "currency": "XAU"}',
    ],
  ],
  boolean: [
    ['true', 'true'],
    ['false', 'false'],
  ],
  date: [
    ['"0001-01-01"', '0001-01-01'],
    ['"9999-12-31"', '9999-12-31'],
    ['"2024-02-29"', '2024-02-29'],
  ],
  datetime: [
    ['"0001-01-01T00:00:00Z"', '0001-01-01 00:00:00+00'],
    ['"9999-12-31T23:59:59.999999Z"', '9999-12-31 23:59:59.999999+00'],
    ['"2026-11-21T10:00:00.5Z"', '2026-11-21 10:00:00.5+00'],
    ['"2026-03-29T02:30:00.123456Z"', '2026-03-29 02:30:00.123456+00'],
  ],
  time: [
    ['"00:00:00"', '00:00:00'],
    ['"23:59:59.999999"', '23:59:59.999999'],
    ['"10:00:00.5"', '10:00:00.5'],
  ],
  duration: [
    ['"P1DT2H"', 'P1DT2H'],
    ['"PT0.5S"', 'PT0.5S'],
    ['"P3W"', 'P3W'],
  ],
  select: [['"large"', 'large']],
  multi_select: [
    ['[]', '[]'],
    ['["large", "small"]', '["large", "small"]'],
  ],
  json: [
    ['[null, {"a": [1]}]', '[null, {"a": [1]}]'],
    ['"text"', '"text"'],
    ['false', 'false'],
  ],
};

/** JSON that is refused. Null is: "no value" has one form, which is absence. */
const refused: Readonly<Record<string, readonly string[]>> = {
  text: ['null', '5', 'true', '{}', '[]', '["a"]'],
  email: ['null', '5', '["a@b"]'],
  integer: ['null', '"5"', '2147483648', '-2147483649', '1.5', '[5]', 'true', '{}', '1e400'],
  rating: ['null', '"5"', '1.5', '3000000000', '[5]'],
  number: ['null', '"5"', '1e309', '-1e309', '1e-400', '-2e-324', '[1]', '[]', '{}'],
  percent: ['null', '1e309', '[1]'],
  decimal: ['null', '"5"', '1e400', '1e-400', '[1]'],
  currency: [
    'null',
    '5',
    '{}',
    '{"amount": 1}',
    '{"currency": "EUR"}',
    '{"amount": "1", "currency": "EUR"}',
    '{"amount": null, "currency": "EUR"}',
    '{"amount": 1, "currency": "eur"}',
    '{"amount": 1, "currency": "EURO"}',
    '{"amount": 1, "currency": ["EUR"]}',
    '{"amount": [1], "currency": "EUR"}',
    '{"amount": 1e400, "currency": "EUR"}',
    '[{"amount": 1, "currency": "EUR"}]',
  ],
  boolean: ['null', '0', '1', '"true"', '[true]'],
  date: [
    'null',
    '""',
    '"0000-01-01"',
    '"2026-1-1"',
    '"2026-02-30"',
    '"2025-02-29"',
    '"2026-13-01"',
    '"2026-01-00"',
    '"12026-01-01"',
    '" 2026-01-01"',
    '"2026-01-01\\n"',
    '"+026-01-01"',
    '"2026-01-01T00:00:00Z"',
    '"infinity"',
    '"today"',
    '20260101',
    '["2026-01-01"]',
  ],
  datetime: [
    'null',
    '"2026-01-01"',
    '"2026-01-01T10:00:00"',
    '"2026-01-01T10:00:00+00:00"',
    '"2026-01-01 10:00:00Z"',
    '"2026-01-01T24:00:00Z"',
    '"2026-01-01T23:60:00Z"',
    '"2026-01-01T23:59:60Z"',
    '"2026-02-30T10:00:00Z"',
    '"2026-02-30T10:00:00.5Z"',
    '"2026-01-01T10:00:00.Z"',
    '"2026-01-01T10:00:00.50Z"',
    '"2026-01-01T10:00:00.1234567Z"',
    '"0000-01-01T10:00:00Z"',
    '"now"',
    '["2026-01-01T10:00:00Z"]',
  ],
  time: ['null', '"24:00:00"', '"10:00"', '"10:00:60"', '"10:00:00.50"', '"10:00:00Z"', '"1:00:00"', '36000'],
  duration: ['null', '""', '"P"', '"PT"', '"1 day"', '5'],
  select: ['null', '"huge"', '""', '"Large"', '["large"]', '[["large"]]', '5', '{"large": 1}'],
  multi_select: [
    'null',
    '"large"',
    '["huge"]',
    '["large", "huge"]',
    '[["large"]]',
    '["large", ["small"]]',
    '[null]',
    '["large", 5]',
    '{"0": "large"}',
  ],
  json: ['null'],
  link: [
    'null',
    '""',
    '5',
    '"01A1FBF8-617F-740C-8519-59305AB7E7A8"',
    '"{01a1fbf8-617f-740c-8519-59305ab7e7a8}"',
    '"01a1fbf8617f740c851959305ab7e7a8"',
    '["01a1fbf8-617f-740c-8519-59305ab7e7a8"]',
  ],
};

/** More that no trigger would let through. */
const planted = ['1e-4000', '"24:00:00.0"', '"99999999-01-01"', '"0000-00-00"', '"4713-01-01 BC"', '"-1"'];

/** What nobody but a superuser can put into slots. */
const plantedSlots = {
  ...{ t1: 'garbage', t2: 'garbage', t3: 'garbage', t4: 'garbage' },
  ...{ n1: '1e300', n2: '-Infinity', n5: '1e-310', n6: 'Infinity', n7: '0.5', n8: '-1e18' },
  ...{ d1: '-infinity', d2: '4713-01-01 BC' },
};

let database: TestDatabase;
const tenants = new Map<string, TestTenant>();

beforeAll(async () => {
  database = await createTestDatabase();
  tenants.set('plain', await createTestTenant(database, 'plain', everyType({ indexed: false })));
  tenants.set('indexed', await createTestTenant(database, 'indexed', everyType({ indexed: true })));
});

afterAll(() => database.drop());

describe.each(['plain', 'indexed'])('with %s fields', (slug) => {
  test('takes values of every type and shows them as they are', async () => {
    await asTenant(slug, async (client, view) => {
      for (const [field, json, shown] of flatten(accepted)) {
        const { rows } = await insert(client, field, json);
        const found = await client.query(`select "${field}"::text as shown from ${view} where id = $1`, [
          rows[0].id,
        ]);
        expect([field, json, found.rows]).toEqual([field, json, [{ shown }]]);
      }
    });
  });

  test('refuses what is no value of the type, by the name of the field', async () => {
    await asTenant(slug, async (client) => {
      for (const [field, json] of flatten(refused)) {
        await client.query('savepoint one');
        const outcome = await insert(client, field, json).then(
          () => 'taken',
          ({ code, detail }) => `${code} ${detail}`,
        );
        const refusal = `FW010 {"entity": "thing", "fields": ["${field}"]}`;
        expect([field, json, outcome]).toEqual([field, json, refusal]);
        await client.query('rollback to savepoint one');
      }
    });
  });

  test('shows planted garbage without an error', async () => {
    await asTenant(slug, async (client, view) => {
      const count = await plant(client, tenants.get(slug) as TestTenant);
      const columns = fields.map((field) => `"${field}"::text`).join();
      const { rows } = await client.query(`select ${columns} from ${view}`);
      expect(rows).toHaveLength(count);
    });
  });
});

test('shows as null what cannot be read', async () => {
  await asTenant('plain', async (client, view) => {
    await plant(client, tenants.get('plain') as TestTenant);
    const shown = fields.map(
      (field) => `select '${field}' from ${view} v join formwork.records r using (id)
        where r.data -> '${field}' in ('"huge"', '"24:00:00.0"', '{"0": "large"}') and v."${field}" is not null`,
    );
    const { rows } = await client.query(`${shown.join(' union ')} order by 1`);
    const asIs = ['duration', 'email', 'json', 'long_text', 'phone', 'select', 'text', 'url'];
    expect(rows.map((row) => Object.values(row)[0])).toEqual(asIs);
  });
});

test('stores and shows whatever the checks let through', async () => {
  const near = fc.stringMatching(/^[+-]?[0-9]{0,5}[-:T.]?[0-9]{0,3}[-:T.]?[0-9]{0,3}[Z]?$/);
  const moment = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const text = fc.oneof(
    near,
    moment,
    moment.map((iso) => iso.slice(0, 10)),
    moment.map((iso) => iso.slice(11, -1)),
  );
  const numeral = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -420, max: 420 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`);
  const values = [
    ...fc.sample(text, { numRuns: 120, seed: 7 }).map((value) => JSON.stringify(value)),
    ...fc.sample(numeral, { numRuns: 60, seed: 7 }),
    ...fc.sample(fc.integer(), { numRuns: 20, seed: 7 }).map(String),
    ...fc.sample(fc.json(), { numRuns: 60, seed: 7 }).filter((json) => !json.includes('\\u0000')),
  ];
  await asTenant('indexed', async (client, view) => {
    const { registry } = tenants.get('indexed') as TestTenant;
    const { checks } = compileEntityStorage(registry, entityOf(registry));
    const own = checks.filter(({ field }) => field !== 'serial' && field !== 'link');
    const { rows } = await client.query(
      `insert into formwork.records (entity_type, data)
        select 'thing', jsonb_build_object(field, value::jsonb)
        from unnest($1::text[], $2::text[]) checks (field, path), unnest($3::text[]) value
        where coalesce(jsonb_build_object(field, value::jsonb) @@ path::jsonpath, false)
        returning (select min(k) from jsonb_object_keys(data - 'serial') k) as field`,
      [own.map(({ field }) => field), own.map(({ path }) => path), values],
    );
    const stored = new Set(rows.map(({ field }) => field));
    expect([...stored].sort()).toEqual(
      expect.arrayContaining(['date', 'datetime', 'decimal', 'integer', 'json', 'number', 'text', 'time']),
    );
    const columns = fields.map((field) => `"${field}"::text`).join();
    const shown = await client.query(`select ${columns} from ${view}`);
    expect(shown.rows).toHaveLength(rows.length);
    const blank = shown.rows.filter((row) =>
      Object.entries(row).every(([name, value]) => name === 'serial' || value === null),
    );
    expect(blank).toEqual([]);
  });
});

test('reads and writes the same moments in every time zone', async () => {
  await asTenant('indexed', async (client, view) => {
    await client.query(`set local time zone 'America/New_York'`);
    await insert(client, 'date', '"2026-03-08"');
    await insert(client, 'datetime', '"2026-03-08T07:30:00Z"');
    const { rows } = await client.query(
      `select date::text, (datetime at time zone 'UTC')::text as datetime from ${view} order by id`,
    );
    expect(rows).toEqual([
      { date: '2026-03-08', datetime: null },
      { date: null, datetime: '2026-03-08 07:30:00' },
    ]);
  });
});

test('refuses a record without a required value', async () => {
  await asTenant('plain', async (client) => {
    const writing = client.query(`insert into formwork.records (entity_type, data) values ('other', '{}')`);
    await expect(writing).rejects.toMatchObject({
      code: 'FW010',
      detail: '{"entity": "other", "fields": ["name"]}',
    });
  });
});

test('lets data hold keys that no field has', async () => {
  await asTenant('plain', async (client, view) => {
    await insert(client, 'gone', '[null]');
    expect((await client.query(`select id from ${view}`)).rows).toHaveLength(1);
  });
});

test('gives an entity without stored fields a shape', () => {
  const { registry } = tenants.get('plain') as TestTenant;
  const bare = { ...entityOf(registry), fields: [], keys: [] };
  expect(compileEntityStorage(registry, bare)).toMatchObject({ shape: '($.type() == "object")', checks: [] });
});

const fields = Object.keys({ ...accepted, ...refused });

/** Each value with its field; what the view shows of it where that is known. */
function flatten(
  byField: Readonly<Record<string, readonly (string | readonly [json: string, shown: string])[]>>,
): readonly (readonly [field: string, json: string, shown: string])[] {
  return Object.entries(byField).flatMap(([field, values]) =>
    values.map((value): readonly [string, string, string] =>
      typeof value === 'string' ? [field, value, ''] : [field, ...value],
    ),
  );
}

function insert(client: AdminClient, field: string, json: string) {
  return client.query(
    `insert into formwork.records (entity_type, data)
      values ('thing', jsonb_build_object($1::text, $2::jsonb)) returning id`,
    [field, json],
  );
}

/** Every refused value in every field, and garbage in the slots, past all triggers; gives the number of records. */
async function plant(client: AdminClient, { tenantId }: TestTenant): Promise<number> {
  await client.query(`reset role; set local session_replication_role = replica`);
  const { rowCount } = await client.query(
    `insert into formwork.records (tenant_id, entity_type, data, ${Object.keys(plantedSlots)})
      select $1, 'thing', jsonb_build_object(field, value::jsonb),
        ${Object.values(plantedSlots).map((value) => `'${value}'`)}
      from unnest($2::text[]) field, unnest($3::text[]) value`,
    [tenantId, fields, [...flatten(refused).map(([, json]) => json), ...planted]],
  );
  await client.query(`set local session_replication_role = origin; set local role formwork_gateway`);
  return rowCount ?? 0;
}

/** A transaction of the gateway's role, rolled back. */
function asTenant(slug: string, work: (client: AdminClient, view: string) => Promise<void>): Promise<void> {
  const { tenantId, registry } = tenants.get(slug) as TestTenant;
  return asAdmin(database, async (client) => {
    await client.query(`begin; set local time zone 'UTC'; set local role formwork_gateway`);
    try {
      await client.query(`select formwork.begin_read($1::uuid)`, [tenantId]);
      await work(client, `formwork_views.${entityOf(registry).viewName}`);
    } finally {
      await client.query('rollback');
    }
  });
}
