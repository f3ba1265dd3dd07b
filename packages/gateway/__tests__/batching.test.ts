/** Lists of operations in one request: off by default, and where a setting allows them, limited as a whole. */
import { addTrustedDocuments, hashOfDocument, setDocumentMode } from '@formwork/directory';
import { createAirport, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { rawRequest } from './raw-request.ts';

let harness: Harness;
let tenant: TestTenant;
let fast: TestGateway;
let slow: TestGateway;
const options = { batching: 3, maxCost: 1_000 };

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  fast = await harness.gateway(options);
  slow = await harness.gateway({ ...options, fastLane: false });
  await createAirport(fast, tenant.keys.editor, 'OSL', 'Oslo');
});
afterAll(() => harness.close());

interface Told {
  readonly status: number;
  readonly type: string | undefined;
  readonly json: unknown;
}

const code = (one: unknown) =>
  (one as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;

async function post(
  gateway: TestGateway,
  body: unknown,
  key = tenant.keys.editor,
  path = '/graphql',
): Promise<Told> {
  const accept = 'application/graphql-response+json, application/json;q=0.9';
  const headers = { accept, authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const {
    status,
    headers: told,
    body: text,
  } = await rawRequest(gateway.url, { path, headers, body: JSON.stringify(body) });
  return { status, type: told['content-type'], json: JSON.parse(text) };
}

/** Both lanes, which have to say the same. */
async function both(body: unknown, key?: string): Promise<Told> {
  const [quick, whole] = [await post(fast, body, key), await post(slow, body, key)];
  expect(quick).toEqual(whole);
  return quick;
}

const cities = { query: '{ airports { nodes { city } } }' };
const oslo = { data: { airports: { nodes: [{ city: 'Oslo' }] } } };

test('is off by default', async () => {
  const gateway = await harness.gateway();
  const { status, json } = await post(gateway, [cities]);
  expect([status, code(json)]).toEqual([400, 'BAD_REQUEST']);
  expect(json).toMatchObject({ errors: [{ message: expect.stringMatching(/FORMWORK_BATCHING/) }] });
});

test('answers each operation in its place, what goes wrong with one in its own', async () => {
  const { status, type, json } = await both([cities, { query: '{ nope }' }, { query: '{ __typename }' }]);
  expect([status, type]).toEqual([200, 'application/json; charset=utf-8']);
  const [first, second, third] = json as unknown[];
  expect(first).toEqual(oslo);
  expect(code(second)).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(third).toEqual({ data: { __typename: 'Query' } });
  expect((await both([cities])).json).toEqual([oslo]);
});

test('runs mutations in their order, each in a transaction of its own', async () => {
  const create = (iata: string) => ({
    query: `mutation { createAirport(input: { iata: "${iata}" }) { airport { iata } } }`,
  });
  const { json } = await post(fast, [
    create('AMS'),
    create('OSL'),
    { query: '{ airportByIata(iata: "AMS") { iata } }' },
  ]);
  const [made, taken, found] = json as unknown[];
  expect(made).toEqual({ data: { createAirport: { airport: { iata: 'AMS' } } } });
  expect(code(taken)).toBe('UNIQUE_VIOLATION');
  expect(found).toEqual({ data: { airportByIata: { iata: 'AMS' } } });
});

test.each([
  ['an empty list', [], /empty list/],
  ['a list in a list', [[cities]], /^\[0\] is a list/],
  ['what is no operation', [cities, null], /^\[1\] is null/],
  ['an operation without a document', [cities, { variables: {} }], /^\[1\]: "query" is missing/],
])('refuses %s, and runs nothing', async (_, body, message) => {
  const { status, json } = await both(body);
  expect(status).toBe(400);
  expect(json).toEqual({
    errors: [{ message: expect.stringMatching(message), extensions: { code: 'BAD_REQUEST' } }],
  });
});

test('has no more operations than the setting says', async () => {
  const { status, json } = await both([cities, cities, cities, cities]);
  expect(status).toBe(400);
  expect(json).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', found: 4, maximum: 3, setting: 'FORMWORK_BATCHING' } }],
  });
});

test('costs what all operations cost together', async () => {
  const half = { query: '{ airports(first: 600) { nodes { city } } }' };
  expect((await both([half, cities])).status).toBe(200);
  const { status, json } = await both([half, half]);
  expect(status).toBe(400);
  expect(json).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', maximum: 1_000, setting: 'FORMWORK_MAX_COST' } }],
  });
});

test('counts as so many requests', async () => {
  const gateway = await harness.gateway({ ...options, tenantRequests: 2 });
  const { status, json } = await post(gateway, [cities, cities, cities]);
  expect([status, code(json)]).toEqual([429, 'OVERLOADED']);
});

test('asks of each operation what it would ask of it alone', async () => {
  const other = await harness.tenant('apart');
  await addTrustedDocuments(harness.control, other.id, [{ document: cities.query, name: '', id: null }], {
    by: 'test',
    limit: 10,
  });
  await setDocumentMode(harness.control, other.id, 'enforce');
  const byId = { documentId: `sha256:${hashOfDocument(cities.query)}` };
  const { json } = await both([byId, { query: '{ __typename }' }, cities], other.keys.viewer);
  expect((json as unknown[]).map((one) => code(one) ?? (one as { data: unknown }).data)).toEqual([
    { airports: { nodes: [] } },
    'DOCUMENT_NOT_TRUSTED',
    { airports: { nodes: [] } },
  ]);
  expect((await both([cities, cities], 'fw_skyway_x')).status).toBe(401);
});

test('is there for /design too', async () => {
  const { json } = await post(
    fast,
    [{ query: '{ registry { version } }' }, { query: '{ nope }' }],
    tenant.keys.designer,
    '/design',
  );
  expect(json).toEqual([
    { data: { registry: { version: 1 } } },
    expect.objectContaining({ errors: expect.anything() }),
  ]);
});
