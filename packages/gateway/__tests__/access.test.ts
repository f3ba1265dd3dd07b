import { createKey, revokeKey } from '@formwork/directory';
import { asAdmin } from '@formwork/testkit';
import {
  codesOf,
  createAirport,
  dataOf,
  Harness,
  type TestGateway,
  type TestTenant,
  until,
  untilEnded,
} from './harness.ts';

let harness: Harness;
let tenant: TestTenant;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  gateway = await harness.gateway();
});
afterAll(() => harness.close());

const write = 'mutation { createAirport(input: { iata: "AAA" }) { airport { id } } }';

test.each([
  ['a query', '{ airports { totalCount } }'],
  ['a mutation', write],
  ['an operation that needs no data', '{ __typename }'],
  ['introspection', '{ __schema { queryType { name } } }'],
  ['a document that is refused', '{ nope }'],
])('a key that is revoked is no good for the very next request: %s', async (_, text) => {
  const { id, key } = await createKey(harness.control, tenant.id, { role: 'admin' });
  dataOf(await gateway.ask(key, '{ airports { totalCount } __typename }'));
  await withoutAnnouncement(id);
  expect(codesOf(await gateway.ask(key, text))).toEqual(['UNAUTHENTICATED']);
  expect(codesOf(await gateway.ask(key, text))).toEqual(['UNAUTHENTICATED']);
  dataOf(await gateway.ask(tenant.keys.editor, '{ airports { totalCount } }'));
});

test('nothing is written with a key that was revoked', async () => {
  expect(dataOf(await gateway.ask(tenant.keys.editor, '{ airportByIata(iata: "AAA") { id } }'))).toEqual({
    airportByIata: null,
  });
});

test('revoking in the ordinary way works at once too', async () => {
  const { id, key } = await createKey(harness.control, tenant.id, { role: 'viewer' });
  dataOf(await gateway.ask(key, '{ __typename }'));
  await revokeKey(harness.control, tenant.id, id);
  expect(codesOf(await gateway.ask(key, '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
});

test('a key that has expired is refused, remembered or not', async () => {
  await untilEnded(async (milliseconds) => {
    const expiresAt = new Date(Date.now() + milliseconds);
    const { key } = await createKey(harness.control, tenant.id, { role: 'viewer', expiresAt });
    return () => gateway.ask(key, '{ __typename }');
  });
});

test('takes the key from either header, and refuses two that differ', async () => {
  const { editor, viewer } = tenant.keys;
  const statusOf = async (headers: Record<string, string>) => {
    const response = await fetch(`${gateway.url}/graphql?query=%7B__typename%7D`, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  expect(await statusOf({ 'x-api-key': editor })).toBe(200);
  expect(await statusOf({ authorization: `bearer ${editor}` })).toBe(200);
  expect(await statusOf({ authorization: `Bearer ${editor}`, 'x-api-key': editor })).toBe(200);
  expect(await statusOf({ authorization: `Bearer ${editor}`, 'x-api-key': viewer })).toBe(401);
  expect(await statusOf({ authorization: editor })).toBe(401);
  expect(await statusOf({ authorization: `Bearer ${editor}x` })).toBe(401);
  expect(await statusOf({ authorization: `Bearer ${editor.replace('fw_skyway', 'fw_other')}` })).toBe(401);
});

test('the tenant comes from the key alone', async () => {
  const other = await harness.tenant('other');
  await createAirport(gateway, tenant.keys.editor, 'MIN');
  const response = await fetch(`${gateway.url}/graphql?tenant=skyway`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': other.keys.admin,
      'x-tenant': 'skyway',
      host: 'skyway',
    },
    body: JSON.stringify({
      query: '{ airports { totalCount } }',
      tenant: 'skyway',
      extensions: { tenant: 'skyway' },
    }),
  });
  expect(await response.json()).toEqual({ data: { airports: { totalCount: 0 } } });
});

test('notes when a key was used', async () => {
  const { id, key } = await createKey(harness.control, tenant.id, { role: 'viewer' });
  dataOf(await gateway.ask(key, '{ __typename }'));
  const lastUsed = () =>
    asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query('select last_used_at from formwork.api_keys where id = $1', [id]);
      return rows[0].last_used_at as Date | null;
    });
  await until(async () => (await lastUsed()) !== null);
  expect(await lastUsed()).toBeInstanceOf(Date);
});

/** Revokes a key as it would look to a gateway that hears no announcements. */
async function withoutAnnouncement(keyId: string): Promise<void> {
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query('update formwork.api_keys set revoked_at = now() where id = $1', [keyId]);
    await admin.query('update formwork.tenants set access_version = access_version + 1 where id = $1', [
      tenant.id,
    ]);
    await admin.query('commit');
  });
}
