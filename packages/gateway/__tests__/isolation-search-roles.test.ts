/**
 * Search by a role with a row rule, in two tenants: one has so many hidden records with the words that they would
 * decide whether the others are ranked; the twin never had them. The role is answered alike in both.
 */
import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import { roleKey } from './agency.ts';
import { dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

const design: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'person',
      plural: 'people',
      fields: [{ key: 'name', type: 'text', required: true, unique: true }],
    },
    {
      key: 'note',
      searchable: ['title', 'text'],
      fields: [
        { key: 'title', type: 'text' },
        { key: 'text', type: 'long_text' },
        { key: 'is_public', type: 'boolean', indexed: true },
        { key: 'person', type: 'link', options: { target: 'person', inverse: 'notes' } },
      ],
    },
  ],
  roles: [
    {
      key: 'guest',
      permissions: [
        { entity: 'note', read: { where: { is_public: { eq: true } } } },
        { entity: 'person', read: true },
      ],
    },
  ],
};

/** One more than are ranked. */
const hidden = 10_001;

let harness: Harness;
let gateway: TestGateway;
let loaders: TestGateway;
let tenant: TestTenant;
let twin: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  loaders = await harness.gateway({ links: 'loaders' });
  tenant = await harness.tenant('whole', design);
  twin = await harness.tenant('twin', design);
  for (const one of [tenant, twin]) await fill(one);
  await asAdmin(harness.database, async (admin) => {
    await admin.query(`select set_config('app.tenant_id', $1, false)`, [tenant.id]);
    await admin.query(
      `insert into formwork.records (entity_type, data)
        select 'note', jsonb_build_object('title', 'harbour ' || n, 'text', 'HIDDEN lantern', 'is_public', false,
          'person', (select id from formwork.records where tenant_id = $1 and entity_type = 'person' limit 1))
        from generate_series(1, $2::int) n`,
      [tenant.id, hidden],
    );
    await admin.query('analyze formwork.records');
  });
});
afterAll(() => harness.close());

/** The note that matches best is the last by its id. */
async function fill({ keys }: TestTenant): Promise<void> {
  const note = (title: string, text: string) =>
    `{ title: "${title}", text: "${text}", isPublic: true, person: { by: { name: "Ann" } } }`;
  const notes = [
    note('Sea', 'far from a harbour'),
    note('Gulls', 'a harbour, and more'),
    note('Harbour', 'harbour harbour'),
  ];
  const text = `mutation { createPerson(input: { name: "Ann" }) { person { id } } createNotes(inputs: [${notes.join()}]) { notes { id } } }`;
  dataOf(await gateway.ask(keys.admin, text));
}

const page = 'nodes { title } totalCount pageInfo { hasNextPage hasPreviousPage }';
const documents = [
  `{ notes(search: "harbour") { ${page} } }`,
  `{ notes(search: "harb", first: 1) { ${page} } }`,
  `{ notes(search: "harbour", last: 1) { ${page} } }`,
  `{ notes(search: "harbour", first: 2, orderBy: [{ title: DESC }]) { ${page} } }`,
  `{ notes(search: "harbour", where: { title: { ne: "Sea" } }) { ${page} } }`,
  '{ notes(search: "lantern") { nodes { title } totalCount } }',
  '{ notes(search: "hidden") { nodes { title } pageInfo { hasNextPage } } }',
  '{ notes(search: "harbour") { totalCount(mode: CAPPED, cap: 2) isExact } }',
  '{ notes(search: "harbour") { totalCount(mode: ESTIMATE, cap: 0) isExact } }',
  '{ notes { totalCount(mode: ESTIMATE, cap: 0) isExact } }',
  '{ people { totalCount(mode: ESTIMATE, cap: 0) } }',
  '{ people(where: { notes: { count: { gt: 5 } } }) { totalCount(mode: ESTIMATE, cap: 0) } }',
  '{ notes(where: { isPublic: { eq: false } }) { totalCount(mode: ESTIMATE, cap: 0) } }',
  '{ notesAggregate(search: "harbour") { count min { title } max { title } } }',
  '{ notesAggregate(search: "lantern") { count } }',
  '{ notesAggregate(search: "harbour", groupBy: [{ isPublic: true }]) { keys count } }',
  `{ people { nodes { name notes(search: "harbour") { ${page} } } } }`,
  `{ people { nodes { notes(search: "harbour", first: 1) { ${page} } notesAggregate(search: "harbour") { count } } } }`,
  `{ people { nodes { notes(search: "lantern") { ${page} } } } }`,
];

test('a role with a row rule searches as if what it may not see had never been', async () => {
  const [ours, twins] = [await roleKey(harness, tenant, 'guest'), await roleKey(harness, twin, 'guest')];
  const told: string[] = [];
  let reached = 0;
  for (const asked of documents) {
    for (const server of [gateway, loaders]) {
      const whole = JSON.stringify(dataOf(await server.ask(ours, asked)));
      const without = JSON.stringify(dataOf(await server.ask(twins, asked)));
      if (whole !== without || whole.includes('HIDDEN')) told.push(`${asked}\n  ${whole}\n  ${without}`);
    }
    const all = JSON.stringify(await gateway.ask(tenant.keys.admin, asked));
    if (all !== JSON.stringify(await gateway.ask(twin.keys.admin, asked))) reached += 1;
  }
  expect(told).toEqual([]);
  expect(reached).toBeGreaterThan(documents.length * 0.8);
});

test('what is hidden does not decide whether the rest is ranked, nor where its cursors lead', async () => {
  const titlesOf = async (key: string) => {
    const ask =
      'query ($after: String) { notes(search: "harbour", first: 1, after: $after) { nodes { title } pageInfo { endCursor } } }';
    const titles: string[] = [];
    for (let cursor: string | null = null; titles.length < 3; ) {
      const { notes } = dataOf(await gateway.ask(key, ask, { after: cursor })) as {
        notes: { nodes: { title: string }[]; pageInfo: { endCursor: string } };
      };
      titles.push(...notes.nodes.map(({ title }) => title));
      cursor = notes.pageInfo.endCursor;
    }
    return titles;
  };
  const guests = [await roleKey(harness, tenant, 'guest'), await roleKey(harness, twin, 'guest')] as const;
  const ranked = ['Harbour', 'Sea', 'Gulls'];
  expect((await titlesOf(guests[1]))[0]).toBe(ranked[0]);
  expect(await titlesOf(guests[0])).toEqual(await titlesOf(guests[1]));
  // An admin, who sees them all, is told by the order of ids that they are many.
  expect(await titlesOf(tenant.keys.admin)).toEqual(['Sea', 'Gulls', 'Harbour']);
});
