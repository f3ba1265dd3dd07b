import { asAdmin } from '@formwork/testkit';
import {
  codesOf,
  dataOf,
  type GraphqlAnswer,
  Harness,
  type TestGateway,
  type TestTenant,
} from './harness.ts';
import { extended, skyway } from './skyway.ts';

let harness: Harness;
let tenant: TestTenant;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  gateway = await harness.gateway();
});
afterAll(() => harness.close());

async function design(key: string, query: string, variables?: object): Promise<GraphqlAnswer> {
  const response = await fetch(`${gateway.url}/design`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer;
}

const apply = `mutation ($document: JSON!, $version: Int) {
  applyRegistry(document: $document, expectedVersion: $version) { version changed problems { code path message } }
}`;

test.each(['viewer', 'editor'] as const)('is closed to the role %s', async (role) => {
  expect(codesOf(await design(tenant.keys[role], '{ registry { version } }'))).toEqual(['FORBIDDEN']);
});

test('is closed to strangers', async () => {
  expect(codesOf(await design('fw_skyway_x', '{ registry { version } }'))).toEqual(['UNAUTHENTICATED']);
});

test('a designer changes the registry, and the very next request is answered by it', async () => {
  const { designer, editor } = tenant.keys;
  const read = '{ airports { nodes { runways } } }';
  expect(codesOf(await gateway.ask(editor, read))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  const document = extended(skyway(), { key: 'runways', type: 'integer' });
  expect(dataOf(await design(designer, apply, { document })).applyRegistry).toEqual({
    version: 2,
    changed: true,
    problems: [],
  });
  dataOf(await gateway.ask(editor, read));
  const rows = await asAdmin(harness.database, async (admin) => {
    const found = await admin.query(
      'select applied_by from formwork.registry_versions where tenant_id = $1 and version = 2',
      [tenant.id],
    );
    return found.rows;
  });
  expect(rows).toEqual([{ applied_by: expect.stringMatching(/^key:/) }]);
});

test('tells all that is wrong with a document, and applies nothing', async () => {
  const document = {
    formwork: 1,
    entities: [{ key: '; drop table records; --', fields: [{ key: 'x', type: 'nope' }] }],
  };
  const before = dataOf(await design(tenant.keys.admin, '{ registry { version } }'));
  const { applyRegistry } = dataOf(await design(tenant.keys.admin, apply, { document }));
  expect((applyRegistry as { problems: unknown[] }).problems.length).toBeGreaterThan(1);
  expect(dataOf(await design(tenant.keys.admin, '{ registry { version } }'))).toEqual(before);
});

test('refuses a change that was made for another version', async () => {
  const answer = await design(tenant.keys.admin, apply, { document: skyway(), version: 77 });
  expect(codesOf(answer)).toEqual(['SCHEMA_CHANGED']);
});

test('shows a tenant its own registry alone', async () => {
  const bare = await harness.tenant('bare', null);
  const query = '{ registry { version entities { key } } }';
  expect(dataOf(await design(bare.keys.admin, query))).toEqual({ registry: { version: 0, entities: [] } });
});

test('does not mutate by GET', async () => {
  const search = new URLSearchParams({ query: apply, variables: JSON.stringify({ document: skyway() }) });
  const response = await fetch(`${gateway.url}/design?${search}`, {
    headers: { 'x-api-key': tenant.keys.admin },
  });
  expect(response.status).toBe(405);
});

test('opens GraphiQL in a browser', async () => {
  const page = await fetch(`${gateway.url}/design`, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('Formwork Design');
});
