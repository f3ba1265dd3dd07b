import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verify } from '@formwork/registry-store';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.close());

const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
const id = '01a1fd95-880b-7290-87e1-22d04186aefd';
/** All slots that an entity can have are in use. */
const document = {
  formwork: 1,
  entities: [
    {
      key: 'thing',
      fields: numbers.flatMap((number) => [
        { key: `text_${number}`, type: number % 2 === 0 ? 'text' : 'time', indexed: true },
        { key: `number_${number}`, type: number % 2 === 0 ? 'integer' : 'currency', indexed: true },
        { key: `moment_${number}`, type: number % 2 === 0 ? 'date' : 'datetime', indexed: true },
        { key: `link_${number}`, type: 'link', options: { target: 'thing', inverse: `of_${number}` } },
      ]),
      keys: [
        { key: 'plain', fields: ['text_1'] },
        { key: 'folded', fields: ['text_2'], caseInsensitive: true },
        { key: 'moment', fields: ['moment_1', 'number_2'] },
        { key: 'number', fields: ['number_4'], nullsEqual: true },
      ],
    },
  ],
};

const full = (link: string | undefined) =>
  Object.fromEntries(
    numbers.flatMap((number) => [
      [`text_${number}`, number % 2 === 0 ? `Ångström ${'long '.repeat(number * 30)}` : `10:00:0${number}`],
      [`number_${number}`, number % 2 === 0 ? number : { amount: number, currency: 'EUR' }],
      [`moment_${number}`, number % 2 === 0 ? `2026-11-2${number}` : `2026-11-21T10:00:00.${number}Z`],
      ...(link === undefined ? [] : [[`link_${number}`, link]]),
    ]),
  );

const ways = [
  ['one by one', 'write'],
  ['at once', 'writeAtOnce'],
] as const;

test.each(ways)(
  '%s: fills all slots that an entity can have, and none that a record has no value for',
  async (_, write) => {
    const tenant = await setup.tenant();
    await setup.apply(tenant, document);
    const [empty] = await setup[write](tenant, 'thing', {});
    await setup[write](tenant, 'thing', full(empty));
    expect(await verify(setup.control, tenant)).toEqual([]);
    const counts = await setup.rows(
      `select num_nonnulls(t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8, d1, d2, d3, d4, d5, d6, d7, d8) as values,
       num_nonnulls(l1, l2, l3, l4, l5, l6, l7, l8) as links, num_nonnulls(u1, u2, u3, u4) as keys
     from formwork.records where tenant_id = $1 order by created_at`,
      tenant,
    );
    expect(counts).toEqual([
      { values: 24, links: 0, keys: 1 },
      { values: 24, links: 8, keys: 4 },
    ]);
  },
);

test.each(ways)(
  'in raw SQL, %s, what has not the form of an id or a moment is refused by the name of its field, in every slot',
  async (_, write) => {
    const tenant = await setup.tenant();
    await setup.apply(tenant, document);
    const [target = ''] = await setup.write(tenant, 'thing', full(undefined));
    const ids = [
      id.toUpperCase(),
      id.replaceAll('-', ''),
      `{${id}}`,
      `${id} `,
      'gggggggg-0000-0000-0000-000000000000',
      '--------------------0000000000000000',
      '0000-000-0000-0000-0000-000000000000',
      '\\0000000-0000-0000-0000-000000000000',
      'ÅÅÅÅÅÅÅÅ-0000-0000-0000-000000000000',
      7,
      null,
      [target],
    ];
    const moments = [
      '2026-11-21 10:00:00Z',
      '2026-11-21T10:00:00.50Z',
      '2026-11-21T10:00:00.1234567Z',
      '2026-11-21T10:00:60Z',
      '2026-11-21T24:00:00Z',
      '2026-11-21T10:00:00+01',
      '2026-02-29',
      '2026-00-21',
      '10000-01-01',
      '10000-01-01T00:00:00Z',
      '202--1-01',
      'infinity',
      'now',
      '',
      20261121,
      null,
    ];
    const wrong = numbers.flatMap((number) => [
      ...ids.map((value) => [`link_${number}`, value] as const),
      ...moments.map((value) => [`moment_${number}`, value] as const),
    ]);
    for (const [field, value] of wrong) {
      const attempt = await setup[write](tenant, 'thing', {
        ...(value === null ? {} : { link_1: target }),
        [field]: value,
      }).then(String, ({ sqlstate, detail }) => `${sqlstate} ${JSON.stringify(detail)}`);
      expect([field, value, attempt]).toEqual([
        field,
        value,
        `FW010 ${JSON.stringify({ entity: 'thing', fields: [field] })}`,
      ]);
    }
  },
);

test('records that are filled at once are those that are filled one by one', async () => {
  const searched = {
    ...document,
    entities: document.entities.map(({ fields, ...entity }) => ({
      ...entity,
      searchable: ['title', 'body'],
      fields: [
        ...fields,
        { key: 'title', type: 'text' },
        { key: 'body', type: 'long_text' },
        { key: 'choice', type: 'select', options: { choices: [{ key: 'a' }, { key: 'b' }] } },
      ],
    })),
  };
  const texts = ['Ångström', 'ß', `"quoted\\" ${'x'.repeat(300)}`, '', '\u{10FFFF}', '100 %', ' 東京 '];
  const rows = [
    {},
    full(undefined),
    ...texts.map((text, index) => ({
      title: text,
      ...(index % 2 === 0 ? { body: `Well-known ${text}`, choice: 'b' } : {}),
      text_1: `1${index}:00:00`,
      text_2: text,
      moment_1: `000${index + 1}-01-01T23:59:59.999999Z`,
      moment_2: '9999-12-31',
      number_1: { amount: -0.1, currency: 'JPY' },
      number_2: -index,
      number_4: 100 + index,
    })),
  ];
  const [left, right] = [await setup.tenant(), await setup.tenant()];
  for (const tenant of [left, right]) await setup.apply(tenant, searched);
  await setup.write(left, 'thing', ...rows);
  expect(await setup.writeAtOnce(right, 'thing', ...rows)).toHaveLength(rows.length);
  const [before, after] = await Promise.all(
    [left, right].map((tenant) =>
      setup.rows(
        `select to_jsonb(r) - array['tenant_id', 'id', 'created_at', 'updated_at', 'created_by', 'updated_by', 'words'] as record,
           replace(words::text, t.number || ':', '') as words
         from formwork.records r join formwork.tenants t on t.id = r.tenant_id where r.tenant_id = $1 order by data`,
        tenant,
      ),
    ),
  );
  expect(after).toEqual(before);
  expect(after).toHaveLength(rows.length);
  expect(after?.filter(({ words }) => words !== '')).toHaveLength(6);
  expect(await verify(setup.control, right)).toEqual([]);
});

test('what was designed before is filled alike, without being applied again', async () => {
  const migration = (way: 'do' | 'undo') =>
    readFileSync(join(import.meta.dirname, `../../../sql/022.${way}.cheaper_writes.sql`), 'utf8');
  await setup.rows(migration('undo'));
  const tenant = await setup.tenant();
  await setup.apply(tenant, document);
  const [before] = await setup.write(tenant, 'thing', full(undefined));
  await setup.rows(migration('do'));
  await setup.write(tenant, 'thing', {
    ...full(before),
    text_1: '11:00:00',
    text_2: 'other',
    number_2: 3,
    number_4: 5,
  });
  expect(await verify(setup.control, tenant)).toEqual([]);
  const slots = await setup.rows(
    `select array_agg(distinct (t4, n3, d5, d6)::text) as same, count(*)::int as records from formwork.records where tenant_id = $1`,
    tenant,
  );
  expect(slots).toMatchObject([{ same: [expect.any(String)], records: 2 }]);
});

test('the strict look at many records takes what clients send, and nothing that the other one refuses', async () => {
  const choices = [{ key: 'a' }, { key: 'b' }];
  const samples: Readonly<Record<string, unknown>> = {
    text: 'x',
    long_text: '',
    email: 'a@example.com',
    integer: -7,
    rating: 3,
    number: 1e-300,
    percent: 0,
    decimal: -12.5,
    boolean: false,
    date: '2024-02-29',
    datetime: '2026-11-21T10:00:00.5Z',
    time: '10:00:00',
    duration: 'P1D',
    json: { any: [1] },
    currency: { amount: 0.5, currency: 'EUR' },
    select: 'b',
    multi_select: ['a', 'b'],
    link: id,
  };
  const options: Readonly<Record<string, object>> = {
    select: { choices },
    multi_select: { choices },
  };
  const forms = [
    ['optional', {}],
    ['required', { required: true }],
    ['indexed', { indexed: true }],
  ] as const;
  const unindexed = ['long_text', 'json', 'multi_select', 'duration', 'link'];
  const fields = Object.keys(samples).flatMap((type) =>
    forms
      .filter(([form]) => form !== 'indexed' || ['integer', 'date', 'datetime', 'select'].includes(type))
      .filter(([form]) => form !== 'indexed' || !unindexed.includes(type))
      .map(([form, more]) => ({
        key: `${form}_${type}`,
        type,
        ...more,
        options: type === 'link' ? { target: 'thing', inverse: `${form}_of` } : (options[type] ?? {}),
      })),
  );
  const tenant = await setup.tenant();
  await setup.apply(tenant, { formwork: 1, entities: [{ key: 'thing', fields }] });
  const whole = Object.fromEntries(fields.map(({ key, type }) => [key, samples[type]]));
  const odd = [
    ...Object.values(samples).flatMap((value) => [value, [value], { amount: value, currency: value }]),
    ...[
      null,
      true,
      'true',
      'c',
      '',
      0,
      1.5,
      2147483648,
      -2147483649,
      1e300,
      5e-324,
      [],
      [[]],
      {},
      [null],
      ['a', 1],
    ],
    ...[
      '0000-01-01',
      '2026-02-30',
      '2026-1-1',
      '2026-11-21T25:00:00Z',
      '2026-11-21T10:00:00',
      id.toUpperCase(),
    ],
    { amount: 1, currency: 'eur' },
  ].map((value) => JSON.stringify(value));
  const looked = await setup.rows(
    `with storage as (select shape, strict_shape, (fill_plan).quick_shape from formwork.entity_storage where tenant_id = $1),
       variants as (
         select key, value, jsonb_set($2, array[key], value) as data from unnest($3::text[]) key, unnest($4::jsonb[]) value
         union all select key, null, $2::jsonb - key from unnest($3::text[]) key
         union all select null, null, $2
         union all select null, null, d.data from unnest('{"[]", "5", "null", "{}"}'::jsonb[]) d (data))
     select key, value, (data @@ strict_shape) is true as strict, (data @@ quick_shape) is true as quick
     from variants, storage`,
    tenant,
    JSON.stringify(whole),
    fields.map(({ key }) => key),
    odd,
  );
  expect(looked.filter(({ strict, quick }) => strict && !quick)).toEqual([]);
  // What it does not take at once is looked at in full, which costs time: that happens to nothing that a client sends.
  expect(looked.filter(({ strict, quick }) => !strict && quick)).toEqual([]);
  expect(looked.filter(({ strict }) => strict).length).toBeGreaterThan(fields.length * 2);
  expect(looked.filter(({ strict }) => !strict).length).toBeGreaterThan(fields.length * 30);
});
