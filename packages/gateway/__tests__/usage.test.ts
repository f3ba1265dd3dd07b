import { withAdmin } from '@formwork/pg';
import { saveUsage } from '@formwork/registry-store';
import { asAdmin } from '@formwork/testkit';
import { applyChanges } from './designer.ts';
import {
  codesOf,
  dataOf,
  type GraphqlAnswer,
  Harness,
  type TestGateway,
  type TestTenant,
  until,
} from './harness.ts';

/* Who uses what of a design: counted by gateways, read by designers, and asked before a name is taken away. */

const rentals = {
  formwork: 1,
  entities: [
    {
      key: 'owner',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'homes', type: 'rollup', options: { via: 'properties', function: 'count' } },
      ],
    },
    {
      key: 'property',
      fields: [
        { key: 'code', type: 'text', unique: true },
        { key: 'rent', type: 'decimal', indexed: true },
        { key: 'yearly', type: 'formula', options: { expression: 'rent * 12' } },
        { key: 'city', type: 'text', indexed: true },
        { key: 'hidden', type: 'boolean' },
        { key: 'owner', type: 'link', options: { target: 'owner', inverse: 'properties' } },
        { key: 'owner_name', type: 'lookup', options: { via: 'owner', field: 'name' } },
      ],
    },
  ],
  roles: [
    {
      key: 'guest',
      permissions: [{ entity: 'property', read: { where: { hidden: { ne: true } } } }],
    },
  ],
};

let harness: Harness;
let one: TestGateway;
let two: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  one = await harness.gateway();
  two = await harness.gateway();
});
afterAll(() => harness.close());

interface Use {
  readonly client: string;
  readonly version: string;
  readonly operation: string;
  readonly name: string | null;
  readonly ways: readonly string[];
  readonly count: number;
}

interface AskOptions {
  readonly path?: string;
  readonly client?: string;
  readonly variables?: object;
}

async function post(
  gateway: TestGateway,
  key: string,
  query: string,
  { path = '/graphql', client, variables }: AskOptions = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      ...(client && { 'x-client-name': client, 'x-client-version': '1.2' }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer;
}

async function ask(tenant: TestTenant, query: string, client = 'app', variables?: object): Promise<void> {
  dataOf(await post(one, tenant.keys.editor, query, { client, ...(variables && { variables }) }));
}

/** The change by which gateways are made to tell: nobody wants it, and it is refused. */
async function tell(tenant: TestTenant): Promise<void> {
  const refused = await apply(tenant, [{ dropAlias: { entity: 'property', alias: 'none' } }]);
  expect(refused.map(({ code }) => code)).toEqual(['ALIAS_MISSING']);
}

async function usesOf(tenant: TestTenant, entity: string, field: string): Promise<readonly Use[]> {
  await tell(tenant);
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

const apply = async (tenant: TestTenant, changes: readonly object[], days?: number) =>
  (await applyChanges(one, tenant, changes, { days })).problems;

const renameRent = { renameField: { entity: 'property', field: 'rent', to: 'monthly_rent' } };

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

describe('what was used lately', () => {
  const drop = { dropAlias: { entity: 'property', field: 'monthly_rent', alias: 'rent' } };

  test('is not taken away, whichever gateway it was used on; the clients are named', async () => {
    const tenant = await harness.tenant('contract', rentals);
    await apply(tenant, [renameRent]);
    dataOf(
      await post(two, tenant.keys.editor, 'query List { properties { nodes { rent } } }', { client: 'app' }),
    );
    const problems = await apply(tenant, [drop]);
    expect(problems.map(({ code, path }) => `${code} at ${path}`)).toEqual([
      'IN_USE at changes[0].dropAlias',
    ]);
    expect(problems[0]?.message).toMatch(
      /^The old name "rent" of "property.monthly_rent" was used within the last 30 days: "app" "1.2" in operation "List" \(selection\), last at .*"force": true\.$/,
    );
    dataOf(await post(one, tenant.keys.editor, '{ properties { nodes { rent } } }'));
    expect(await apply(tenant, [{ dropAlias: { ...drop.dropAlias, force: true } }])).toEqual([]);
    expect(codesOf(await post(one, tenant.keys.editor, '{ properties { nodes { rent } } }'))).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ]);
  });

  test.each<[string, string, object, string]>([
    [
      'a field',
      'renameField',
      { entity: 'property', field: 'rent', to: 'monthly_rent' },
      '{ properties(where: { rent: { gt: "1" } }) { totalCount } }',
    ],
    ['an entity', 'renameEntity', { entity: 'property', to: 'home' }, '{ properties { totalCount } }'],
    [
      'an entity in the plural',
      'renameEntity',
      { entity: 'property', to: 'property', plural: 'estates' },
      '{ properties { totalCount } }',
    ],
  ])(
    'keeps the name of %s, which a rename would give up, until somebody insists',
    async (what, kind, named, query) => {
      const slug = what.replaceAll(' ', '-');
      const [tenant, other] = [
        await harness.tenant(slug, rentals),
        await harness.tenant(`${slug}-2`, rentals),
      ];
      const rename = { [kind]: { ...named, keepAlias: false } };
      dataOf(await post(two, tenant.keys.editor, query, { client: 'board' }));
      const problems = await apply(tenant, [rename]);
      expect(problems.map(({ code, path }) => `${code} at ${path}`)).toEqual([
        `IN_USE at changes[0].${kind}`,
      ]);
      expect(problems[0]?.message).toMatch(/^The name ".*"board".*"force": true\.$/);
      dataOf(await post(one, tenant.keys.editor, query));
      const shown = await post(
        one,
        tenant.keys.designer,
        'query ($changes: [ChangeInput!]!) { preview(changes: $changes) { problems { code } } }',
        { path: '/design', variables: { changes: [rename] } },
      );
      expect(dataOf(shown)).toEqual({ preview: { problems: [{ code: 'IN_USE' }] } });
      expect(await apply(other, [rename])).toEqual([]);
      expect(await apply(tenant, [{ [kind]: { ...named, keepAlias: false, force: true } }])).toEqual([]);
      expect(codesOf(await post(two, tenant.keys.editor, query))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    },
  );

  test('is told of a field that gets another type, and of the fields of a key', async () => {
    const tenant = await harness.tenant('affected', rentals);
    await ask(tenant, 'query List { properties(orderBy: [{ rent: ASC }]) { nodes { city } } }', 'list');
    await ask(tenant, 'query Code { propertyByCode(code: "a") { id } }', 'finder');
    await tell(tenant);
    const affected = async (change: object) => {
      const shown = await post(
        one,
        tenant.keys.designer,
        `query ($changes: [ChangeInput!]!) {
          preview(changes: $changes) { usedBy { entity field use { client operation } } } }`,
        { path: '/design', variables: { changes: [change] } },
      );
      return (dataOf(shown).preview as { usedBy: unknown }).usedBy;
    };
    expect(
      await affected({
        changeType: { entity: 'property', field: 'rent', type: 'text', newKey: 'rent_text' },
      }),
    ).toEqual([{ entity: 'property', field: 'rent', use: { client: 'list', operation: 'List' } }]);
    const key = { key: 'by_code_and_city', fields: ['code', 'city'] };
    expect(await affected({ addKey: { entity: 'property', key } })).toEqual(
      expect.arrayContaining([
        { entity: 'property', field: 'city', use: { client: 'list', operation: 'List' } },
        { entity: 'property', field: 'code', use: { client: 'finder', operation: 'Code' } },
      ]),
    );
  });

  test('counts although it was used when all gateways had told, while the change waited for writers', async () => {
    const tenant = await harness.tenant('late', rentals);
    await apply(tenant, [renameRent]);
    const problems = await withAdmin(harness.database.adminUrl, async (writer) => {
      await writer.query('begin');
      await writer.query('select pg_advisory_xact_lock_shared(formwork.tenant_lock_key($1))', [tenant.id]);
      const applying = apply(tenant, [drop]);
      await until(() =>
        asAdmin(harness.database, async (admin) => {
          const waiting = `select from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())`;
          return (await admin.query(waiting)).rows.length > 0;
        }),
      );
      dataOf(await post(two, tenant.keys.editor, '{ properties { nodes { rent } } }', { client: 'late' }));
      await writer.query('rollback');
      return applying;
    });
    expect(problems).toMatchObject([{ code: 'IN_USE', message: expect.stringContaining('"late"') }]);
  });

  test('may go once the window has passed, and where only the other name was used', async () => {
    const tenant = await harness.tenant('window', rentals);
    await apply(tenant, [renameRent]);
    await ask(tenant, 'query New { properties { nodes { monthlyRent } } }');
    expect(await apply(tenant, [drop])).toEqual([]);
    await apply(tenant, [{ deprecateField: { entity: 'property', field: 'city', reason: 'Gone.' } }]);
    await ask(tenant, 'query City { properties { nodes { city } } }');
    const remove = { removeField: { entity: 'property', field: 'city' } };
    expect((await apply(tenant, [remove])).map(({ code }) => code)).toEqual(['IN_USE']);
    await asAdmin(harness.database, (admin) =>
      admin.query("update formwork.usage set last_used_at = now() - interval '8 days' where tenant_id = $1", [
        tenant.id,
      ]),
    );
    expect((await apply(tenant, [remove], 10)).map(({ code }) => code)).toEqual(['IN_USE']);
    expect(await apply(tenant, [remove], 7)).toEqual([]);
  });

  test('is a former name of an entity only where a client wrote it', async () => {
    const tenant = await harness.tenant('entities', rentals);
    await apply(tenant, [{ renameEntity: { entity: 'property', to: 'home' } }]);
    await ask(
      tenant,
      'query New { homes { nodes { city } } owners { nodes { properties { nodes { city } } } } }',
    );
    expect(await apply(tenant, [{ dropAlias: { entity: 'home', alias: 'property' } }])).toEqual([]);
    await apply(tenant, [{ renameEntity: { entity: 'home', to: 'house' } }]);
    await ask(tenant, 'query Old { homes { nodes { city } } }');
    const problems = await apply(tenant, [{ dropAlias: { entity: 'house', alias: 'home' } }]);
    expect(problems.map(({ code }) => code)).toEqual(['IN_USE']);
  });

  describe('by a document that leaves it out', () => {
    const withSize = (size: readonly object[]) => ({
      formwork: 1,
      entities: [{ key: 'home', fields: [{ key: 'city', type: 'text' }, ...size] }],
    });
    const size = { key: 'size', type: 'integer' };
    const goingSize = { ...size, deprecated: { reason: 'Gone.' } };
    const use = 'query Sizes { homes(where: { size: { gt: 1 } }) { totalCount } }';

    async function ask(tenant: TestTenant, text: string) {
      const variables = { document: withSize([]) };
      const answer = await post(one, tenant.keys.designer, text, { path: '/design', variables });
      return Object.values(dataOf(answer))[0] as { problems: readonly { code: string; message: string }[] };
    }
    const take = (tenant: TestTenant, more = '') =>
      ask(
        tenant,
        `mutation ($document: JSON!) { applyRegistry(document: $document${more}) { problems { code path message } } }`,
      );

    test('and is deprecated is not taken away, unless that is forced, and the clients are named', async () => {
      const tenant = await harness.tenant('kept', withSize([goingSize]));
      dataOf(await post(two, tenant.keys.editor, use, { client: 'old-app' }));
      const refused = {
        code: 'IN_USE',
        path: 'entities[0].fields',
        message: expect.stringMatching(
          /^The field "home.size" was used within the last 30 days: "old-app" "1.2" in operation "Sizes" \(filter\), last at .* or say "force": true.*\.$/,
        ),
      };
      expect((await take(tenant)).problems).toEqual([refused]);
      const preview = (force: boolean) =>
        ask(
          tenant,
          `query ($document: JSON!) { previewRegistry(document: $document, force: ${force}) {
             isApplicable problems { code path message } usedBy { entity field } } }`,
        );
      const usedBy = [{ entity: 'home', field: 'size' }];
      expect(await preview(false)).toEqual({ isApplicable: false, problems: [refused], usedBy });
      expect(await preview(true)).toEqual({ isApplicable: true, problems: [], usedBy });
      dataOf(await post(two, tenant.keys.editor, use));
      expect((await take(tenant, ', unusedForDays: 0')).problems).toEqual([]);
      expect(codesOf(await post(two, tenant.keys.editor, use))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    });

    test('is taken away by force, where another tenant alone uses it, and where it was on no way out', async () => {
      const mine = await harness.tenant('own-size', withSize([goingSize]));
      const theirs = await harness.tenant('their-size', withSize([goingSize]));
      const plain = await harness.tenant('outright', withSize([size]));
      for (const tenant of [theirs, plain])
        dataOf(await post(two, tenant.keys.editor, use, { client: 'secret-app' }));
      expect((await take(mine)).problems).toEqual([]);
      expect((await take(theirs)).problems).toMatchObject([{ code: 'IN_USE' }]);
      expect((await take(theirs, ', force: true')).problems).toEqual([]);
      expect((await take(plain)).problems).toEqual([]);
    });
  });

  test('is undone with what it came with', async () => {
    const tenant = await harness.tenant('undone', rentals);
    const added = { addField: { entity: 'property', field: { key: 'size', type: 'integer' } } };
    expect(await apply(tenant, [added])).toEqual([]);
    dataOf(await post(two, tenant.keys.editor, '{ properties(where: { size: { gt: 1 } }) { totalCount } }'));
    const undo = 'mutation { revert(version: 2) { problems { code } } }';
    expect(dataOf(await post(one, tenant.keys.designer, undo, { path: '/design' }))).toEqual({
      revert: { problems: [] },
    });
  });

  test('is in the preview, for whatever changes it', async () => {
    const tenant = await harness.tenant('preview', rentals);
    await ask(tenant, 'query City { properties { nodes { city } } }');
    await tell(tenant);
    const answer = await post(
      one,
      tenant.keys.designer,
      `{ preview(changes: [{ changeField: { entity: "property", field: "city", options: { maxLength: 9 } } }]) {
        isApplicable usedBy { entity field use { client operation } } } }`,
      { path: '/design' },
    );
    expect(dataOf(answer).preview).toEqual({
      isApplicable: true,
      usedBy: [{ entity: 'property', field: 'city', use: { client: 'app', operation: 'City' } }],
    });
  });
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

test('a gateway that stopped without a word does not hold up a contract for ever', async () => {
  await asAdmin(harness.database, (admin) =>
    admin.query(
      "insert into formwork.gateways (id, seen_at, told) values (gen_random_uuid(), now() - interval '10 seconds', 0)",
    ),
  );
  const tenant = await harness.tenant('dead-gateway', rentals);
  await apply(tenant, [renameRent]);
  expect(
    await apply(tenant, [{ dropAlias: { entity: 'property', field: 'monthly_rent', alias: 'rent' } }]),
  ).toEqual([]);
});

test('a gateway gives signs of life however many change their designs through it', async () => {
  const crowd = await Promise.all(Array.from({ length: 6 }, (_, n) => harness.tenant(`busy-${n}`, rentals)));
  await asAdmin(harness.database, async (admin) => {
    const lastSeen = async () => {
      const { rows } = await admin.query<{ seen: string }>(
        'select min(seen_at)::text as seen from (select seen_at from formwork.gateways order by seen_at desc limit 2) g',
      );
      return rows[0]?.seen ?? '';
    };
    await admin.query('begin; lock table formwork.registry_versions in access exclusive mode');
    const changes = crowd.map((tenant) => apply(tenant, [renameRent]).catch(() => {}));
    const before = await lastSeen();
    await until(async () => (await lastSeen()) > before);
    await admin.query('rollback');
    await Promise.all(changes);
  });
});
