/** Row rules under row-level security, over 30,000 records: they are found by index, and leave the indexes of others in use. */
import { type Statement, sql } from '@formwork/pg';
import { type Registry, type RegistryDocument, type RowRule, registryForRole } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { Records } from '../src/contract.ts';
import { createRecords } from '../src/records.ts';
import { explain } from './read-explain.ts';
import { createReadHarness, everything, type ReadHarness } from './read-harness.ts';

const read = (where: RowRule) => [
  { entity: 'owner', read: true },
  { entity: 'listing', read: { where } },
];

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    { key: 'owner', fields: [{ key: 'email', type: 'email', unique: true }] },
    {
      key: 'listing',
      fields: [
        { key: 'title', type: 'text', indexed: true },
        { key: 'price', type: 'integer', indexed: true },
        { key: 'agent', type: 'text', indexed: true },
        { key: 'is_public', type: 'boolean' },
        { key: 'owner', type: 'link', options: { target: 'owner', inverse: 'listings' } },
      ],
    },
  ],
  roles: [
    { key: 'by_field', permissions: read({ agent: { eq: { claim: 'email' } } }) },
    { key: 'by_link', permissions: read({ owner: { email: { eq: { claim: 'email' } } } }) },
    { key: 'most', permissions: read({ is_public: { eq: true } }) },
  ],
};

const rows = 30_000;
const claims = { email: 'o7@x.org' };
let harness: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  await harness.write(sql`insert into formwork.records (entity_type, data)
    select 'owner', jsonb_build_object('email', 'o' || i || '@x.org') from generate_series(1, 300) i`);
  await harness.write(sql`insert into formwork.records (entity_type, data)
    select 'listing', jsonb_build_object('title', 'Listing ' || i * 7919::bigint % ${rows}::int, 'price', i,
      'agent', 'o' || i % 300 + 1 || '@x.org', 'is_public', i % 10 > 0, 'owner', owners.ids[i % 300 + 1])
    from generate_series(1, ${rows}::int) i,
      (select array_agg(id order by id) as ids from formwork.records where entity_type = 'owner') owners`);
  await asAdmin(harness.database, (admin) => admin.query('analyze formwork.records'));
}, 60_000);
afterAll(() => harness.close());

/** How the first statement that the work sends is carried out. */
async function planOf(role: string, work: (records: Records) => Promise<unknown>) {
  const sent: Statement[] = [];
  const records = createRecords({
    registry: registryForRole(harness.registry, role) as Registry,
    tenantId: harness.tenantId,
    execute: async (statements) => {
      sent.push(...statements);
      return (await harness.dataPlane.read(harness.tenantId, statements)).results;
    },
    cursorSecret: 'secret',
    actor: 'key:test',
    role,
    claims,
    mode: 'query',
  });
  await work(records);
  const [statement] = sent;
  if (statement === undefined) throw new Error('Nothing was sent');
  return explain(harness, statement);
}

const page = { ...everything, pageInfo: false, totalCount: false };
const few = 250;

test.each(['by_field', 'by_link'])('what a rule %s lets a caller see is found by an index', async (role) => {
  const { scans, read: seen } = await planOf(role, (records) => records.connection('Listing', {}, page));
  expect(scans.join()).toMatch(role === 'by_field' ? /t\d =/ : /l1 =/);
  expect(seen).toBeLessThan(2 * few);
});

test('a rule that most records pass leaves the index of the order in use', async () => {
  const { sorts, read: seen } = await planOf('most', (records) =>
    records.connection('Listing', { orderBy: [{ price: 'DESC' }] }, page),
  );
  expect(sorts).toEqual([]);
  expect(seen).toBeLessThan(few);
});

test.each(['by_field', 'by_link', 'most'])(
  'a filter by an indexed field uses that index under a rule %s',
  async (role) => {
    const { read: seen } = await planOf(role, (records) =>
      records.connection('Listing', { where: { title: { eq: 'Listing 77' } } }, page),
    );
    expect(seen).toBeLessThan(few);
  },
);

test.each(['by_field', 'by_link', 'most'])(
  'a record is looked up by its id under a rule %s',
  async (role) => {
    const [[id = ''] = []] = await harness.query(
      sql`select id from formwork.records where entity_type = 'listing' order by id limit 1 offset 6`,
    );
    const { scans, read: seen } = await planOf(role, (records) =>
      records.byId('Listing', id, { fields: ['title'] }),
    );
    expect(scans.join()).toContain('records_pkey: id =');
    expect(seen).toBeLessThan(few);
  },
);

test('links of several records are followed by the index of the link under a rule', async () => {
  const { scans, read: seen } = await planOf('most', (records) =>
    records.connection(
      'Owner',
      { first: 20 },
      {
        ...page,
        node: {
          fields: ['email'],
          links: [
            {
              field: 'listings',
              connection: { args: { first: 5 }, selection: { ...page, node: { fields: ['title'] } } },
            },
          ],
        },
      },
    ),
  );
  expect(scans.join()).toMatch(/l1 =/);
  expect(seen).toBeLessThan(20 * 120 + few);
});
