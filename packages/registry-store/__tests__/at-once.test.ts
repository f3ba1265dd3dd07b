/**
 * Many records are filled as columns of one insert, and a few by a trigger: of random designs both make the same records
 * of the same data, and refuse the same in the same words.
 */
import { DatabaseError, type Statement } from '@formwork/pg';
import { createRegistry, type RegistryDocument } from '@formwork/registry';
import { verify } from '@formwork/registry-store';
import fc from 'fast-check';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.close());

const choices = ['draft', 'listed', 'sold'].map((key) => ({ key }));
interface FieldInput {
  readonly key: string;
  readonly [option: string]: unknown;
}
/** Fields of which each design has some; each by itself with those that it needs. */
const pool: Readonly<Record<string, readonly FieldInput[]>> = {
  text: [{ key: 'title', type: 'text', indexed: true }],
  required: [{ key: 'name', type: 'text', required: true }],
  unique: [{ key: 'sku', type: 'text', unique: true }],
  folded: [{ key: 'code', type: 'text', unique: true, options: { caseInsensitive: true } }],
  states: [
    {
      key: 'state',
      type: 'select',
      indexed: true,
      options: { choices, initial: ['draft', 'listed'], transitions: { draft: ['listed'] } },
    },
  ],
  beginnings: [{ key: 'stage', type: 'select', options: { choices, initial: ['sold'] } }],
  free: [
    { key: 'grade', type: 'select', required: true, options: { choices, transitions: { draft: ['sold'] } } },
  ],
  whole: [{ key: 'stock', type: 'integer', indexed: true, options: { min: 0 } }],
  exact: [{ key: 'price', type: 'decimal', indexed: true }],
  ratio: [{ key: 'ratio', type: 'number', indexed: true }],
  money: [{ key: 'cost', type: 'currency', indexed: true }],
  flag: [{ key: 'open', type: 'boolean', indexed: true }],
  day: [{ key: 'day', type: 'date', indexed: true }],
  moment: [{ key: 'moment', type: 'datetime', indexed: true }],
  time: [{ key: 'hour', type: 'time', indexed: true }],
  many: [{ key: 'kinds', type: 'multi_select', options: { choices } }],
  number: [{ key: 'number', type: 'autonumber', indexed: true }],
  numbers: [
    { key: 'first_number', type: 'autonumber' },
    { key: 'other_number', type: 'autonumber', indexed: true },
  ],
  formula: [
    { key: 'left', type: 'integer' },
    { key: 'right', type: 'decimal' },
    { key: 'product', type: 'formula', indexed: true, options: { expression: 'left * right', stored: true } },
    { key: 'twice', type: 'formula', options: { expression: 'product * 2', stored: true } },
  ],
  rollup: [
    {
      key: 'parts_sum',
      type: 'rollup',
      indexed: true,
      options: { via: 'parts', function: 'sum', field: 'amount' },
    },
    { key: 'dearest', type: 'rollup', options: { via: 'parts', function: 'max', field: 'amount' } },
  ],
  copy: [{ key: 'rate', type: 'decimal', default: { from: 'shelf.rate' } }],
  must: [{ key: 'rate', type: 'decimal', required: true, indexed: true, default: { from: 'shelf.rate' } }],
};
/** What a shelf may count of its things, and its rack of it. */
const counted = {
  none: [[], []],
  count: [[{ key: 'things_count', type: 'rollup', options: { via: 'things', function: 'count' } }], []],
  levels: [
    [
      { key: 'things_count', type: 'rollup', options: { via: 'things', function: 'count' } },
      { key: 'last_day', type: 'rollup', options: { via: 'things', function: 'max', field: 'mark' } },
    ],
    [{ key: 'all', type: 'rollup', options: { via: 'shelves', function: 'sum', field: 'things_count' } }],
  ],
} as const;

function designOf(chosen: readonly string[], counts: keyof typeof counted, searched: boolean) {
  const fields = chosen
    .filter((name) => name !== 'copy' || !chosen.includes('must'))
    .flatMap((name) => pool[name] ?? []);
  const link = (key: string, target: string, inverse: string) => ({
    key,
    type: 'link',
    options: { target, inverse, onDelete: 'restrict' },
  });
  const [ofShelf, ofRack] = counted[counts];
  return {
    formwork: 1,
    entities: [
      { key: 'rack', fields: [{ key: 'name', type: 'text' }, ...ofRack] },
      {
        key: 'shelf',
        plural: 'shelves',
        fields: [{ key: 'rate', type: 'decimal' }, link('rack', 'rack', 'shelves'), ...ofShelf],
      },
      {
        key: 'thing',
        ...(searched ? { searchable: ['words'] } : {}),
        fields: [
          { key: 'mark', type: 'integer' },
          { key: 'words', type: 'long_text' },
          link('shelf', 'shelf', 'things'),
          link('within', 'thing', 'insides'),
          ...fields,
        ],
        keys: chosen.includes('whole') ? [{ key: 'by_place', fields: ['shelf', 'stock'] }] : [],
      },
      { key: 'part', fields: [{ key: 'amount', type: 'decimal' }, link('thing', 'thing', 'parts')] },
    ],
  };
}

const shelves = ['01a1fd95-880b-7290-87e1-22d041860001', '01a1fd95-880b-7290-87e1-22d041860002'];
const rack = '01a1fd95-880b-7290-87e1-22d041860003';
const idOf = (index: number) => `01a1fd95-880b-7290-87e1-${index.toString(16).padStart(12, '0')}`;

const mostly = (values: readonly string[], other: string) =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.constant(other) },
  );
const rarely = (values: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });

/** Values that may stand under a storage key, most of which do; and such as no client could send. */
const good: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  title: fc.constantFrom('Ångström', 'plain', 'x'.repeat(250), '', '"quoted\\'),
  name: fc.constantFrom('A', 'ß'),
  sku: fc.string({ minLength: 1 }),
  code: fc.oneof(fc.string({ minLength: 3 }), fc.constantFrom('a', 'A', 'ä', 'Ä', 'y'.repeat(300))),
  state: mostly(['draft', 'listed'], 'sold'),
  stage: mostly(['sold'], 'draft'),
  grade: fc.constantFrom('draft', 'listed', 'sold'),
  stock: fc.integer({ min: 0, max: 1000 }),
  price: fc.constantFrom(0, 0.1, -12.5, 1e20, 12.34),
  ratio: fc.double({ noNaN: true, noDefaultInfinity: true }),
  cost: fc.record({ amount: fc.constantFrom(1, 0.5, -3), currency: fc.constantFrom('EUR', 'USD') }),
  open: fc.boolean(),
  day: fc.constantFrom('2026-11-21', '0001-01-01', '9999-12-31', '2024-02-29'),
  moment: fc.constantFrom('2026-11-21T10:00:00Z', '2026-11-21T10:00:00.5Z', '0001-01-01T00:00:00.000001Z'),
  hour: fc.constantFrom('10:00:00', '23:59:59.5'),
  kinds: fc.uniqueArray(fc.constantFrom('draft', 'listed', 'sold')),
  left: fc.integer({ min: -5, max: 1_000_000_000 }),
  right: fc.constantFrom(0.25, -3, 1e30),
  mark: fc.integer({ min: 0, max: 9 }),
  words: fc.constantFrom('Well-known words', '東京', ''),
  shelf: fc.constantFrom(...shelves),
  within: rarely(fc.constantFrom(...[0, 1, 2, 3, 4, 5].map(idOf))),
  // What nobody may set is left out or put right.
  product: fc.constant(7),
  parts_sum: fc.constant(99),
  number: fc.constant(12_345),
  rate: fc.constant(2),
};
const bad = fc.constantFrom(
  ...[null, 5.5, 'sold', '', true, [], ['draft'], {}, 1e308, -1, '2026-02-30', '2026-11-21T24:00:00Z'],
  ...['2026-11-21T10:00:00.50Z', '0000-01-01', '24:00:00', rack, rack.toUpperCase(), { amount: 'x' }],
);

interface Case {
  readonly chosen: readonly string[];
  readonly counts: keyof typeof counted;
  readonly searched: boolean;
  readonly batches: readonly Batch[];
}
interface Batch {
  readonly leaveOut: boolean;
  readonly rows: readonly {
    readonly data: Readonly<Record<string, unknown>>;
    readonly copies?: readonly string[];
  }[];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    chosen: fc.subarray(Object.keys(pool), { minLength: 2, maxLength: 12 }),
    counts: fc.constantFrom(...(Object.keys(counted) as (keyof typeof counted)[])),
    searched: fc.boolean(),
  })
  // Some want more indexes than there are slots for.
  .filter(({ chosen, counts, searched }) => {
    const design = designOf(chosen, counts, searched) as RegistryDocument;
    return 'registry' in createRegistry(design);
  })
  .chain((design) => {
    const keys = designOf(design.chosen, design.counts, false)
      .entities.filter(({ key }) => key === 'thing')
      .flatMap(({ fields }) => fields.map(({ key }) => key));
    const data = fc.record(Object.fromEntries(keys.flatMap((key) => (good[key] ? [[key, good[key]]] : []))), {
      requiredKeys: keys.filter((key) => key === 'name' || key === 'grade'),
    });
    // One batch in three has a record with one value that may not fit.
    const spoilt = fc
      .tuple(data, fc.constantFrom(...keys), bad)
      .map(([one, key, value]) => ({ ...one, [key]: value }));
    const rows = (data: fc.Arbitrary<Readonly<Record<string, unknown>>>) =>
      fc.record({ data, copies: fc.constantFrom(['rate'], []) });
    const batch = fc
      .tuple(
        fc.boolean(),
        fc.array(rows(data), { minLength: 1, maxLength: 6 }),
        fc.oneof(
          { weight: 2, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(rows(spoilt), { minLength: 1, maxLength: 2 }) },
        ),
        fc.boolean(),
      )
      .map(([leaveOut, fitting, others, first]) => ({
        leaveOut,
        rows: first ? [...others, ...fitting] : [...fitting, ...others],
      }));
    return fc.record({ ...constants(design), batches: fc.array(batch, { minLength: 4, maxLength: 10 }) });
  });

function constants(design: Omit<Case, 'batches'>) {
  return {
    chosen: fc.constant(design.chosen),
    counts: fc.constant(design.counts),
    searched: fc.constant(design.searched),
  };
}

const ways = {
  'at once': (rows: string, leaveOut: boolean, copies: boolean): Statement => ({
    text: `select id from formwork.insert_records('thing', $1::jsonb, 'test', ${leaveOut}${copies ? ', $2::jsonb' : ''}) as id`,
    values: copies ? [rows, JSON.stringify([{ to: 'rate', link: 'shelf', from: 'rate' }])] : [rows],
  }),
  'one by one': (rows: string, leaveOut: boolean, copies: boolean): Statement => ({
    text: `insert into formwork.records (id, entity_type, data, created_by, updated_by)
      select w.id, 'thing', w.data ${copies ? copied : ''}, 'test', 'test'
      from jsonb_to_recordset($1::jsonb) w (id uuid, data jsonb, copies jsonb)
      ${leaveOut ? 'on conflict do nothing returning id' : ''}`,
    values: [rows],
  }),
} as const;
type Way = keyof typeof ways;
const copied = `|| case when w.copies ? 'rate' then coalesce((select jsonb_build_object('rate', l.data -> 'rate')
  from formwork.records l where l.id::text = w.data ->> 'shelf' and l.data ? 'rate'), '{}') else '{}' end`;

test('of random designs and data, records are made and refused at once as they are one by one', async () => {
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const [atOnce, oneByOne] = [await run('at once', one), await run('one by one', one)];
      expect(atOnce.outcomes).toEqual(oneByOne.outcomes);
      expect(atOnce.records).toEqual(oneByOne.records);
      expect(await verify(setup.control, atOnce.tenant)).toEqual([]);
      accepted += atOnce.records.length;
      refused += atOnce.outcomes.filter(({ sqlstate }) => sqlstate !== null).length;
    }),
    { numRuns: 8 },
  );
  // Both happen, in this test as in life.
  expect(accepted).toBeGreaterThan(60);
  expect(refused).toBeGreaterThan(3);
});

async function run(way: Way, { chosen, counts, searched, batches }: Case) {
  const tenant = await setup.tenant();
  const { version } = await setup.apply(tenant, designOf(chosen, counts, searched));
  const write = (...statements: readonly Statement[]) =>
    setup.dataPlane.write(tenant, version, (transaction) => transaction.run(statements));
  await write({
    text: `insert into formwork.records (id, entity_type, data) values ($1, 'rack', '{}'),
      ($2, 'shelf', '{"rate": 1.5, "rack": "${rack}"}'), ($3, 'shelf', '{}')`,
    values: [rack, ...shelves],
  });
  const outcomes = [];
  let made = 0;
  for (const { leaveOut, rows } of batches) {
    const text = JSON.stringify(rows.map((row) => ({ id: idOf(made++), ...row })));
    outcomes.push(
      await write(
        ways[way](
          text,
          leaveOut,
          chosen.some((name) => name === 'copy' || name === 'must'),
        ),
      ).then(
        ([ids = []]) => ({ sqlstate: null, ids: leaveOut ? ids.flat() : null }),
        (error: unknown) => {
          if (!(error instanceof DatabaseError)) throw error;
          const { sqlstate, message, detail, constraint } = error;
          return { sqlstate, message, detail, constraint };
        },
      ),
    );
  }
  const records = await setup.rows(
    `select to_jsonb(r) - array['tenant_id', 'created_at', 'updated_at', 'words'] as record,
       replace(words::text, t.number || ':', '') as words
     from formwork.records r join formwork.tenants t on t.id = r.tenant_id where r.tenant_id = $1 order by r.entity_type, r.id`,
    tenant,
  );
  return { tenant, outcomes, records };
}

test('what leads to many new records before they are there is rolled up with them, whichever way it leads', async () => {
  const rollup = (key: string, via: string) => ({
    key,
    type: 'rollup',
    options: { via, function: 'sum', field: 'amount' },
  });
  const link = (key: string, type: string, target: string, inverse: string) => ({
    key,
    type,
    options: { target, inverse, ...(type === 'link' ? { onDelete: 'cascade' } : {}) },
  });
  const tenant = await setup.tenant();
  const { version } = await setup.apply(tenant, {
    formwork: 1,
    entities: [
      {
        key: 'thing',
        fields: [
          link('tags', 'links', 'part', 'tagged'),
          ...[rollup('by_link', 'parts'), rollup('out', 'tags'), rollup('within', 'fits')],
        ],
      },
      {
        key: 'part',
        fields: [
          { key: 'amount', type: 'decimal' },
          link('thing', 'link', 'thing', 'parts'),
          link('fitting', 'links', 'thing', 'fits'),
        ],
      },
    ],
  });
  const parts = [40, 41, 42].map(idOf);
  const things = Array.from({ length: 30 }, (_, index) => ({ id: idOf(100 + index), data: {} }));
  const links = (field: string, source: string, target: string): Statement => ({
    text: `insert into formwork.record_links (entity_type, field, source_id, target_id) values ($1, $2, $3, $4)`,
    values: [field === 'tags' ? 'thing' : 'part', field, source, target],
  });
  await setup.dataPlane.write(tenant, version, (transaction) =>
    transaction.run([
      {
        text: `select formwork.insert_records('part', $1::jsonb, 'test', false)`,
        values: [
          JSON.stringify(
            parts.map((id, at) => ({
              id,
              data: { amount: at + 1, ...(at === 0 ? { thing: idOf(107) } : {}) },
            })),
          ),
        ],
      },
      links('tags', idOf(109), parts[1] ?? ''),
      links('fitting', parts[2] ?? '', idOf(111)),
      {
        text: `select formwork.insert_records('thing', $1::jsonb, 'test', false)`,
        values: [JSON.stringify(things)],
      },
    ]),
  );
  const rolled = await setup.rows(
    `select right(id::text, 3) as id, data from formwork.records where tenant_id = $1 and entity_type = 'thing'
      and data <> '{"by_link": 0, "out": 0, "within": 0}' order by id`,
    tenant,
  );
  expect(rolled).toEqual([
    { id: '06b', data: { by_link: 1, out: 0, within: 0 } },
    { id: '06d', data: { by_link: 0, out: 2, within: 0 } },
    { id: '06f', data: { by_link: 0, out: 0, within: 3 } },
  ]);
  expect(await verify(setup.control, tenant)).toEqual([]);
});
