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

const rows = 200_000;
const fewRows = 500;
let harness: ReadHarness;
let small: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  small = await harness.addTenant('small');
  await Promise.all([harness, small].map(fillStations));
  // What is triggered for each record takes a minute for so many: the columns are made here, and compared below.
  await asAdmin(harness.database, async (admin) => {
    await admin.query('set session_replication_role = replica');
    await admin.query(`insert into formwork.records (tenant_id, entity_type, data, t1, d1, n1, n2, u1, l1)
      select '${harness.tenantId}', 'reading', data, t1, d1, n1, n2, u1, l1
      from (${readings(harness, rows)}) r`);
    await admin.query('set session_replication_role = origin');
  });
  await small.write({
    text: `insert into formwork.records (entity_type, data)
      select 'reading', data from (${readings(small, fewRows)}) r`,
    values: [],
  });
  await asAdmin(harness.database, async (admin) => {
    // Vacuum calls a page visible to all only once what was committed is written to the log.
    await admin.query('checkpoint');
    await admin.query('vacuum (analyze) formwork.records');
  });
}, 120_000);
afterAll(() => harness.close());

async function fillStations({ write }: ReadHarness): Promise<void> {
  await write(sql`insert into formwork.records (entity_type, data)
    select 'station', jsonb_build_object('code', 'S' || i) from generate_series(1, 100) i`);
}

/** A query of readings: their data, and beside it what the triggers make of it. */
function readings({ tenantId }: ReadHarness, count: number): string {
  return `
    select i, jsonb_strip_nulls(jsonb_build_object('name', name, 'value', value, 'price', price, 'note', 'n' || i,
        'taken_at', to_char(taken_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'station', station)) as data,
      lower(name) as t1, taken_at at time zone 'UTC' as d1, coalesce(value, 'NaN'::float8) as n1, price::float8 as n2,
      '["n' || i || '"]' as u1, station as l1
    from generate_series(1, ${count}) i,
      (select array_agg(id order by id) as ids from formwork.records
        where tenant_id = '${tenantId}' and entity_type = 'station') stations,
      lateral (select 'Reading ' || i * 7919::bigint % ${count} as name, i / 100.0 as price,
        '2026-01-01'::timestamp + i * interval '1 minute' as taken_at,
        case when i % 10 > 0 then i * 31 % 10000 end as value, stations.ids[i % 100 + 1] as station) v`;
}

test('readings are as the triggers make them', async () => {
  const columns = 't1, d1, n1, n2, u1, l1';
  const text = `select count(*)::text from (
    select data, ${columns} from formwork.records where entity_type = 'reading'
    intersect select data, ${columns} from (${readings(small, fewRows)}) r) alike`;
  const [[alike] = []] = await small.query({ text, values: [] });
  expect(alike).toBe(String(fewRows));
});

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
  [{ value: { gt: 9998 } }, 'records_n1: n1 > n1 <'],
  [{ value: { in: [1, 2] } }, 'records_n1: n1 ='],
  [{ price: { eq: '5.05' } }, 'records_n2: n2 ='],
  [{ price: { gte: '1999.5' } }, 'records_n2: n2 >= n2 <'],
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
  // The page, one more, and the station: the index has them in the order of the page.
  expect(plan.read).toBeLessThanOrEqual(1002);
  expect(plan.sorts).toEqual([]);
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
  expect(plan.sorts).not.toContain('Sort');
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
    expect(plan.sorts).not.toContain('Sort');
    expect(plan.read).toBeLessThan(few);
    // Whether there are pages on the other side costs no more.
    const sent = await statementsOf(harness, (records) =>
      records.connection('Reading', args, { node: null, cursors: false, pageInfo: true, totalCount: false }),
    );
    const outside = await explain(harness, sent[1] as Statement);
    expect(outside.read).toBeLessThan(few);
  });
});

test.each<[string, Values | undefined]>([
  ['all records', undefined],
  ['what is asked of an indexed field', { value: { gte: 9990 } }],
  ['what leads to one record', { station: { code: { eq: 'S7' } } }],
])('counts %s by an index, without a look at them', async (_, where) => {
  const selection = { node: null, cursors: false, pageInfo: false, totalCount: true };
  const [sent] = await statementsOf(harness, (records) =>
    records.connection('Reading', where === undefined ? {} : { where }, selection),
  );
  const text = `explain (costs off) ${sent?.text}`;
  const plan = (await harness.query({ text, values: sent?.values ?? [] })).join('\n');
  expect(plan).toMatch(/Index Only Scan using records_[tnl]\d/);
  expect(plan).not.toMatch(/Seq Scan|Bitmap/);
});

test.each<[string, Values | undefined]>([
  ['all records', undefined],
  ['those that an indexed field finds', { value: { gte: 9990 } }],
])('counts groups of %s by an index, without a look at them', async (_, where) => {
  const [sent] = await statementsOf(harness, (records) =>
    records.aggregate('Reading', where === undefined ? {} : { where }, {
      keys: false,
      count: true,
      countDistinct: [],
      sum: [],
      avg: [],
      min: [],
      max: [],
    }),
  );
  const text = `explain (costs off) ${sent?.text}`;
  const plan = (await harness.query({ text, values: sent?.values ?? [] })).join('\n');
  expect(plan).toMatch(/Index Only Scan using records_[tnl]\d/);
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

test('counts the links of a record that many lead to once, to sort those', async () => {
  const plan = await pagePlan({ orderBy: [{ station: { readings: { count: 'ASC' } } }] });
  // Every reading, and every reading of each station.
  expect(plan.read).toBeLessThan(2 * rows + 1000);
});

test('looks a unique key up by its index', async () => {
  const [lookup] = await statementsOf(harness, (records) =>
    Promise.all(['n1', 'n2'].map((note) => records.byKey('Reading', 'note', { note }, { fields: [] }))),
  );
  const plan = await explain(harness, lookup as Statement);
  expect(plan.scans).toEqual(['records_u1: u1 =']);
  expect(plan.read).toBe(2);
});

test.each<[string, () => ReadHarness, number]>([
  ['a large', () => harness, rows],
  ['a small', () => small, fewRows],
])('estimates about as many records of %s tenant as there are', async (_, tenant, count) => {
  const counts = [{ mode: 'ESTIMATE', cap: 0 }] as const;
  const estimate = async (where?: Values) => {
    const selection = { node: null, cursors: false, pageInfo: false, totalCount: false, counts };
    const args = where === undefined ? {} : { where };
    const connection = await tenant().records().connection('Reading', args, selection);
    return connection.counts?.[0]?.count ?? 0;
  };
  const all = await estimate();
  expect(all).toBeGreaterThan(count / 2);
  expect(all).toBeLessThan(count * 2);
  // The first quarter of the moments, and one name: not everything, and not nothing.
  const early = await estimate({
    takenAt: { lt: new Date(Date.UTC(2026, 0, 1, 0, count / 4)).toISOString() },
  });
  expect(early).toBeLessThan(all);
  expect(await estimate({ name: { eq: 'Reading 7' } })).toBeLessThan(count / 10);
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
