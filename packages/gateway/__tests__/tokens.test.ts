import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { agency } from './agency.ts';
import {
  codesOf,
  createAirport,
  dataOf,
  Harness,
  type TestGateway,
  type TestTenant,
  untilEnded,
} from './harness.ts';

const secret = 'a secret of thirty-two characters';
let harness: Harness;
let tenant: TestTenant;
let other: TestTenant;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  other = await harness.tenant('other');
  gateway = await harness.gateway({
    jwtSecret: secret,
    jwtIssuer: 'https://issuer.example',
    jwtAudience: 'formwork',
  });
});
afterAll(() => harness.close());

const now = () => Math.floor(Date.now() / 1000);
const good = (): JWTPayload => ({
  iss: 'https://issuer.example',
  aud: ['formwork', 'another'],
  exp: now() + 600,
  sub: 'ann',
  tenant: 'skyway',
  role: 'editor',
});
/** As nobody should issue it. */
const without = (name: keyof JWTPayload): JWTPayload =>
  Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));
const sign = (
  payload: JWTPayload,
  key: KeyObject | Uint8Array = Buffer.from(secret),
  alg = 'HS256',
  kid?: string,
) => new SignJWT(payload).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key);

test('a token names tenant, role and subject', async () => {
  await createAirport(gateway, other.keys.editor, 'OTH');
  const token = await sign(good());
  await createAirport(gateway, token, 'TOK');
  const seen = dataOf(await gateway.ask(token, '{ airports { nodes { iata createdBy } } }'));
  expect(seen).toEqual({ airports: { nodes: [{ iata: 'TOK', createdBy: 'user:ann' }] } });
  const ofOther = await sign({ ...good(), tenant: 'other' });
  expect(dataOf(await gateway.ask(ofOther, '{ airports { nodes { iata } } }'))).toEqual({
    airports: { nodes: [{ iata: 'OTH' }] },
  });
});

test.each<[string, () => Promise<string>]>([
  ['expired', () => sign({ ...good(), exp: now() - 60 })],
  ['without an end', () => sign(without('exp'))],
  ['not yet good', () => sign({ ...good(), nbf: now() + 120 })],
  ['of another issuer', () => sign({ ...good(), iss: 'https://evil.example' })],
  ['without an issuer', () => sign(without('iss'))],
  ['for another audience', () => sign({ ...good(), aud: 'another' })],
  ['without a tenant', () => sign(without('tenant'))],
  ['of a tenant that there is not', () => sign({ ...good(), tenant: 'nobody' })],
  ['whose tenant is no slug', () => sign({ ...good(), tenant: "skyway' or true --" })],
  ['whose tenant is a list', () => sign({ ...good(), tenant: ['skyway'] })],
  ['without a subject', () => sign(without('sub'))],
  ['signed with another secret', () => sign(good(), Buffer.from('another secret of enough characters'))],
  ['whose signature is cut', async () => (await sign(good())).slice(0, -4)],
  ['without a signature', async () => `${unsigned({ alg: 'none' })}.`],
  ['without a signature, that says it has one', async () => `${unsigned({ alg: 'HS256' })}.`],
  ['signed by a public key of its own', () => sign(good(), rsa.privateKey, 'RS256')],
  ['of no sense', async () => 'a.b.c'],
])('a token %s is refused as a bad key is', async (_, make) => {
  const response = await post(gateway, await make());
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  const ofBadKey = await post(gateway, `fw_skyway_${'x'.repeat(43)}`);
  expect(await response.text()).toBe(await ofBadKey.text());
});

test('clocks may differ a little', async () => {
  dataOf(await gateway.ask(await sign({ ...good(), exp: now() - 10, nbf: now() - 100 }), '{ __typename }'));
  dataOf(await gateway.ask(await sign({ ...good(), nbf: now() + 10 }), '{ __typename }'));
});

test('a token that ends in milliseconds, or later than any date, is good the second time too', async () => {
  for (const exp of [now() * 1000, 1e300]) {
    const token = await sign({ ...good(), exp });
    for (const _ of [1, 2]) dataOf(await gateway.ask(token, '{ __typename }'));
  }
});

test('a token that was good is refused once it has ended', async () => {
  const strict = await harness.gateway({ jwtSecret: secret, jwtClockSkew: 0 });
  await untilEnded(async (milliseconds) => {
    const token = await sign({ ...good(), exp: now() + Math.ceil(milliseconds / 1000) });
    return () => strict.ask(token, '{ __typename }');
  });
});

test('a role that the tenant has not may do nothing', async () => {
  for (const role of ['superuser', undefined, '__proto__', { admin: true }]) {
    const answer = await gateway.ask(await sign({ ...good(), role }), '{ airports { totalCount } }');
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  }
});

test('without a key in the settings no token is good, and API keys go on beside tokens', async () => {
  const plain = await harness.gateway();
  expect(codesOf(await plain.ask(await sign(good()), '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
  dataOf(await gateway.ask(tenant.keys.viewer, '{ __typename }'));
});

test('claims may have other names, and lie in objects', async () => {
  const named = await harness.gateway({
    jwtSecret: secret,
    jwtTenantClaim: 'https://formwork.example/tenant',
    jwtRoleClaim: 'app.role',
    jwtSubjectClaim: 'email',
  });
  const token = await sign({
    exp: now() + 60,
    'https://formwork.example/tenant': 'skyway',
    app: { role: 'editor' },
    email: 'ann@example.com',
    tenant: 'other',
  });
  await createAirport(named, token, 'NAM');
  const seen = dataOf(await named.ask(token, '{ airportByIata(iata: "NAM") { createdBy } }'));
  expect(seen).toEqual({ airportByIata: { createdBy: 'user:ann@example.com' } });
});

test('row rules compare the claims of the token', async () => {
  const { keys } = await harness.tenant('agency', agency);
  for (const email of ['ann@x.org', 'bob@x.org']) {
    dataOf(
      await gateway.ask(
        keys.editor,
        `mutation { createOwner(input: { email: "${email}" }) { owner { id } } }`,
      ),
    );
  }
  const askAs = async (claims: JWTPayload) =>
    gateway.ask(
      await sign({ ...good(), tenant: 'agency', role: 'agent', ...claims }),
      '{ owners { nodes { email } } }',
    );
  expect(dataOf(await askAs({ email: 'ann@x.org' }))).toEqual({
    owners: { nodes: [{ email: 'ann@x.org' }] },
  });
  for (const email of [undefined, 'eve@x.org', { eq: 'ann@x.org' }, null]) {
    expect(JSON.stringify(await askAs({ email }))).not.toContain('ann@x.org"');
  }
  const all = dataOf(await gateway.ask(keys.viewer, '{ owners { totalCount } }'));
  expect(all).toEqual({ owners: { totalCount: 2 } });
});

test('tokens design where their role may', async () => {
  const statusOf = async (role: string) =>
    (await post(gateway, await sign({ ...good(), role }), '/design')).status;
  expect(await statusOf('designer')).toBe(200);
  expect(await statusOf('editor')).toBe(403);
});

test('no token stands in the log', async () => {
  const token = await sign(good());
  await gateway.ask(token, '{ airports { totalCount } }');
  const bad = `${token.slice(0, -6)}AAAAAA`;
  await gateway.ask(bad, '{ airports { totalCount } }');
  const log = JSON.stringify(gateway.lines);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  for (const text of [token, bad, token.split('.')[2] as string, secret]) {
    expect(log).not.toContain(text);
    expect(metrics).not.toContain(text);
  }
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('a public key', () => {
  const pemOf = ({ publicKey }: { publicKey: KeyObject }) =>
    String(publicKey.export({ type: 'spki', format: 'pem' }));

  test.each([
    ['RS256', rsa],
    ['RS512', rsa],
    ['ES256', ec],
  ] as const)('%s', async (alg, pair) => {
    const with_ = await harness.gateway({ jwtPublicKey: pemOf(pair).replaceAll('\n', '\\n') });
    dataOf(await with_.ask(await sign(good(), pair.privateKey, alg), '{ __typename }'));
    // The oldest trick: the public key, which everybody knows, as the secret of an HMAC.
    const head = unsigned({ alg: 'HS256', typ: 'JWT' });
    const forged = `${head}.${createHmac('sha256', pemOf(pair)).update(head).digest('base64url')}`;
    expect(codesOf(await with_.ask(forged, '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const strange = await sign(good(), stranger.privateKey, 'RS256');
    expect(codesOf(await with_.ask(strange, '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('published keys', () => {
  let issuer: Server;
  let url: string;
  let keys: JWK[] = [];
  let asked = 0;
  let isAway = false;

  const published = async (pair: { publicKey: KeyObject }, kid: string, alg: string): Promise<JWK> => ({
    ...(await exportJWK(pair.publicKey)),
    kid,
    alg,
    use: 'sig',
  });

  beforeAll(async () => {
    issuer = createServer((_, response) => {
      asked += 1;
      response.writeHead(isAway ? 500 : 200).end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
  });
  beforeEach(async () => {
    [asked, isAway, keys] = [0, false, [await published(rsa, 'one', 'RS256')]];
  });
  afterAll(() => issuer.close());

  test('are read once, and again when a token names one that is new', async () => {
    const with_ = await harness.gateway({ jwtJwksUrl: url, jwtJwksCooldownSeconds: 0 });
    const first = await sign(good(), rsa.privateKey, 'RS256', 'one');
    const again = await sign({ ...good(), sub: 'bob' }, rsa.privateKey, 'RS256', 'one');
    dataOf(await with_.ask(first, '{ __typename }'));
    dataOf(await with_.ask(again, '{ __typename }'));
    expect(asked).toBe(1);
    keys = [await published(ec, 'two', 'ES256')];
    dataOf(await with_.ask(await sign(good(), ec.privateKey, 'ES256', 'two'), '{ __typename }'));
    expect(asked).toBe(2);
    const retired = await sign({ ...good(), sub: 'eve' }, rsa.privateKey, 'RS256', 'one');
    expect(codesOf(await with_.ask(retired, '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
  });

  test('are not read more often than the cool-down allows, whatever tokens name', async () => {
    const with_ = await harness.gateway({ jwtJwksUrl: url, jwtJwksCooldownSeconds: 60 });
    for (let n = 0; n < 5; n += 1) {
      const token = await sign(good(), rsa.privateKey, 'RS256', `unknown-${n}`);
      expect(codesOf(await with_.ask(token, '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
    }
    expect(asked).toBe(1);
  });

  test('stay good while the issuer is away; without any the gateway says that it is not the client', async () => {
    const with_ = await harness.gateway({
      jwtJwksUrl: url,
      jwtJwksCooldownSeconds: 0,
      jwtJwksCacheSeconds: 0,
    });
    dataOf(await with_.ask(await sign(good(), rsa.privateKey, 'RS256', 'one'), '{ __typename }'));
    isAway = true;
    dataOf(
      await with_.ask(
        await sign({ ...good(), sub: 'bob' }, rsa.privateKey, 'RS256', 'one'),
        '{ __typename }',
      ),
    );
    const fresh = await harness.gateway({ jwtJwksUrl: url });
    const response = await post(fresh, await sign(good(), rsa.privateKey, 'RS256', 'one'));
    expect(response.status).toBe(503);
    expect(codesOf((await response.json()) as object)).toEqual(['OVERLOADED']);
  });

  test('each is tried for a token that names none', async () => {
    const another = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys = [await published(another, 'zero', 'RS256'), ...keys];
    const with_ = await harness.gateway({ jwtJwksUrl: url });
    dataOf(await with_.ask(await sign(good(), rsa.privateKey, 'RS256'), '{ __typename }'));
  });

  test('a shared secret among them is no key', async () => {
    keys = [{ kty: 'oct', kid: 'shared', k: Buffer.from(secret).toString('base64url'), alg: 'HS256' }];
    const with_ = await harness.gateway({ jwtJwksUrl: url });
    const token = await sign(good(), Buffer.from(secret), 'HS256', 'shared');
    expect(codesOf(await with_.ask(token, '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
  });
});

function unsigned(header: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode(header)}.${encode(good())}`;
}

function post({ url }: TestGateway, token: string, path = '/graphql'): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ __typename }"}',
  });
}
