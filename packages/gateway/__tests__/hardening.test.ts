import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

let harness: Harness;
let tenant: TestTenant;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  gateway = await harness.gateway();
});
afterAll(() => harness.close());

const query = '{"query":"{ airports { totalCount } }"}';

function post(headers: Record<string, string>, body = query): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'x-api-key': tenant.keys.admin, 'content-type': 'application/json', ...headers },
    body,
  });
}

test('no page of another origin is let in', async () => {
  const origin = 'https://evil.example';
  const preflight = await fetch(`${gateway.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  for (const { headers } of [preflight, await post({ origin })]) {
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain;application/json',
])('what a form could send across origins is not read: %s', async (type) => {
  expect((await post({ 'content-type': type })).status).toBe(415);
});

test('a GET changes nothing', async () => {
  const mutation = encodeURIComponent(
    'mutation { createAirport(input: { iata: "GET" }) { airport { id } } }',
  );
  const response = await fetch(`${gateway.url}/graphql?query=${mutation}`, {
    headers: { 'x-api-key': tenant.keys.admin },
  });
  expect(response.status).toBe(405);
  const seen = dataOf(await gateway.ask(tenant.keys.viewer, '{ airportByIata(iata: "GET") { id } }'));
  expect(seen).toEqual({ airportByIata: null });
});

test('lists of operations are refused', async () => {
  const response = await post({}, `[${query},${query}]`);
  expect(response.status).toBe(400);
  expect(codesOf((await response.json()) as object)).toEqual(['BAD_REQUEST']);
});

test('no answer tells what it was made with', async () => {
  for (const path of [
    '/',
    '/graphql',
    '/design',
    '/healthz',
    '/readyz',
    '/metrics',
    '/schema.graphql',
    '/nope',
  ]) {
    const { headers } = await fetch(`${gateway.url}${path}`);
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('GraphiQL may talk to its own origin alone, and stands in no frame', async () => {
  const { headers } = await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('no key stands in a log, an answer or a metric, good or bad, and wherever it was sent', async () => {
  const good = tenant.keys.admin;
  const bad = good.replace(/.{5}$/, 'zzzzz');
  const texts: string[] = [];
  for (const key of [good, bad]) {
    texts.push(await (await post({ 'x-api-key': key })).text());
    texts.push(JSON.stringify(await gateway.ask(key, '{ nope }')));
    texts.push(await (await fetch(`${gateway.url}/graphql?key=${key}&query=%7Bnope%7D`)).text());
    texts.push(await (await fetch(`${gateway.url}/nope?key=${key}`)).text());
    texts.push(await (await post({ 'x-api-key': '', authorization: `Basic ${key}` })).text());
  }
  texts.push(await (await fetch(`${gateway.url}/metrics`)).text(), JSON.stringify(gateway.lines));
  // Of `fw_<tenant>_<secret>`, where a secret may hold an underscore too.
  for (const secret of [good, bad].map((key) => key.split('_').slice(2).join('_'))) {
    for (const text of texts) expect(text).not.toContain(secret);
  }
});
