import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { rawRequest } from './raw-request.ts';
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

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { headers, redirect: 'manual' });
}

test('gives the SDL with the API shape as its ETag, and 304 to whoever has it', async () => {
  const headers = { 'x-api-key': tenant.keys.viewer };
  const first = await get('/schema.graphql', headers);
  const etag = first.headers.get('etag') ?? '';
  expect(first.status).toBe(200);
  expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
  // What is not to be stored at all could not be asked about again.
  expect(first.headers.get('cache-control')).toBe('private, no-cache');
  expect(Object.keys(buildSchema(await first.text()).getTypeMap())).toContain('Airport');
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await get('/schema.graphql', { ...headers, 'if-none-match': known });
    expect([known, again.status, await again.text()]).toEqual([known, 304, '']);
    expect(again.headers.get('content-length')).toBeNull();
  }
  await harness.apply(tenant, extended(skyway(), { key: 'runways', type: 'integer' }));
  const changed = await get('/schema.graphql', { ...headers, 'if-none-match': etag });
  expect(changed.status).toBe(200);
  expect(await changed.text()).toContain('runways: Int');
});

test('gives the JSON Schema of an entity, from which a form can be built', async () => {
  const headers = { authorization: `Bearer ${tenant.keys.viewer}` };
  const create = await get('/schema/flight.json', headers);
  expect(create.headers.get('content-type')).toBe('application/schema+json; charset=utf-8');
  expect(await create.json()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: ['number'],
    properties: { number: { title: 'Number', 'x-order': 1 } },
  });
  expect(await (await get('/schema/flight.json?for=update', headers)).json()).toMatchObject({ required: [] });
  const unknown = await get('/schema/ufo.json', headers);
  expect([unknown.status, JSON.stringify(await unknown.json())]).toEqual([
    404,
    expect.stringContaining('The entities are: airport, flight.'),
  ]);
  expect((await get('/schema/flight.json')).status).toBe(401);
});

test('gives the JSON Schema of an entity by its former name too, as long as that is served', async () => {
  const design = {
    formwork: 1,
    entities: [
      {
        key: 'craft',
        plural: 'crafts',
        aliases: [{ key: 'plane', plural: 'planes' }],
        fields: [
          { key: 'name', type: 'text' },
          { key: 'tows', type: 'link', options: { target: 'craft' } },
        ],
      },
    ],
  };
  const { keys } = await harness.tenant('renamed', design);
  const schemaOf = async (key: string) => {
    const answer = await get(`/schema/${key}.json`, { authorization: `Bearer ${keys.viewer}` });
    return (await answer.json()) as unknown;
  };
  expect(await schemaOf('plane')).toEqual(await schemaOf('craft'));
  expect(await schemaOf('craft')).toMatchObject({ properties: { tows: { 'x-list': 'crafts' } } });
  const asked = await gateway.ask(keys.editor, '{ entitySchema(entity: "plane") }');
  expect(asked).toMatchObject({
    data: { entitySchema: { 'x-entity': 'craft', 'x-mutation': 'createCraft' } },
  });
});

test('gives the same JSON Schema as a field of the GraphQL API', async () => {
  const headers = { authorization: `Bearer ${tenant.keys.viewer}` };
  const text =
    '{ create: entitySchema(entity: "flight") update: entitySchema(entity: "flight", update: true) }';
  expect(await gateway.ask(tenant.keys.viewer, text)).toEqual({
    data: {
      create: await (await get('/schema/flight.json', headers)).json(),
      update: await (await get('/schema/flight.json?for=update', headers)).json(),
    },
  });
  const unknown = await gateway.ask(tenant.keys.viewer, '{ entitySchema(entity: "ufo") }');
  expect(unknown.errors?.[0]).toMatchObject({
    message: expect.stringContaining('There is no entity "ufo". The entities are: airport, flight.'),
    extensions: { code: 'NOT_FOUND' },
  });
});

test('gives the SDL to nobody without a key', async () => {
  const answer = await get('/schema.graphql');
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

test('answers introspection from text that was made once', async () => {
  const query = 'query IntrospectionQuery { __schema { types { name fields { name } } } }';
  const first = await gateway.ask(tenant.keys.viewer, query);
  const second = await gateway.ask(tenant.keys.viewer, query);
  expect(JSON.stringify(dataOf(first))).toContain('"Airport"');
  expect(second).toEqual(first);
});

test('keeps the schema to itself where introspection is off', async () => {
  const closed = await harness.gateway({ introspection: false });
  const answer = await closed.ask(tenant.keys.admin, '{ __schema { queryType { name } } }');
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
  const text = await fetch(`${closed.url}/schema.graphql`, { headers: { 'x-api-key': tenant.keys.admin } });
  expect(text.status).toBe(403);
  dataOf(await closed.ask(tenant.keys.admin, '{ __typename }'));
});

describe('GraphiQL', () => {
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  test('opens in a browser, asks for a key, and needs nothing from elsewhere', async () => {
    const answer = await get('/graphql', browser);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    const html = await answer.text();
    expect(html).toContain('renderYogaGraphiQL');
    expect(html).toContain('authorization');
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)=["']?(https?:)?\/\//i);
    expect(html).not.toContain('unpkg.com');
  });

  test('is sent compressed to who can read that, and again only when it has changed', async () => {
    const compressed = { ...browser, 'accept-encoding': 'gzip, br' };
    const raw = await rawRequest(gateway.url, { method: 'GET', headers: compressed });
    const plain = await rawRequest(gateway.url, { method: 'GET', headers: browser });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toContain('<html');
    expect(raw.headers['content-encoding']).toBe('gzip');
    expect(Number(raw.headers['content-length'])).toBeLessThan(4_000_000);
    const again = await get('/graphql', { ...browser, 'if-none-match': String(raw.headers.etag) });
    expect(again.status).toBe(304);
  });

  test('can be switched off', async () => {
    const plain = await harness.gateway({ graphiql: false });
    const answer = await fetch(`${plain.url}/graphql`, { headers: browser });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/json');
  });
});

test('says that it is alive and ready', async () => {
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
  const ready = await get('/readyz');
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
});

test('is alive but not ready where Postgres does not answer', async () => {
  const stranded = await harness.gateway({ gatewayUrl: 'postgres://nobody:nothing@127.0.0.1:1/none' });
  expect((await fetch(`${stranded.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${stranded.url}/readyz`)).status).toBe(503);
  const answer = await fetch(`${stranded.url}/graphql?query=%7B__typename%7D`, {
    headers: { 'x-api-key': tenant.keys.viewer },
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { errors: [{ extensions: { code: 'OVERLOADED' } }] },
  ]);
});

test('counts in the words of Prometheus, and names no tenant', async () => {
  await gateway.ask('no key', '{ __typename }');
  const text = await (await get('/metrics')).text();
  expect(text).toMatch(/^formwork_requests_total\{status="200"\} \d+$/m);
  expect(text).toMatch(/^formwork_errors_total\{code="UNAUTHENTICATED"\} \d+$/m);
  expect(text).toMatch(/^formwork_cache_schemas \d+$/m);
  expect(text).not.toContain('skyway');
  // The page for operators has them all.
  const page = readFileSync(join(import.meta.dirname, '../../../docs/operating.md'), 'utf8');
  const names = Array.from(text.matchAll(/^(\w+)/gm), ([name]) => name);
  expect(names.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
});

test('leads a browser from / to GraphiQL, and tells others what there is', async () => {
  const browser = await get('/', { accept: 'text/html' });
  expect([browser.status, browser.headers.get('location')]).toEqual([302, '/graphql']);
  expect(await (await get('/')).json()).toMatchObject({ graphql: '/graphql', schema: '/schema.graphql' });
});

test.each(['/nope', '/graphql/x', '//evil.example/graphql', '/%2e%2e/etc/passwd', '/graphql%00'])(
  'has nothing at %s, and says what there is',
  async (path) => {
    const { status, body, headers } = await rawRequest(gateway.url, { method: 'GET', path });
    expect(status).toBe(404);
    expect(JSON.parse(body).errors[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(JSON.parse(body).errors[0].message).toContain('/graphql');
    expect(Object.keys(headers)).not.toContain('x-powered-by');
    expect(Object.keys(headers)).not.toContain('server');
  },
);

test('finds its paths with a slash behind them', async () => {
  expect((await get('/healthz/')).status).toBe(200);
});

test('takes a URL that is given whole, as to a proxy', async () => {
  const statusOf = async (path: string, headers = {}) =>
    (await rawRequest(gateway.url, { method: 'GET', path, headers })).status;
  expect(await statusOf('http://formwork.example/healthz')).toBe(200);
  const headers = { 'x-api-key': tenant.keys.viewer };
  expect(await statusOf('http://formwork.example:80/graphql?query=%7B__typename%7D', headers)).toBe(200);
  expect(await statusOf('http://formwork.example/nope')).toBe(404);
});

describe('other origins', () => {
  const origin = 'https://app.example.com';

  test('are not let in unless a setting names them', async () => {
    const answer = await get('/graphql?query=%7B__typename%7D', { origin, 'x-api-key': tenant.keys.viewer });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('that are named may ask, preflight included, and no others', async () => {
    const open = await harness.gateway({ corsOrigins: [origin] });
    const preflight = async (from: string) => {
      const headers = { origin: from, 'access-control-request-method': 'POST' };
      return fetch(`${open.url}/graphql`, { method: 'OPTIONS', headers });
    };
    const granted = await preflight(origin);
    expect(granted.status).toBe(204);
    expect(granted.headers.get('content-length')).toBeNull();
    expect(granted.headers.get('access-control-allow-origin')).toBe(origin);
    expect(granted.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(granted.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await fetch(`${open.url}/graphql?query=%7B__typename%7D`, {
      headers: { origin, 'x-api-key': tenant.keys.viewer },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('vary')).toBe('origin');
    expect(answer.headers.get('access-control-expose-headers')).toBe('etag, retry-after');
  });

  test('may say which client they are, and read the schema for their tools', async () => {
    const open = await harness.gateway({ corsOrigins: [origin] });
    for (const path of ['/graphql', '/design', '/schema.graphql', '/schema/flight.json']) {
      const { status, headers } = await fetch(`${open.url}${path}`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'GET' },
      });
      const allowed = headers.get('access-control-allow-headers')?.split(', ');
      expect([path, status, headers.get('access-control-allow-origin')]).toEqual([path, 204, origin]);
      expect(allowed).toEqual(expect.arrayContaining(['x-api-key', 'x-client-name', 'x-client-version']));
    }
    expect((await fetch(`${open.url}/nope`, { method: 'OPTIONS' })).status).toBe(404);
  });
});

test('compresses long texts for whoever accepts that: introspection of 50 entities is sent in far less than 1 MB', async () => {
  const fields = Array.from({ length: 20 }, (_, field) => ({ key: `some_field_${field}`, type: 'text' }));
  const entities = Array.from({ length: 50 }, (_, entity) => ({ key: `thing_${entity}`, fields }));
  const large = await harness.tenant('large', { formwork: 1, entities });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${large.keys.viewer}` };
  const asked = (encoding: string) =>
    rawRequest(gateway.url, {
      headers: { ...headers, 'accept-encoding': encoding },
      body: JSON.stringify({ query: getIntrospectionQuery() }),
    });
  const sent = await asked('br, gzip;q=0.5');
  expect([sent.headers['content-encoding'], sent.headers.vary]).toEqual(['gzip', 'origin, accept-encoding']);
  expect(Number(sent.headers['content-length'])).toBeLessThan(100_000);
  const plain = await asked('gzip;q=0, br');
  expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([
    undefined,
    'origin, accept-encoding',
  ]);
  const unpacked = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  expect(await unpacked.text()).toBe(plain.body);
});
