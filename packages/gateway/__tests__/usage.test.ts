import { saveUsage } from '@formwork/registry-store';
import { asAdmin } from '@formwork/testkit';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { post, problemsOf, renameRent, rentals, tell, use } from './usage-harness.ts';

/* Who uses what of a design: counted by gateways, and read by designers. */

let harness: Harness;
let one: TestGateway;
let two: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  one = await harness.gateway();
  two = await harness.gateway();
});
afterAll(() => harness.close());

const ask = (tenant: TestTenant, query: string, client?: string, variables?: object) =>
  use(one, tenant, query, client, variables);
const apply = (tenant: TestTenant, changes: readonly object[], days?: number) =>
  problemsOf(one, tenant, changes, days);

interface Use {
  readonly client: string;
  readonly version: string;
  readonly operation: string;
  readonly name: string | null;
  readonly ways: readonly string[];
  readonly count: number;
}

async function usesOf(tenant: TestTenant, entity: string, field: string): Promise<readonly Use[]> {
  await tell(one, tenant);
  const data = dataOf(
    await post(
      two,
      tenant.keys.designer,
      `query ($entity: String!, $field: String!) {
        registry { entity(key: $entity) { field(key: $field) {
          usedBy { client version operation name ways count lastUsedAt }
        } } }
      }`,
      { path: '/design', variables: { entity, field } },
    ),
  ) as { registry: { entity: { field: { usedBy: (Use & { lastUsedAt: string })[] } } } };
  return data.registry.entity.field.usedBy.map(({ lastUsedAt, ...use }) => {
    expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(3_600_000);
    return use;
  });
}

test.each([
  ['a selection', 'selection', 'query Q { properties { nodes { city } } }'],
  ['a filter', 'filter', 'query Q { properties(where: { city: { eq: "Oslo" } }) { totalCount } }'],
  [
    'a filter behind a link',
    'filter',
    'query Q { owners(where: { properties: { some: { city: { eq: "x" } } } }) { totalCount } }',
  ],
  ['an ordering', 'order', 'query Q { properties(orderBy: [{ city: ASC }]) { totalCount } }'],
  ['an input', 'input', 'mutation Q { createProperty(input: { city: "Oslo" }) { property { id } } }'],
  ['a group', 'group', 'query Q { propertiesAggregate(groupBy: [{ city: true }]) { count } }'],
  [
    'a condition on groups',
    'filter',
    'query Q { propertiesAggregate(having: { not: { max: { city: { eq: "x" } } } }) { count } }',
  ],
  [
    'how many values groups have',
    'filter',
    'query Q { propertiesAggregate(having: { countDistinct: { of: { city: true }, count: { gt: 1 } } }) { count } }',
  ],
  [
    'an ordering of groups',
    'order',
    'query Q { propertiesAggregate(orderBy: [{ count: ASC }, { min: { city: DESC } }]) { count } }',
  ],
  [
    'a condition on linked records together',
    'filter',
    'query Q { owners(where: { properties: { countDistinct: { of: { city: true }, count: { gt: 1 } } } }) { totalCount } }',
  ],
  [
    'an ordering by linked records together',
    'order',
    'query Q { owners(orderBy: [{ properties: { max: { city: ASC } } }]) { totalCount } }',
  ],
  ['a skipped selection', 'selection', 'query Q { properties { nodes { id city @skip(if: true) } } }'],
  ['a fragment', 'selection', 'query Q { properties { nodes { ...f } } } fragment f on Property { id city }'],
])('a field in %s is used', async (_, way, query) => {
  const tenant = await harness.tenant(`way-${++serial}`, rentals);
  await ask(tenant, query);
  expect(await usesOf(tenant, 'property', 'city')).toEqual([
    { client: 'app', version: '1.2', operation: 'Q', name: 'city', ways: [way], count: 1 },
  ]);
  expect(await usesOf(tenant, 'property', 'hidden')).toEqual([]);
});
let serial = 0;

test('fields inside of variables are used: those of filters, orderings, inputs, lists and keys', async () => {
  const tenant = await harness.tenant('variables', rentals);
  await ask(
    tenant,
    'query Find($where: PropertyFilter, $orderBy: [PropertyOrder!]) { properties(where: $where, orderBy: $orderBy) { totalCount } }',
    'app',
    { where: { or: [{ rent: { gt: '1' } }] }, orderBy: [{ owner: { name: 'ASC' } }] },
  );
  await ask(
    tenant,
    'mutation Make($input: [CreatePropertyInput!]!) { createProperties(inputs: $input) { properties { id } } }',
    'loader',
    { input: [{ code: 'a', owner: { create: { name: 'Ada' } } }, { code: 'b' }] },
  );
  await ask(
    tenant,
    `query Count($having: Having = { min: { code: { eq: "x" } } }, $by: [GroupOrdering!], $rent: ByField!, $of: ByField!) {
      ...f owners(where: { properties: { sum: $rent } }) { totalCount }
    }
    fragment f on Query { propertiesAggregate(having: $having, orderBy: $by, groupBy: [{ owner: { name: true } }]) { count }
      all: propertiesAggregate(having: { countDistinct: { of: $of, count: { gt: 1 } } }) { count } }`,
    'board',
    {
      by: [{ key: { owner: { name: 'DESC' } } }],
      rent: { rent: { gt: 1 } },
      of: { createdAt: { part: 'DAY' } },
    },
  );
  const names = async (entity: string, field: string) =>
    (await usesOf(tenant, entity, field))
      .map(({ client, ways }) => [client, ...ways].join(' '))
      .filter((name) => !name.startsWith('board'));
  const ofBoard = async (entity: string, field: string) =>
    (await usesOf(tenant, entity, field))
      .filter(({ client }) => client === 'board')
      .flatMap(({ ways }) => ways);
  expect(await ofBoard('property', 'rent')).toEqual(['filter']);
  expect(await ofBoard('property', 'code')).toEqual(['filter']);
  expect((await ofBoard('owner', 'name')).toSorted()).toEqual(['group', 'order']);
  expect(await ofBoard('property', 'city')).toEqual([]);
  expect(await names('property', 'rent')).toEqual(['app filter']);
  expect(await names('owner', 'name')).toEqual(['loader input', 'app order']);
  expect(await names('property', 'owner')).toEqual(['loader input', 'app order']);
  expect(await names('property', 'code')).toEqual(['loader input']);
});

test('what a unique key, a formula, a lookup, a rollup or a row rule stands on is used', async () => {
  const tenant = await harness.tenant('behind', rentals);
  await ask(
    tenant,
    'query Key { propertyByCode(code: "a") { yearly ownerName } owners { nodes { homes } } }',
  );
  const of = async (entity: string, field: string) =>
    (await usesOf(tenant, entity, field)).map(({ name, ways }) => [name, ...ways].join(' '));
  expect(await of('property', 'code')).toEqual(['code key']);
  expect(await of('property', 'rent')).toEqual([' formula']);
  expect(await of('owner', 'name')).toEqual([' lookup']);
  expect(await of('property', 'owner')).toEqual([' lookup rollup']);
  expect(await of('property', 'hidden')).toEqual([]);
  const { createKey } = await import('@formwork/directory');
  const guest = await createKey(harness.control, tenant.id, { role: 'guest' });
  dataOf(await post(two, guest.key, '{ properties { nodes { city } } }'));
  expect(await usesOf(tenant, 'property', 'hidden')).toEqual([
    { client: `key:${guest.id}`, version: '', operation: '', name: null, ways: ['rule'], count: 1 },
  ]);
});

test('uses of the old and of the new name are told apart, and counted', async () => {
  const tenant = await harness.tenant('names', rentals);
  expect(await apply(tenant, [renameRent])).toEqual([]);
  for (let n = 0; n < 3; n += 1) await ask(tenant, 'query Old { properties { nodes { rent } } }', 'old');
  await ask(tenant, 'query New { properties { nodes { monthlyRent } } }', 'new');
  const uses = await usesOf(tenant, 'property', 'monthly_rent');
  expect(uses.map(({ client, name, count }) => ({ client, name, count }))).toEqual(
    expect.arrayContaining([
      { client: 'old', name: 'rent', count: 3 },
      { client: 'new', name: 'monthly_rent', count: 1 },
    ]),
  );
  expect(uses).toHaveLength(2);
});

test('an operation that is refused uses nothing', async () => {
  const tenant = await harness.tenant('refused', rentals);
  expect(codesOf(await post(one, tenant.keys.editor, '{ properties { nodes { city nothing } } }'))).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
  ]);
  expect(await usesOf(tenant, 'property', 'city')).toEqual([]);
});

test('another tenant neither sees uses nor is kept by them', async () => {
  const [mine, theirs] = [await harness.tenant('mine', rentals), await harness.tenant('theirs', rentals)];
  for (const tenant of [mine, theirs]) {
    await apply(tenant, [{ deprecateField: { entity: 'property', field: 'city', reason: 'Gone.' } }]);
  }
  await ask(theirs, 'query Secret { properties { nodes { city } } }', 'secret-app');
  expect(await usesOf(mine, 'property', 'city')).toEqual([]);
  expect(await apply(mine, [{ removeField: { entity: 'property', field: 'city' } }])).toEqual([]);
  expect((await usesOf(theirs, 'property', 'city')).map(({ client }) => client)).toEqual(['secret-app']);
});

test('of one name of a field the latest 200 uses are kept, and long names are cut', async () => {
  const tenant = await harness.tenant('bounded', rentals);
  const uses = Array.from({ length: 250 }, (_, index) => ({
    ...{ entityType: 'property', field: 'city', name: 'city', client: `c${index}`, clientVersion: '' },
    ...{ operation: '', ways: ['selection'], uses: 1, age: (index + 1) * 1000 },
  }));
  await saveUsage(harness.control, tenant.id, uses);
  await ask(tenant, '{ properties { nodes { city } } }', 'x'.repeat(5000));
  const clients = (await usesOf(tenant, 'property', 'city')).map(({ client }) => client);
  expect(clients).toHaveLength(200);
  expect(clients.slice(0, 2)).toEqual(['x'.repeat(100), 'c0']);
});

test('of a tenant 20,000 uses are kept: what goes first is the oldest of names that have many', async () => {
  const tenant = await harness.tenant('crowded', rentals);
  const use = (field: string, client: string, age: number) => ({
    ...{ entityType: 'property', field, name: field, client, clientVersion: '', operation: '' },
    ...{ ways: ['selection'], uses: 1, age },
  });
  await saveUsage(harness.control, tenant.id, [use('city', 'old', 9e9), use('city', 'older', 1e10)]);
  // Of a hundred fields that are gone.
  const gone = Array.from({ length: 100 }, (_, field) =>
    Array.from({ length: 200 }, (_, n) => use(`gone_${field}`, `c${n}`, n)),
  );
  await saveUsage(harness.control, tenant.id, gone.flat());
  const kept = await asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query<{ client: string }>(
      'select client from formwork.usage where tenant_id = $1',
      [tenant.id],
    );
    return rows.map(({ client }) => client);
  });
  expect(kept).toHaveLength(20_000);
  expect(kept.filter((client) => client.startsWith('old')).sort()).toEqual(['old', 'older']);
  const removal = { removeField: { entity: 'property', field: 'city' } };
  await apply(tenant, [{ deprecateField: { entity: 'property', field: 'city', reason: 'Gone.' } }]);
  expect(await apply(tenant, [removal], 365)).toMatchObject([
    { code: 'IN_USE', message: expect.stringContaining('"old"') },
  ]);
});
