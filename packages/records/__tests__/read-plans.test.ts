import { type Statement, sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { ConnectionArguments, Values } from '../src/contract.ts';
import { explain, statementsOf } from './read-explain.ts';
import { createReadHarness, everything, type ReadHarness } from './read-harness.ts';

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'station',
      plural: 'stations',
      fields: [{ key: 'code', type: 'text', unique: true }],
    },
    {
      key: 'reading',
      plural: 'readings',
      fields: [
        { key: 'name', type: 'text', indexed: true },
        { key: 'taken_at', type: 'datetime', indexed: true },
        { key: 'value', type: 'number', indexed: true },
        { key: 'price', type: 'decimal', indexed: true },
        { key: 'note', type: 'text', unique: true },
        { key: 'station', type: 'link', options: { target: 'station', inverse: 'readings' } },
      ],
    },
  ],
};

const rows = 24_000;
let harness: ReadHarness;
let small: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  small = await harness.addTenant('small');
  await Promise.all([fill(harness, rows), fill(small, 500)]);
  await asAdmin(harness.database, (admin) => admin.query('analyze formwork.records'));
}, 120_000);
afterAll(() => harness.close());

async function fill({ write }: ReadHarness, count: number): Promise<void> {
  await write(sql`insert into formwork.records (entity_type, data)
    select 'station', jsonb_build_object('code', 'S' || i) from generate_series(1, 100) i`);
  await write(sql`
    with stations as (select array_agg(id) as ids from formwork.records where entity_type = 'station')
    insert into formwork.records (entity_type, data)
    select 'reading', jsonb_strip_nulls(jsonb_build_object('name', 'Reading ' || i * 7919 % ${count}::int,
      'taken_at', to_char('2026-01-01'::timestamp + i * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'value', case when i % 10 > 0 then i * 31 % 1000 end, 'price', i / 100.0, 'note', 'n' || i,
      'station', stations.ids[i % 100 + 1]))
    from generate_series(1, ${count}::int) i, stations`);
}

async function pagePlan(args: ConnectionArguments) {
  const [page] = await statementsOf(harness, (records) =>
    records.connection('Reading', args, { ...everything, pageInfo: false, totalCount: false }),
  );
  if (page === undefined) throw new Error('Nothing was sent');
  return explain(harness, page);
}

/** Rows that a page of 50 may look at: itself, ties at its ends, and the hundred stations by the primary key. */
const few = 200;

test.each<[Values, string]>([
  [{ name: { eq: 'Reading 77' } }, 'records_t1: t1 ='],
  [{ name: { in: ['Reading 77', 'Reading 78'] } }, 'records_t1: t1 ='],
  [{ name: { startsWith: 'Reading 777' } }, 'records_t1: t1 >= t1 <'],
  [{ name: { startsWithInsensitive: 'READING 777' } }, 'records_t1: t1 >= t1 <'],
  [{ name: { eqInsensitive: 'READING 777' } }, 'records_t1: t1 ='],
  [{ name: { gt: 'Reading 9998' } }, 'records_t1: t1 >= t1 <'],
  [{ takenAt: { gte: '2026-01-01T10:00:00Z', lt: '2026-01-01T10:10:00Z' } }, 'records_d1: d1 >= d1 < d1 <'],
  [{ value: { gt: 998 } }, 'records_n1: n1 > n1 <'],
  [{ value: { in: [1, 2] } }, 'records_n1: n1 ='],
  [{ price: { eq: '5.05' } }, 'records_n2: n2 ='],
  [{ price: { gte: '239.99' } }, 'records_n2: n2 >= n2 <'],
  [{ and: [{ value: { eq: 31 } }, { note: { contains: '1' } }] }, 'records_n1: n1 ='],
])('finds %j by an index', async (where, scan) => {
  const plan = await pagePlan({ where });
  expect(plan.scans.map((text) => text.replace('Bitmap Heap Scan: ', ''))).toContain(scan);
  expect(plan.read).toBeLessThan(few);
});

test('finds records without a value by the index', async () => {
  const plan = await pagePlan({ where: { value: { isNull: true } }, first: 20 });
  expect(plan.scans).toEqual(['records_n1: n1 =']);
  expect(plan.read).toBeLessThan(few);
});

test('finds what links to a record by the index of the link', async () => {
  const plan = await pagePlan({ where: { station: { code: { eq: 'S1' } } }, first: 1000 });
  expect(plan.scans.join()).toContain('records_l1: l1 =');
  expect(plan.scans.join()).toContain('records_u1: u1 =');
  // Counted twice where a bitmap is made first.
  expect(plan.read).toBeLessThan(800);
});

const orderings: [string, ConnectionArguments['orderBy']][] = [
  ['id', null],
  ['id', [{ id: 'DESC' }]],
  ['t1', [{ name: 'ASC' }]],
  ['t1', [{ name: 'DESC' }]],
  ['d1', [{ takenAt: 'ASC' }]],
  ['n1', [{ value: 'ASC' }]],
  ['n1', [{ value: 'DESC_NULLS_FIRST' }]],
  ['n2', [{ price: 'DESC' }]],
  ['n2', [{ price: 'ASC' }, { note: 'DESC' }]],
];

/** Where nearly all records of a tenant are of one entity, its primary key is as good. */
function indexOf(slot: string): string {
  return slot === 'id' ? '(id|pkey)' : slot;
}

test.each(orderings)('sorts by the index of %s for %j', async (slot, orderBy) => {
  const plan = await pagePlan({ orderBy: orderBy ?? null });
  expect(plan.scans).toEqual([expect.stringMatching(`^records_(by_)?${indexOf(slot)}: `)]);
  expect(plan.read).toBeLessThan(few);
});

describe.each(orderings)('a page in the middle, by %s for %j', (slot, orderBy = null) => {
  /** A cursor far from both ends: of the last record of a long page. */
  let cursor: string;
  beforeAll(async () => {
    const page = { orderBy, first: rows / 8 };
    const { pageInfo } = await harness
      .records({ limits: { largestPage: rows } })
      .connection('Reading', page, { node: null, cursors: false, pageInfo: true, totalCount: false });
    cursor = pageInfo.endCursor ?? '';
  });

  test.each(['after', 'before'] as const)('is entered %s the cursor', async (side) => {
    const args = side === 'after' ? { orderBy, after: cursor } : { orderBy, before: cursor, last: 50 };
    const plan = await pagePlan(args);
    expect(plan.scans).toEqual([
      expect.stringMatching(`^records_(by_)?${indexOf(slot)}: .*${slot}.*[<>]=?$`),
    ]);
    expect(plan.read).toBeLessThan(few);
    // Whether there are pages on the other side costs no more.
    const sent = await statementsOf(harness, (records) =>
      records.connection('Reading', args, { node: null, cursors: false, pageInfo: true, totalCount: false }),
    );
    const outside = await explain(harness, sent[1] as Statement);
    expect(outside.read).toBeLessThan(few);
  });
});

test('reads the connections of several parents by the index of the link, as many of each as are shown', async () => {
  const records = harness.records();
  const stations = await records.connection('Station', { first: 10 }, everything);
  const sent = await statementsOf(harness, (fresh) =>
    Promise.all(
      stations.edges.map(({ node }) =>
        fresh.linkedConnection(node, 'readings', { first: 5 }, { ...everything, totalCount: false }),
      ),
    ),
  );
  expect(sent).toHaveLength(1);
  const plan = await explain(harness, sent[0] as Statement);
  expect(plan.scans).toEqual(['records_l1: l1 =']);
  // Five, one more, and what a window reads ahead.
  expect(plan.read).toBeLessThanOrEqual(80);
});

test('looks a unique key up by its index', async () => {
  const [lookup] = await statementsOf(harness, (records) =>
    Promise.all(['n1', 'n2'].map((note) => records.byKey('Reading', 'note', { note }, { fields: [] }))),
  );
  const plan = await explain(harness, lookup as Statement);
  expect(plan.scans).toEqual(['records_u1: u1 =']);
  expect(plan.read).toBe(2);
});

test('plans as well for a tenant of few records', async () => {
  const [page] = await statementsOf(harness, (records) =>
    records.connection('Reading', { orderBy: [{ name: 'ASC' }] }, { ...everything, totalCount: false }),
  );
  const lines = await small.query({
    ...(page as Statement),
    text: `explain (analyze) ${page?.text}`,
    values: page?.values ?? [],
  });
  expect(lines.join('\n')).toMatch(/Index Scan using records_t1/);
});
