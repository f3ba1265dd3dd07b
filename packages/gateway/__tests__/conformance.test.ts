/** One suite over both lanes: status, headers and body are the same to the byte, whatever is sent. */
import { createAirport, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { type RawAnswer, type RawRequest, rawRequest } from './raw-request.ts';

let harness: Harness;
let tenant: TestTenant;
/** Takes the fast lane wherever it may. */
let fast: TestGateway;
/** Has none: yoga's own HTTP layer answers. */
let slow: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  fast = await harness.gateway({ maxBody: 10_000, maxDepth: 5 });
  slow = await harness.gateway({ maxBody: 10_000, maxDepth: 5, fastLane: false });
  await createAirport(fast, tenant.keys.editor, 'OSL', 'Oslo');
});
afterAll(() => harness.close());

const json = { 'content-type': 'application/json' };

function post(value: unknown, headers: Readonly<Record<string, string>> = json): RawRequest {
  return { headers, body: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** By what it shows; the status for those who accept application/json, and for application/graphql-response+json. */
const cases: Readonly<Record<string, { request: RawRequest; status: readonly [number, number] }>> = {
  'a query': { request: post({ query: '{ airports { nodes { iata city } } }' }), status: [200, 200] },
  'the charset spelled out': {
    request: post({ query: '{ __typename }' }, { 'content-type': 'application/json; charset=utf-8' }),
    status: [200, 200],
  },
  'variables and an operation name': {
    request: post({
      query: 'query A($iata: String!) { airportByIata(iata: $iata) { city } } query B { __typename }',
      operationName: 'A',
      variables: { iata: 'OSL' },
    }),
    status: [200, 200],
  },
  'an empty operation name': {
    request: post({ query: '{ __typename }', operationName: '' }),
    status: [200, 200],
  },
  'nulls for what may be absent': {
    request: post({ query: '{ __typename }', operationName: null, variables: null, extensions: null }),
    status: [200, 200],
  },
  'extensions and parameters nobody knows': {
    request: post({ query: '{ __typename }', extensions: { a: 1 }, doc_id: 'x' }),
    status: [200, 200],
  },
  'a byte order mark': { request: post('\uFEFF{"query":"{ __typename }"}'), status: [200, 200] },
  'a body in chunks': {
    request: { ...post({ query: '{ __typename }' }), chunked: true },
    status: [200, 200],
  },
  introspection: { request: post({ query: '{ __schema { queryType { name } } }' }), status: [200, 200] },
  'an error in a field': {
    request: post({ query: '{ airports(first: -1) { nodes { id } } airport(id: "x") { id } }' }),
    status: [200, 200],
  },
  'a mutation that is refused': {
    request: post({ query: 'mutation { createAirport(input: { iata: "no" }) { airport { id } } }' }),
    status: [200, 200],
  },
  'a mutation of something that is not there': {
    request: post({
      query: 'mutation { deleteAirport(id: "0198f000-0000-7000-8000-000000000000") { id } }',
    }),
    status: [200, 200],
  },
  'no JSON': { request: post('{"query":'), status: [400, 400] },
  'no body': { request: { headers: json }, status: [400, 400] },
  'no query': { request: post({ variables: {} }), status: [400, 400] },
  'a query that is no string': { request: post({ query: { a: 1 } }), status: [400, 400] },
  'a list of operations': { request: post([{ query: '{ __typename }' }]), status: [400, 400] },
  'a string for a body': { request: post('"{ __typename }"'), status: [400, 400] },
  'null for a body': { request: post('null'), status: [400, 400] },
  'variables that are a string': {
    request: post({ query: '{ __typename }', variables: '{}' }),
    status: [400, 400],
  },
  'variables that are a list': {
    request: post({ query: '{ __typename }', variables: [] }),
    status: [400, 400],
  },
  'an operation name that is a number': {
    request: post({ query: '{ __typename }', operationName: 1 }),
    status: [400, 400],
  },
  'extensions that are a number': {
    request: post({ query: '{ __typename }', extensions: 1 }),
    status: [400, 400],
  },
  'bytes that are no UTF-8': {
    request: { headers: json, body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) },
    status: [400, 400],
  },
  'a query that is not GraphQL': { request: post({ query: '{ airports' }), status: [200, 400] },
  'an empty query': { request: post({ query: '' }), status: [200, 400] },
  'a field that does not exist': { request: post({ query: '{ airprots { id } nope }' }), status: [200, 400] },
  'an unknown operation name': {
    request: post({ query: 'query A { __typename }', operationName: 'B' }),
    status: [200, 400],
  },
  'two operations and no name': {
    request: post({ query: 'query A { __typename } query B { __typename }' }),
    status: [200, 400],
  },
  'a document without an operation': {
    request: post({ query: 'fragment F on Query { __typename }' }),
    status: [200, 400],
  },
  'a variable that does not fit': {
    request: post({
      query: 'query ($id: ID!) { airport(id: $id) { id } }',
      variables: { id: { a: 1 } },
    }),
    status: [200, 400],
  },
  'a variable of a mutation that does not fit': {
    request: post({
      query: 'mutation ($input: CreateAirportInput!) { createAirport(input: $input) { airport { id } } }',
      variables: { input: { iata: 5 } },
    }),
    status: [200, 400],
  },
  'a subscription': { request: post({ query: 'subscription { airports { id } }' }), status: [400, 400] },
  'a document that is too deep': {
    request: post({
      query: '{ flights { nodes { origin { departures { nodes { origin { iata } } } } } } }',
    }),
    status: [200, 400],
  },
  'a body that is too large': {
    request: post({ query: `{ __typename } # ${'x'.repeat(20_000)}` }),
    status: [413, 413],
  },
  'a body that is too large, in chunks': {
    request: { ...post({ query: `{ __typename } # ${'x'.repeat(20_000)}` }), chunked: true },
    status: [413, 413],
  },
  'a compressed body': {
    request: post({ query: '{ __typename }' }, { ...json, 'content-encoding': 'gzip' }),
    status: [415, 415],
  },
  'no content type': { request: post({ query: '{ __typename }' }, {}), status: [415, 415] },
  'text for a content type': {
    request: post({ query: '{ __typename }' }, { 'content-type': 'text/plain' }),
    status: [415, 415],
  },
  'a form': {
    request: post('query={__typename}', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: [415, 415],
  },
  'a form in parts': {
    request: post('--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
    status: [415, 415],
  },
  'another charset': {
    request: post({ query: '{ __typename }' }, { 'content-type': 'application/json; charset=utf-16' }),
    status: [415, 415],
  },
  'another way to write the content type': {
    request: post({ query: '{ __typename }' }, { 'content-type': 'application/json;charset=UTF-8' }),
    status: [200, 200],
  },
  GET: { request: { method: 'GET', path: '/graphql?query=%7B__typename%7D' }, status: [200, 200] },
  'GET with variables': {
    request: {
      method: 'GET',
      path: `/graphql?${new URLSearchParams({
        query: 'query A($i: String!) { airportByIata(iata: $i) { city } }',
        operationName: 'A',
        variables: '{"i":"OSL"}',
      })}`,
    },
    status: [200, 200],
  },
  'GET without a query': { request: { method: 'GET' }, status: [400, 400] },
  'GET with variables that are no JSON': {
    request: { method: 'GET', path: '/graphql?query=%7B__typename%7D&variables=%7B' },
    status: [400, 400],
  },
  'GET of a mutation': {
    request: {
      method: 'GET',
      path: `/graphql?${new URLSearchParams({ query: 'mutation { deleteAirport(id: "x") { id } }' })}`,
    },
    status: [405, 405],
  },
  PUT: { request: { ...post({ query: '{ __typename }' }), method: 'PUT' }, status: [405, 405] },
  HEAD: { request: { method: 'HEAD' }, status: [405, 405] },
};

describe.each(Object.entries(cases))('%s', (_, { request, status }) => {
  test.each([
    ['application/json', status[0]],
    ['application/graphql-response+json', status[1]],
    ['*/*', status[0]],
  ])('accepting %s', async (accept, expected) => {
    const [quick, whole] = await askBoth({
      ...request,
      headers: { accept, authorization: `Bearer ${tenant.keys.editor}`, ...request.headers },
    });
    expect(quick.status).toBe(expected);
    expect(comparable(quick)).toEqual(comparable(whole));
    if (request.method === 'HEAD') return;
    const type = accept === '*/*' ? 'application/json' : accept;
    expect(quick.headers['content-type']).toBe(`${type}; charset=utf-8`);
    const { errors } = JSON.parse(quick.body) as { errors?: { extensions: object }[] };
    for (const error of errors ?? []) {
      expect(error.extensions).toHaveProperty('code', expect.stringMatching(/^[A-Z_]+$/));
      expect(error.extensions).not.toHaveProperty('http');
    }
  });
});

test.each([
  ['no key', {}],
  ['an unknown key', { authorization: `Bearer fw_skyway_${'A'.repeat(43)}` }],
  ['a key of no tenant', { authorization: `Bearer fw_nobody_${'A'.repeat(43)}` }],
  ['something that is no key', { 'x-api-key': "'; drop table records; --" }],
  ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
])('answers %s alike on both lanes, and all of them with the same bytes', async (_, headers) => {
  const [quick, whole] = await askBoth({ ...post({ query: '{ __typename }' }, { ...json, ...headers }) });
  expect(quick.status).toBe(401);
  expect(quick.headers['www-authenticate']).toBe('Bearer');
  expect(comparable(quick)).toEqual(comparable(whole));
  const [without] = await askBoth(post({ query: '{ __typename }' }));
  expect(comparable(quick)).toEqual(comparable(without));
});

test('answers what nobody can read with 406', async () => {
  const headers = { ...json, accept: 'image/png', authorization: `Bearer ${tenant.keys.editor}` };
  const [quick, whole] = await askBoth(post({ query: '{ __typename }' }, headers));
  expect(quick.status).toBe(406);
  expect(comparable(quick)).toEqual(comparable(whole));
});

async function askBoth(request: RawRequest): Promise<[RawAnswer, RawAnswer]> {
  return [await rawRequest(fast.url, request), await rawRequest(slow.url, request)];
}

function comparable({ status, headers, headerNames, body }: RawAnswer): object {
  const { date: _, ...others } = headers;
  return { status, headers: others, headerNames, body };
}
