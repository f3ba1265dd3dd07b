import type { GatewayConfig } from '@formwork/gateway';
import { codesOf, createAirport, dataOf, Harness, type TestTenant } from './harness.ts';

let harness: Harness;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  other = await harness.tenant('other');
});
afterAll(() => harness.close());

/** The answers of both lanes, which have to be one. */
async function answersOf(config: Partial<GatewayConfig>, body: object, key = tenant.keys.editor) {
  const texts: string[] = [];
  let last: { status: number; retryAfter: string | null; answer: Parameters<typeof codesOf>[0] } | undefined;
  for (const fastLane of [true, false]) {
    const { url } = await harness.gateway({ ...config, fastLane });
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        'x-api-key': key,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    texts.push(`${response.status} ${response.headers.get('retry-after')} ${text}`);
    last = {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      answer: JSON.parse(text),
    };
  }
  expect(texts[0]).toBe(texts[1]);
  if (last === undefined) throw new Error('there are two lanes');
  return last;
}

test('an operation that asks for too much is refused before anything runs, and told by how much', async () => {
  const query = '{ airports(first: 100) { nodes { departures(first: 30) { nodes { id } } } } }';
  const { status, answer } = await answersOf({ maxCost: 3099 }, { query });
  expect(status).toBe(400);
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    actual: 3100,
    maximum: 3099,
    setting: 'FORMWORK_MAX_COST',
  });
  dataOf((await answersOf({ maxCost: 3100 }, { query })).answer);
  const gateway = await harness.gateway({ maxCost: 10 });
  await gateway.ask(tenant.keys.editor, query);
  expect(
    gateway.lines.filter(
      ({ msg, statements }) => msg === 'batch' && JSON.stringify(statements).includes('formwork_views'),
    ),
  ).toEqual([]);
});

test('by default what no memory could hold is refused', async () => {
  const gateway = await harness.gateway();
  const query =
    '{ airports(first: 1000) { nodes { departures(first: 1000) { nodes { origin { departures(first: 1000) { nodes { id } } } } } } } }';
  expect(codesOf(await gateway.ask(tenant.keys.editor, query))).toEqual(['LIMIT_EXCEEDED']);
});

test('sizes of pages and batches are settings', async () => {
  const gateway = await harness.gateway({ defaultPage: 1, maxPage: 2, maxBatch: 2 });
  for (const iata of ['AAA', 'BBB', 'CCC']) await createAirport(gateway, tenant.keys.editor, iata);
  const { airports } = dataOf(await gateway.ask(tenant.keys.editor, '{ airports { nodes { iata } } }'));
  expect(airports).toEqual({ nodes: [{ iata: 'AAA' }] });
  const large = await gateway.ask(tenant.keys.editor, '{ airports(first: 3) { nodes { iata } } }');
  expect(large.errors?.[0]?.extensions).toEqual({
    code: 'LIMIT_EXCEEDED',
    ...{ path: 'first', limit: 2, found: 3, actual: 3, maximum: 2, setting: 'FORMWORK_MAX_PAGE' },
  });
  const nodes = await gateway.ask(tenant.keys.editor, '{ nodes(ids: ["a", "b", "c"]) { id } }');
  expect(nodes.errors?.[0]?.extensions).toMatchObject({
    actual: 3,
    maximum: 2,
    setting: 'FORMWORK_MAX_PAGE',
  });
  const inputs = ['DDD', 'EEE', 'FFF'].map((iata) => ({ iata }));
  const batch = await gateway.ask(
    tenant.keys.editor,
    'mutation ($inputs: [CreateAirportInput!]!) { createAirports(inputs: $inputs) { airports { id } } }',
    { inputs },
  );
  const ofBatch = { code: 'LIMIT_EXCEEDED', actual: 3, maximum: 2, setting: 'FORMWORK_MAX_BATCH' };
  expect(batch.errors?.[0]?.extensions).toMatchObject(ofBatch);
  const many = await gateway.ask(
    tenant.keys.editor,
    'mutation { deleteAirports(where: { iata: { isNull: false } }, atMost: 3) { ids } }',
  );
  expect(many.errors?.[0]?.extensions).toMatchObject(ofBatch);
});

test('a tenant that asks too often is told when to come again, and no other tenant', async () => {
  const gateway = await harness.gateway({ tenantRequests: 3 });
  const post = (key: string) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: '{"query":"{ __typename }"}',
    });
  const responses = await Promise.all(Array.from({ length: 12 }, () => post(tenant.keys.viewer)));
  const refused = responses.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(5);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(await refused[0]?.json()).toMatchObject({
    errors: [{ extensions: { code: 'OVERLOADED', maximum: 3, setting: 'FORMWORK_TENANT_REQUESTS' } }],
  });
  expect((await post(other.keys.viewer)).status).toBe(200);
});
