import { type Statement, sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { ConnectionArguments } from '../src/contract.ts';
import { explain, explainShared, statementsOf } from './read-explain.ts';
import { createReadHarness, everything, type ReadHarness } from './read-harness.ts';

/**
 * Before a table has been analyzed, the planner takes one entity of one tenant for a single record, and so may it when
 * tenants differ in size. Joins planned so cost every record for every record. (Autovacuum comes once a minute, and
 * not at all below fifty changes.) Small tenants have plans that know no values either: what those may read is bounded alike.
 */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'person',
      plural: 'people',
      fields: [
        { key: 'name', type: 'text', indexed: true },
        { key: 'email', type: 'email', unique: true },
        { key: 'age', type: 'integer' },
        { key: 'boss', type: 'link', options: { target: 'person', inverse: 'reports' } },
        { key: 'friends', type: 'links', options: { target: 'person', inverse: 'friend_of' } },
      ],
    },
  ],
};

const people = 1_500;
let harness: ReadHarness;
/** By how the statements are planned that were planned before there was any record. */
let early: Awaited<ReturnType<typeof explainShared>>[];

beforeAll(async () => {
  harness = await createReadHarness(document);
  early = [];
  for (const statement of await lookUps()) early.push(await explainShared(harness, statement));
  await harness.write(sql`insert into formwork.records (id, entity_type, data)
    select lpad(i::text, 32, '0')::uuid, 'person', jsonb_build_object('name', 'Name ' || i % 500, 'age', i % 90,
      'email', i || '@example.com', 'boss', lpad((i / 10 + 1)::text, 32, '0')::uuid)
    from generate_series(1, ${people}::int) i`);
  await harness.write(sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
    select 'person', 'friends', lpad(i::text, 32, '0')::uuid, lpad((i * 7 % 1500 + 1)::text, 32, '0')::uuid
    from generate_series(1, ${people}::int) i`);
});
afterAll(() => harness.close());

/** What is planned once for all tenants of a connection, whatever their size. */
async function lookUps(): Promise<Statement[]> {
  const id = '00000000-0000-0000-0000-000000000007';
  return statementsOf(harness, async (records) => {
    const key = { email: '7@example.com' };
    await Promise.all([
      records.byId('Person', id, { fields: ['name'] }),
      records.byKey('Person', 'email', key, { fields: ['name'] }),
    ]);
  });
}

/** Planned for the values, and for none. */
async function plansOf(statement: Statement) {
  return [await explain(harness, statement), await explainShared(harness, statement)];
}

test.each<ConnectionArguments>([
  { where: { boss: { age: { gt: 10 } } } },
  { where: { boss: { name: { eq: 'Name 7' } } } },
  { where: { boss: { email: { eq: '7@example.com' } } } },
  { where: { reports: { some: { email: { in: ['71@example.com', '7@example.com'] } } } } },
  { where: { friends: { some: { id: { eq: '00000000-0000-0000-0000-000000000008' } } } } },
  { where: { boss: { boss: { boss: { age: { gt: 10 } } } } } },
  { where: { not: { boss: { age: { gt: 10 } } } } },
  { where: { reports: { some: { age: { gt: 88 } } } } },
  { where: { reports: { every: { age: { lt: 80 } } } } },
  { where: { reports: { none: { reports: { some: { age: { gt: 80 } } } } } } },
  {
    where: {
      friends: { some: { age: { gt: 80 }, friends: { some: { friendOf: { some: { age: { gt: 80 } } } } } } },
    },
  },
  { where: { friendOf: { count: { gt: 1 } } } },
  { where: { reports: { sum: { age: { gt: 100 } }, max: { name: { gt: 'Name 4' } } } } },
  {
    where: {
      friendOf: { where: { age: { gt: 80 } }, countDistinct: { of: { name: true }, count: { gte: 1 } } },
    },
  },
  { orderBy: [{ reports: { count: 'DESC' } }, { friends: { avg: { age: 'ASC' } } }] },
  { orderBy: [{ boss: { reports: { max: { name: 'DESC' } } } }], first: 1000 },
  { where: { friends: { some: { boss: { reports: { none: { age: { eq: 3 } } } } } } } },
  { orderBy: [{ boss: { name: 'ASC' } }] },
  { orderBy: [{ boss: { boss: { age: 'DESC' } } }], where: { boss: { age: { gt: 10 } } } },
])('reads each record a few times for %j', async (args) => {
  const [page] = await statementsOf(harness, (records) =>
    records.connection('Person', args, { ...everything, pageInfo: false, totalCount: false }),
  );
  for (const plan of await plansOf(page as NonNullable<typeof page>)) {
    expect(plan.read).toBeLessThan(people * 30);
    expect(plan.strays).toEqual([]);
  }
});

const lists: ConnectionArguments[] = [
  { where: { age: { gt: 3 } }, orderBy: [{ age: 'ASC' }] },
  { first: 5, orderBy: [{ name: 'DESC' }] },
  { first: 5, where: { name: { gte: 'Name 1' } } },
  { last: 5, where: { name: { startsWith: 'Name' } }, orderBy: [{ name: 'ASC' }] },
];

describe.each(lists)('with %j', (args) => {
  test.each(['reports', 'friends', 'friendOf'])('goes from many parents to their %s', async (field) => {
    const parents = Array.from({ length: 50 }, (_, index) => ({
      typeName: 'Person',
      id: `00000000-0000-0000-0000-${String(index + 1).padStart(12, '0')}`,
      values: {},
    }));
    const byLoaders = await statementsOf(harness, (records) =>
      Promise.all(parents.map((parent) => records.linkedConnection(parent, field, args, everything))),
    );
    const links = [{ field, connection: { args, selection: everything } }];
    const nested = await statementsOf(harness, (records) =>
      records.connection('Person', {}, { ...everything, totalCount: false, node: { fields: [], links } }),
    );
    expect([byLoaders.length, nested.length]).toEqual([2, 1]);
    for (const statement of [...byLoaders, ...nested]) {
      for (const plan of await plansOf(statement)) expect(plan.read).toBeLessThan(people * 3);
    }
  });
});

test('a look-up goes by its key, also by a plan from before there was any record', async () => {
  const statements = await lookUps();
  expect(statements.map(({ reusesPlan }) => reusesPlan)).toEqual([true, true]);
  // Before 17 a list of ids is looked up in an index of tenant, entity and id only once there are statistics: of this table, from here on.
  const [[version] = []] = await harness.query(sql`select current_setting('server_version_num')`);
  const isOld = Number(version) < 170_000;
  if (isOld) await asAdmin(harness.database, (admin) => admin.query('analyze formwork.records'));
  const late = await Promise.all(statements.map((statement) => explainShared(harness, statement)));
  for (const plans of isOld ? [late] : [early, late]) {
    expect(plans.map(({ scans }) => scans)).toEqual([
      [expect.stringMatching(/^records_(pkey|by_id): id =$/)],
      ['records_u1: u1 ='],
    ]);
  }
  expect(late.map(({ read }) => read)).toEqual([1, 1]);
});
