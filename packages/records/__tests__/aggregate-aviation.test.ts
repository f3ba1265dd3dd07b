import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Statement, sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { AggregateArguments, AggregateNode, AggregateSelection } from '../src/contract.ts';
import { createReadHarness, type ReadHarness } from './read-harness.ts';

/** Answers compared with SQL written by hand over the raw files. */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      fields: [
        { key: 'iata', type: 'text', required: true, unique: true },
        { key: 'state', type: 'text', indexed: true },
      ],
    },
    {
      key: 'flight',
      fields: [
        { key: 'departs_at', type: 'datetime', required: true, indexed: true },
        { key: 'delay', type: 'integer', indexed: true },
        { key: 'distance', type: 'integer' },
        { key: 'origin', type: 'link', options: { target: 'airport', inverse: 'departures' } },
        { key: 'destination', type: 'link', options: { target: 'airport', inverse: 'arrivals' } },
      ],
    },
  ],
};

const data = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../node_modules/vega-datasets/data', name), 'utf8');

let harness: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  const flights = data('flights-5k.json');
  const airports = JSON.stringify(
    data('airports.csv')
      .split('\n')
      .slice(1)
      .filter((line) => line !== '' && !line.includes('"'))
      .map((line) => ({ iata: line.split(',')[0], state: line.split(',')[3] })),
  );
  await harness.write(sql`insert into formwork.records (entity_type, data)
    select 'airport', a from jsonb_array_elements(${airports}::jsonb) a`);
  await harness.write(sql`insert into formwork.records (entity_type, data)
    select 'flight', jsonb_strip_nulls(jsonb_build_object(
      'departs_at', translate(f ->> 'date', '/ ', '-T') || ':00Z', 'delay', f -> 'delay', 'distance', f -> 'distance',
      'origin', o.id, 'destination', d.id))
    from jsonb_array_elements(${flights}::jsonb) f
    left join formwork.records o on o.data ->> 'iata' = f ->> 'origin'
    left join formwork.records d on d.data ->> 'iata' = f ->> 'destination'`);
  await asAdmin(harness.database, async (admin) => {
    await admin.query(`create table public.airport as select * from jsonb_to_recordset(
      '${airports.replaceAll("'", "''")}') as a (iata text, state text)`);
    await admin.query(`create table public.flight as select replace(date, '/', '-')::timestamp as date, delay, distance,
      o.iata as origin, d.iata as destination, o.state
      from jsonb_to_recordset('${flights}') as f (date text, delay int, distance int, origin text, destination text)
      left join public.airport o on o.iata = f.origin left join public.airport d on d.iata = f.destination`);
  });
}, 120_000);
afterAll(() => harness.close());

const nothing: AggregateSelection = {
  ...{ keys: false, count: false, countDistinct: [], sum: [], avg: [], min: [], max: [] },
};

/** Groups as rows of text, as Postgres writes them. */
async function flights(
  args: AggregateArguments,
  selection: Partial<AggregateSelection>,
  row: (node: AggregateNode) => readonly unknown[],
): Promise<string[][]> {
  const nodes = await harness.records().aggregate('Flight', args, { ...nothing, ...selection });
  return nodes.map((node) => row(node).map((value) => String(value)));
}

async function raw(text: string): Promise<string[][]> {
  const { rows } = await asAdmin(harness.database, (admin) => admin.query(text));
  return rows.map((each: object) => Object.values(each).map((value) => String(value)));
}

test('counts flights of each origin and month', async () => {
  const groupBy = [{ origin: { iata: true } }, { departsAt: { part: 'MONTH' } }];
  const groups = await flights({ groupBy, first: 1000 }, { keys: true, count: true }, (node) => [
    ...node.keys,
    node.count,
  ]);
  expect(groups.length).toBeGreaterThan(300);
  expect(groups).toEqual(
    await raw(`select origin, date_trunc('month', date)::date::text, count(*) from flight group by 1, 2
      order by origin collate "C", 2 limit 1000`),
  );
});

test('groups by days where they were lived', async () => {
  const groupBy = [{ departsAt: { part: 'DAY', timeZone: 'America/Chicago' } }];
  const groups = await flights({ groupBy, first: 1000 }, { keys: true, count: true }, (node) => [
    ...node.keys,
    node.count,
  ]);
  expect(groups).toEqual(
    await raw(`select (date at time zone 'UTC' at time zone 'America/Chicago')::date::text, count(*)
      from flight group by 1 order by 1`),
  );
});

test('tells the average delay of each state, where there are enough flights, worst first', async () => {
  const groups = await flights(
    {
      where: { distance: { gte: 300 } },
      groupBy: [{ origin: { state: true } }],
      having: { count: { gte: 20 }, avg: { delay: { gt: 2.5 } } },
      orderBy: [{ avg: { delay: 'DESC' } }],
    },
    { keys: true, count: true, avg: ['delay'], sum: ['delay'], min: ['delay'], max: ['departsAt'] },
    ({ keys, avg, sum, min, max, count }) => [...keys, count, avg.delay, sum.delay, min.delay, max.departsAt],
  );
  expect(groups.length).toBeGreaterThan(10);
  expect(groups).toEqual(
    await raw(`select state, count(*), avg(delay)::float8, sum(delay), min(delay), to_char(max(date), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      from flight where distance >= 300 group by 1 having count(*) >= 20 and avg(delay) > 2.5 order by avg(delay) desc, 1`),
  );
});

test('finds the ten busiest routes', async () => {
  const groups = await flights(
    {
      groupBy: [{ origin: { iata: true } }, { destination: { iata: true } }],
      orderBy: [{ count: 'DESC' }, { key: { origin: { iata: 'ASC' } } }],
      first: 10,
    },
    { keys: true, count: true, countDistinct: [{ departsAt: { part: 'DAY' } }] },
    ({ keys, count, countDistinct }) => [...keys, count, ...countDistinct],
  );
  expect(groups).toEqual(
    await raw(`select origin, destination, count(*), count(distinct date::date) as days from flight group by 1, 2
      order by 3 desc, origin collate "C", destination collate "C" limit 10`),
  );
});

test('counts the airports without flights', async () => {
  const nobody = { departures: { isNull: true }, arrivals: { isNull: true } };
  const [group] = await harness
    .records()
    .aggregate('Airport', { where: nobody }, { ...nothing, count: true });
  const [[expected] = []] = await raw(`select count(*) from airport a
    where not exists (select from flight where origin = a.iata or destination = a.iata)`);
  expect(String(group?.count)).toBe(expected);
  expect(group?.count).toBeGreaterThan(2000);
});

test('finds the airports whose flights are the latest in all, of those with enough late ones', async () => {
  const late = { delay: { gt: 0 } };
  const { edges } = await harness.records().connection(
    'Airport',
    {
      where: { departures: { where: late, count: { gte: 20 }, avg: { delay: { lt: 25 } } } },
      orderBy: [{ departures: { sum: { delay: 'DESC' } } }, { arrivals: { count: 'ASC' } }, { iata: 'ASC' }],
      first: 10,
    },
    { node: { fields: ['iata'] }, cursors: false, pageInfo: false, totalCount: false },
  );
  expect(edges.map(({ node }) => [String(node.values.iata)])).toEqual(
    await raw(`select origin from flight group by 1
      having count(*) filter (where delay > 0) >= 20 and avg(delay) filter (where delay > 0) < 25
      order by sum(delay) desc, (select count(*) from flight a where a.destination = flight.origin), 1 limit 10`),
  );
});

test('aggregates the departures of many airports in one statement', async () => {
  const records = harness.records();
  const where = { iata: { in: ['ATL', 'ORD', 'LAX', '00M'] } };
  const airports = await records.connection(
    'Airport',
    { where, orderBy: [{ iata: 'ASC' }] },
    { node: { fields: ['iata'] }, cursors: false, pageInfo: false, totalCount: false },
  );
  const before = harness.counter.statements.length;
  const groups = await Promise.all(
    airports.edges.map(({ node }) =>
      records.linkedAggregate(
        node,
        'departures',
        { where: { delay: { gt: 0 } }, groupBy: [{ destination: { state: true } }], first: 3 },
        { ...nothing, keys: true, count: true, sum: ['delay'] },
      ),
    ),
  );
  expect(harness.counter.statements.length - before).toBe(1);
  const shown = groups.flatMap((nodes, index) =>
    nodes.map(({ keys, count, sum }) => [
      String(airports.edges[index]?.node.values.iata),
      ...[keys[0], count, sum.delay].map(String),
    ]),
  );
  expect(shown).toEqual(
    await raw(`select origin, state, n, d from (
      select f.origin, a.state, count(*) n, sum(delay) d,
        row_number() over (partition by f.origin order by a.state collate "C") as place
      from flight f left join airport a on a.iata = f.destination
      where f.origin in ('ATL', 'ORD', 'LAX', '00M') and delay > 0 group by 1, 2) x
      where place <= 3 order by origin collate "C", place`),
  );
});

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** Rows that the scans at the ends of a plan looked at. */
function rowsRead({ Plans: inner = [], ...node }: Plan): number {
  if (inner.length > 0) return inner.reduce((sum, each) => sum + rowsRead(each), 0);
  return (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
}

test('groups through links in linear time, also while the planner knows nothing of the table', async () => {
  const sent: Statement[] = [];
  const records = harness.records({ onStatement: (statement) => sent.push(statement) });
  await records.aggregate('Flight', { groupBy: [{ origin: { iata: true } }] }, { ...nothing, count: true });
  const [statement] = sent as [Statement];
  const lines = await harness.query({
    values: statement.values,
    text: `explain (analyze, format json) ${statement.text}`,
  });
  const [{ Plan: plan }] = JSON.parse(lines.join('\n')) as [{ Plan: Plan }];
  expect(rowsRead(plan)).toBeLessThan(4 * 5000);
});
