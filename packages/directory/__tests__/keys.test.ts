import {
  accessChannel,
  authenticate,
  createKey,
  createTenant,
  findTenant,
  listKeys,
  parseKey,
  revokeKey,
  type TenantRow,
  touchKey,
} from '@formwork/directory';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let acme: TenantRow;
let rival: TenantRow;

beforeAll(async () => {
  setup = await setUp();
  acme = await createTenant(setup.control, { slug: 'acme' });
  rival = await createTenant(setup.control, { slug: 'rival-2' });
});

afterAll(() => setup.close());

const secretOf = (key: string) => key.slice(-43);

test('shows a key once, and keeps its hash alone', async () => {
  const { id, key } = await createKey(setup.control, rival.id, { role: 'viewer', label: 'for tests' });
  expect(key).toMatch(/^fw_rival-2_[A-Za-z0-9_-]{43}$/);
  const rows = await setup.rows('select k::text as row from formwork.api_keys k where id = $1', id);
  expect(rows).toHaveLength(1);
  expect(String(rows[0]?.row)).not.toContain(secretOf(key));
  expect(await listKeys(setup.control, rival.id)).toEqual([
    {
      id,
      role: 'viewer',
      label: 'for tests',
      createdAt: expect.any(Date),
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
      claims: {},
    },
  ]);
});

test('knows who speaks by a key, in one round trip', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000);
  const { id, key } = await createKey(setup.control, acme.id, { role: 'editor', expiresAt });
  setup.counter.reset();
  expect(await authenticate(setup.dataPlane, key)).toEqual({
    tenant: await findTenant(setup.control, 'acme'),
    closing: [],
    role: 'editor',
    keyId: id,
    subject: `key:${id}`,
    claims: {},
    expiresAt,
  });
  expect(setup.counter.batches).toHaveLength(1);
});

test('knows a key that never expires', async () => {
  const { key } = await createKey(setup.control, acme.id, { role: 'admin' });
  expect(await authenticate(setup.dataPlane, key)).toMatchObject({ role: 'admin', expiresAt: null });
});

test('does the same for an unknown tenant as for an unknown key', async () => {
  const { key } = await createKey(setup.control, acme.id, { role: 'admin' });
  const unknown = [`fw_acme_${'A'.repeat(43)}`, `fw_nobody_${secretOf(key)}`, `fw_rival-2_${secretOf(key)}`];
  const statements = [];
  for (const text of unknown) {
    setup.counter.reset();
    expect(await authenticate(setup.dataPlane, text)).toBeNull();
    statements.push(setup.counter.batches.map((batch) => batch.statements));
  }
  expect(statements[0]).toHaveLength(1);
  expect(statements).toEqual([statements[0], statements[0], statements[0]]);
});

test.each([
  [''],
  ['fw_'],
  ['fw__'],
  ['fw_acme'],
  [`fw_acme_${'A'.repeat(42)}`],
  [`fw_acme_${'A'.repeat(44)}`],
  [`fw_acme_${'A'.repeat(42)}=`],
  [`fw_acme_${'A'.repeat(43)}\n`],
  [`fw_ACME_${'A'.repeat(43)}`],
  [`fw_a_b_${'A'.repeat(43)}`],
  [`fw_${'a'.repeat(51)}_${'A'.repeat(43)}`],
  [`fw_a\0_${'A'.repeat(43)}`],
  [`fw_'; drop table formwork.tenants; --_${'A'.repeat(43)}`],
  ['x'.repeat(10_000_000)],
  [null],
  [undefined],
  [7],
  [{ length: 3 }],
  [['fw_acme']],
])('takes %p for no key without asking the database', async (text) => {
  setup.counter.reset();
  expect(parseKey(text)).toBeNull();
  expect(await authenticate(setup.dataPlane, text)).toBeNull();
  expect(setup.counter.batches).toEqual([]);
});

test('reads slug and secret where the secret has underscores and dashes', () => {
  const secret = `_-${'a'.repeat(39)}-_`;
  expect(parseKey(`fw_a-b_${secret}`)).toEqual({ slug: 'a-b', secret });
});

test('revokes a key for every batch from then on, and tells the gateways', async () => {
  const { id, key } = await createKey(setup.control, acme.id, { role: 'admin' });
  const before = (await findTenant(setup.control, 'acme'))?.accessVersion ?? 0;
  const heard = new Promise<string>((resolve) => {
    const listening = setup.control.listen(accessChannel, resolve, () => {});
    void listening.then(() => revokeKey(setup.control, acme.id, id));
  });
  expect(JSON.parse(await heard)).toEqual({ tenant: acme.id, version: before + 1 });
  expect(await authenticate(setup.dataPlane, key)).toBeNull();
  const { versions } = await setup.dataPlane.read(acme.id, []);
  expect(versions.access).toBe(before + 1);
  const [revoked] = (await listKeys(setup.control, acme.id)).filter((one) => one.id === id);
  expect(revoked?.revokedAt).toBeInstanceOf(Date);
});

test('changes nothing when a key is revoked again', async () => {
  const { id } = await createKey(setup.control, acme.id, { role: 'admin' });
  await revokeKey(setup.control, acme.id, id);
  const before = await listKeys(setup.control, acme.id);
  const { accessVersion } = (await findTenant(setup.control, 'acme')) as TenantRow;
  await revokeKey(setup.control, acme.id, id);
  expect(await listKeys(setup.control, acme.id)).toEqual(before);
  expect(await findTenant(setup.control, 'acme')).toMatchObject({ accessVersion });
});

test('takes an expired key for none', async () => {
  const { id, key } = await createKey(setup.control, acme.id, {
    role: 'admin',
    expiresAt: new Date(Date.now() + 60_000),
  });
  expect(await authenticate(setup.dataPlane, key)).not.toBeNull();
  await setup.rows(`update formwork.api_keys set expires_at = now() - interval '1 second' where id = $1`, id);
  expect(await authenticate(setup.dataPlane, key)).toBeNull();
});

test('raises the access version when a key is made', async () => {
  const before = (await findTenant(setup.control, 'acme')) as TenantRow;
  await createKey(setup.control, acme.id, { role: 'viewer' });
  expect(await findTenant(setup.control, 'acme')).toMatchObject({ accessVersion: before.accessVersion + 1 });
});

test("makes keys of roles of the tenant's registry, and of no other tenant's", async () => {
  await setup.control.withTenant(
    rival.id,
    (sql) =>
      sql`insert into formwork.roles (key, label, position, permissions) values ('clerk', 'Clerk', 0, '[]')`,
  );
  const { key } = await createKey(setup.control, rival.id, { role: 'clerk' });
  expect(await authenticate(setup.dataPlane, key)).toMatchObject({ role: 'clerk', claims: {} });
  await expect(createKey(setup.control, acme.id, { role: 'clerk' })).rejects.toThrow(
    /^There is no role "clerk"\. .*"admin"\.$/,
  );
  await expect(createKey(setup.control, rival.id, { role: 'clark' })).rejects.toThrow(/"admin", "clerk"\.$/);
});

test('keeps the claims of a key and tells them with its caller', async () => {
  const claims = {
    email: 'ann@example.com',
    level: 3,
    teams: ['north', 'south'],
    'https://example.com/x': true,
  };
  const { id, key } = await createKey(setup.control, rival.id, { role: 'viewer', claims });
  expect(await authenticate(setup.dataPlane, key)).toMatchObject({ claims });
  expect(await listKeys(setup.control, rival.id)).toContainEqual(expect.objectContaining({ id, claims }));
});

test.each([
  ['a list', ['email']],
  ['a name that is none', { 'e mail': 'a' }],
  ['what Formwork says itself', { actor: 'key:1' }],
  ['an object', { email: { eq: 'a' } }],
  ['null', { email: null }],
  ['a NUL', { email: 'a\0b' }],
  ['half a character', { email: '\ud800' }],
  ['too much', { email: 'a'.repeat(6_000) }],
])('refuses %s as claims', async (_, claims) => {
  const before = await listKeys(setup.control, acme.id);
  const refused = createKey(setup.control, acme.id, { role: 'viewer', claims: claims as never });
  await expect(refused).rejects.toMatchObject({ code: 'CLAIMS_INVALID' });
  expect(await listKeys(setup.control, acme.id)).toEqual(before);
});

test.each([['owner'], ['Admin'], [''], [null], ['admin; --'], ['__proto__']])(
  'refuses the role %p, and lists those that there are',
  async (role) => {
    const before = await listKeys(setup.control, acme.id);
    const refused = createKey(setup.control, acme.id, { role: role as string });
    await expect(refused).rejects.toMatchObject({ code: 'ROLE_UNKNOWN' });
    await expect(refused).rejects.toThrow(/The roles are "viewer", "editor", "designer", "admin"\.$/);
    expect(await listKeys(setup.control, acme.id)).toEqual(before);
  },
);

test.each([
  [new Date(0), 'in the past'],
  [new Date(Number.NaN), 'must be a date'],
  ['2030-01-01' as unknown as Date, 'must be a date'],
])('refuses the expiry %p', async (expiresAt, part) => {
  const refused = createKey(setup.control, acme.id, { role: 'admin', expiresAt });
  await expect(refused).rejects.toMatchObject({
    code: 'EXPIRY_INVALID',
    message: expect.stringContaining(part),
  });
});

test('refuses a label that cannot be stored', async () => {
  for (const label of ['x'.repeat(201), 'a\0']) {
    const refused = createKey(setup.control, acme.id, { role: 'admin', label });
    await expect(refused).rejects.toMatchObject({ code: 'LABEL_INVALID' });
  }
});

test.each([['00000000-0000-7000-8000-000000000000'], ['nobody'], ["'"]])(
  'refuses the unknown tenant %p',
  async (id) => {
    const unknown = { code: 'TENANT_NOT_FOUND', message: expect.stringContaining(id) };
    await expect(createKey(setup.control, id, { role: 'admin' })).rejects.toMatchObject(unknown);
    await expect(listKeys(setup.control, id)).rejects.toMatchObject(unknown);
    await expect(revokeKey(setup.control, id, id)).rejects.toMatchObject(unknown);
  },
);

test("cannot see, revoke or use another tenant's key", async () => {
  const { id, key } = await createKey(setup.control, rival.id, { role: 'admin' });
  expect((await listKeys(setup.control, acme.id)).map((one) => one.id)).not.toContain(id);
  const revoking = revokeKey(setup.control, acme.id, id);
  await expect(revoking).rejects.toMatchObject({
    code: 'KEY_NOT_FOUND',
    message: expect.stringContaining(id),
  });
  await expect(revokeKey(setup.control, acme.id, 'nonsense')).rejects.toMatchObject({
    code: 'KEY_NOT_FOUND',
  });
  expect(await authenticate(setup.dataPlane, key.replace('rival-2', 'acme'))).toBeNull();
  // It is there, and works.
  expect(await setup.rows('select 1 from formwork.api_keys where id = $1', id)).toHaveLength(1);
  expect(await authenticate(setup.dataPlane, key)).toMatchObject({ tenant: { slug: 'rival-2' } });
});

test('notes the use of a key once a minute at most', async () => {
  const { id } = await createKey(setup.control, acme.id, { role: 'admin' });
  const lastUse = async () =>
    (await setup.rows('select last_used_at from formwork.api_keys where id = $1', id))[0]?.last_used_at;
  await touchKey(setup.dataPlane, acme.id, id);
  const first = await lastUse();
  expect(first).toBeInstanceOf(Date);
  await touchKey(setup.dataPlane, acme.id, id);
  expect(await lastUse()).toEqual(first);
  await setup.rows(
    `update formwork.api_keys set last_used_at = now() - interval '2 minutes' where id = $1`,
    id,
  );
  await touchKey(setup.dataPlane, acme.id, id);
  expect(((await lastUse()) as Date) > (first as Date)).toBe(true);
});

test('lets the gateway read keys and note their use, and nothing else', async () => {
  for (const text of [
    `update formwork.api_keys set role = 'admin'`,
    `delete from formwork.api_keys`,
    `insert into formwork.api_keys (hash, role) values (sha256(''), 'admin')`,
    `insert into formwork.tenants (slug, name) values ('mine', '')`,
    `update formwork.tenants set access_version = 0`,
  ]) {
    const { results } = await setup.dataPlane.read(acme.id, [{ text, values: [] }]);
    expect([text, results]).toEqual([text, [expect.objectContaining({ sqlstate: '42501' })]]);
  }
});
