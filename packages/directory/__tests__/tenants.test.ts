import { createTenant, findTenant, listTenants } from '@formwork/directory';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

test('makes a tenant without a registry, and finds it by its slug', async () => {
  const tenant = await createTenant(setup.control, { slug: 'acme', name: 'Acme Ltd' });
  expect(tenant).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    number: expect.any(Number),
    slug: 'acme',
    name: 'Acme Ltd',
    registryVersion: 0,
    accessVersion: 0,
    documentMode: 'off',
    apiShape: null,
    planShape: null,
  });
  expect(await findTenant(setup.control, 'acme')).toEqual(tenant);
  expect(await findTenant(setup.control, 'acm')).toBeNull();
});

test('calls a tenant by its slug when it has no name', async () => {
  expect(await createTenant(setup.control, { slug: 'plain' })).toMatchObject({ name: 'plain' });
});

test('lists tenants by slug', async () => {
  await createTenant(setup.control, { slug: 'zeta' });
  await createTenant(setup.control, { slug: 'alpha' });
  const slugs = (await listTenants(setup.control)).map(({ slug }) => slug);
  expect(slugs).toEqual([...slugs].sort());
  expect(slugs).toEqual(expect.arrayContaining(['alpha', 'zeta']));
});

test('takes the longest slug, and the shortest', async () => {
  for (const slug of ['a', `b${'-'.repeat(49)}`]) {
    expect(await createTenant(setup.control, { slug })).toMatchObject({ slug });
    expect(await findTenant(setup.control, slug)).toMatchObject({ slug });
  }
});

test('refuses a slug that is taken, even by somebody at the same moment', async () => {
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map(() => createTenant(setup.control, { slug: 'twice' })),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({
        code: 'SLUG_TAKEN',
        message: 'There is a tenant "twice" already: choose another slug.',
      });
    }
  }
});

test.each([
  ['', '""'],
  ['Acme', '"Acme"'],
  ['a_b', '"a_b"'],
  ['1a', '"1a"'],
  ['-a', '"-a"'],
  ['a b', '"a b"'],
  ['a\n', '"a\\n"'],
  ['a\0', '"a\\u0000"'],
  ['ä', '"ä"'],
  [`'; drop table formwork.tenants; --`, 'drop table'],
  ['x'.repeat(51), '51 characters; at most 50'],
  ['X'.repeat(100_000), '…'],
])('refuses the slug %p, and says why', async (slug, part) => {
  const count = (await listTenants(setup.control)).length;
  const refused = createTenant(setup.control, { slug });
  await expect(refused).rejects.toMatchObject({
    code: 'SLUG_INVALID',
    message: expect.stringContaining(part),
  });
  await expect(refused).rejects.toMatchObject({ message: expect.not.stringMatching(/.{400}/) });
  expect(await findTenant(setup.control, slug)).toBeNull();
  expect(await listTenants(setup.control)).toHaveLength(count);
});

test.each([[null], [7], [{}], [undefined]])('refuses %p as a slug', async (slug) => {
  const refused = createTenant(setup.control, { slug: slug as unknown as string });
  await expect(refused).rejects.toMatchObject({ code: 'SLUG_INVALID' });
});

test.each([['x'.repeat(201)], ['a\0b']])('refuses a name that cannot be stored', async (name) => {
  const refused = createTenant(setup.control, { slug: 'named', name });
  await expect(refused).rejects.toMatchObject({ code: 'NAME_INVALID' });
  expect(await findTenant(setup.control, 'named')).toBeNull();
});
