import { asAdmin } from '@formwork/testkit';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
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

const apply = `mutation ($document: JSON!, $version: Int) {
  applyRegistry(document: $document, expectedVersion: $version) { version changed problems { code path message } }
}`;

test.each(['viewer', 'editor'] as const)('is closed to the role %s', async (role) => {
  expect(codesOf(await gateway.askDesign(tenant.keys[role], '{ registry { version } }'))).toEqual([
    'FORBIDDEN',
  ]);
});

test('is closed to strangers', async () => {
  expect(codesOf(await gateway.askDesign('fw_skyway_x', '{ registry { version } }'))).toEqual([
    'UNAUTHENTICATED',
  ]);
});

test('a designer changes the registry, and the very next request is answered by it', async () => {
  const { designer, editor } = tenant.keys;
  const read = '{ airports { nodes { runways } } }';
  expect(codesOf(await gateway.ask(editor, read))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  const document = extended(skyway(), { key: 'runways', type: 'integer' });
  expect(dataOf(await gateway.askDesign(designer, apply, { document })).applyRegistry).toEqual({
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
  const before = dataOf(await gateway.askDesign(tenant.keys.admin, '{ registry { version } }'));
  const { applyRegistry } = dataOf(await gateway.askDesign(tenant.keys.admin, apply, { document }));
  expect((applyRegistry as { problems: unknown[] }).problems.length).toBeGreaterThan(1);
  expect(dataOf(await gateway.askDesign(tenant.keys.admin, '{ registry { version } }'))).toEqual(before);
});

test('refuses a change that was made for another version', async () => {
  const answer = await gateway.askDesign(tenant.keys.admin, apply, { document: skyway(), version: 77 });
  expect(codesOf(answer)).toEqual(['SCHEMA_CHANGED']);
});

test('shows a tenant its own registry alone', async () => {
  const bare = await harness.tenant('bare', null);
  const query = '{ registry { version entities { key } } }';
  expect(dataOf(await gateway.askDesign(bare.keys.admin, query))).toEqual({
    registry: { version: 0, entities: [] },
  });
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

describe('trusted documents', () => {
  const state =
    '{ trustedDocuments { mode allowance { limit used } documents { documentId ids name recorded recordedBy } } }';
  const add = `mutation ($documents: [TrustedDocumentInput!]!) {
    addTrustedDocuments(documents: $documents) { added known problems { path message } trustedDocuments { mode } } }`;
  const cities = 'query Cities { airports { nodes { city } } }';

  test('begin with none, and any may run', async () => {
    expect(dataOf(await gateway.askDesign(tenant.keys.designer, state)).trustedDocuments).toEqual({
      mode: 'OFF',
      allowance: { limit: 5_000, used: 0 },
      documents: [],
    });
  });

  test('are added all or none, with a list of what does not fit the schema', async () => {
    const wrong = [
      { document: cities },
      { document: '{ airprots { nodes { id } } nope }' },
      { document: '{ airports' },
      { document: 'fragment F on Airport { id }' },
      { document: `{ airports { totalCount } } # ${'x'.repeat(100_000)}` },
    ];
    const refused = dataOf(await gateway.askDesign(tenant.keys.designer, add, { documents: wrong }));
    expect(refused.addTrustedDocuments).toEqual({
      added: 0,
      known: 0,
      problems: [
        {
          path: 'documents[1]',
          message: expect.stringMatching(/"airprots".*Did you mean.*line 1, column 3/),
        },
        { path: 'documents[1]', message: expect.stringMatching(/"nope"/) },
        { path: 'documents[2]', message: expect.stringMatching(/Syntax Error.*line 1/) },
        { path: 'documents[3]', message: expect.stringMatching(/no operation/) },
        { path: 'documents[4]', message: expect.stringMatching(/at most 100000 may be sent/) },
      ],
      trustedDocuments: { mode: 'OFF' },
    });
    const ids = [
      { document: cities, id: 'a b' },
      { document: cities, id: 'f'.repeat(64) },
      { document: '{ airports { totalCount } }', id: 'same' },
      { document: cities, id: 'same' },
    ];
    const { addTrustedDocuments: told } = dataOf(
      await gateway.askDesign(tenant.keys.admin, add, { documents: ids }),
    ) as {
      addTrustedDocuments: { problems: { path: string }[] };
    };
    expect(told.problems.map(({ path }) => path)).toEqual(['documents[0]', 'documents[1]']);
    const { addTrustedDocuments: clash } = dataOf(
      await gateway.askDesign(tenant.keys.admin, add, { documents: ids.slice(2) }),
    ) as { addTrustedDocuments: { problems: { path: string; message: string }[] } };
    expect(clash.problems).toEqual([
      { path: 'documents[1]', message: expect.stringMatching(/"same" stands for another document/) },
    ]);
    expect(dataOf(await gateway.askDesign(tenant.keys.designer, state)).trustedDocuments).toMatchObject({
      documents: [],
    });
  });

  test('are added, enforced, and removed by a designer, and the very next request is answered by it', async () => {
    const { designer, viewer } = tenant.keys;
    const given = { documents: [{ document: cities, id: 'cities' }, { document: cities }] };
    expect(dataOf(await gateway.askDesign(designer, add, given)).addTrustedDocuments).toMatchObject({
      added: 1,
      problems: [],
    });
    expect(dataOf(await gateway.askDesign(designer, add, given)).addTrustedDocuments).toMatchObject({
      added: 0,
      known: 2,
    });
    const enforce = 'mutation { setTrustedDocumentMode(mode: ENFORCE) { mode allowance { used } } }';
    expect(dataOf(await gateway.askDesign(designer, enforce)).setTrustedDocumentMode).toEqual({
      mode: 'ENFORCE',
      allowance: { used: 1 },
    });
    dataOf(await gateway.ask(viewer, cities));
    expect(codesOf(await gateway.ask(viewer, '{ airports { totalCount } }'))).toEqual([
      'DOCUMENT_NOT_TRUSTED',
    ]);
    expect(dataOf(await gateway.askDesign(designer, state)).trustedDocuments).toMatchObject({
      documents: [
        { ids: ['cities'], name: 'Cities', recorded: false, recordedBy: expect.stringMatching(/^key:/) },
      ],
    });
    const remove =
      'mutation { removeTrustedDocuments(ids: ["cities", "nothing"]) { removed trustedDocuments { mode } } }';
    expect(dataOf(await gateway.askDesign(designer, remove)).removeTrustedDocuments).toMatchObject({
      removed: [expect.stringMatching(/^sha256:/)],
    });
    expect(codesOf(await gateway.ask(viewer, cities))).toEqual(['DOCUMENT_NOT_TRUSTED']);
    dataOf(await gateway.askDesign(designer, 'mutation { setTrustedDocumentMode(mode: OFF) { mode } }'));
    dataOf(await gateway.ask(viewer, cities));
  });

  test.each(['viewer', 'editor'] as const)('are not the business of a %s', async (role) => {
    expect(codesOf(await gateway.askDesign(tenant.keys[role], state))).toEqual(['FORBIDDEN']);
    expect(
      codesOf(
        await gateway.askDesign(tenant.keys[role], 'mutation { setTrustedDocumentMode(mode: OFF) { mode } }'),
      ),
    ).toEqual(['FORBIDDEN']);
  });

  test('are those of the caller’s tenant', async () => {
    const other = await harness.tenant('apart');
    dataOf(
      await gateway.askDesign(other.keys.admin, add, { documents: [{ document: cities, id: 'theirs' }] }),
    );
    expect(dataOf(await gateway.askDesign(tenant.keys.admin, state)).trustedDocuments).toMatchObject({
      documents: [],
    });
    const remove = 'mutation { removeTrustedDocuments(ids: ["theirs"]) { removed } }';
    expect(dataOf(await gateway.askDesign(tenant.keys.admin, remove)).removeTrustedDocuments).toEqual({
      removed: [],
    });
    expect(dataOf(await gateway.askDesign(other.keys.admin, state)).trustedDocuments).toMatchObject({
      documents: [{ ids: ['theirs'] }],
    });
  });
});
