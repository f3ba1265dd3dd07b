import { Memory } from '@formwork/records';
import { createRegistry, type Registry, type RegistryDocument } from '@formwork/registry';
import { buildSchema } from 'graphql';
import { type LoadedRegistry, type TenantState, TenantStates } from '../src/tenants/tenant-states.ts';

/** A registry whose API shape is told by `entity` alone, and whose plan shape also by `indexed`. */
function registryOf(entity: string, indexed = false): Registry {
  const fields = [{ key: 'name', type: 'text' as const, indexed }];
  const made = createRegistry({ formwork: 1, entities: [{ key: entity, plural: `${entity}s`, fields }] });
  if ('problems' in made) throw new Error(JSON.stringify(made.problems));
  return made.registry;
}

function statesOf(load: (tenantId: string) => Promise<LoadedRegistry>, bytes = 10_000_000) {
  const built: Registry[] = [];
  const states = new TenantStates({
    load,
    build: (registry) => {
      built.push(registry);
      return buildSchema('type Query { a: Int }');
    },
    memory: new Memory(bytes),
  });
  return { states, built };
}

test('gives tenants of one shape the same schema and registry, built once', async () => {
  const { states, built } = statesOf(async () => ({ version: 1, registry: registryOf('dog') }));
  const one = await states.get('one');
  const other = await states.get('other');
  expect(other.schema).toBe(one.schema);
  expect(other.registry).toBe(one.registry);
  expect(built).toHaveLength(1);
});

test('shares the schema but not the registry where only slots differ', async () => {
  const { states, built } = statesOf(async (tenant) => ({
    version: 1,
    registry: registryOf('dog', tenant === 'fast'),
  }));
  const slow = await states.get('slow');
  const fast = await states.get('fast');
  expect(fast.schema).toBe(slow.schema);
  expect(fast.registry).not.toBe(slow.registry);
  expect(fast.registry.entities[0]?.fields[0]?.slot).not.toBeNull();
  expect(slow.registry.entities[0]?.fields[0]?.slot).toBeNull();
  expect(built).toHaveLength(1);
});

test('loads a tenant once for all requests that arrive meanwhile', async () => {
  let loads = 0;
  const { states } = statesOf(async () => {
    loads += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { version: 1, registry: registryOf('dog') };
  });
  const found = await Promise.all(Array.from({ length: 20 }, () => states.get('one')));
  expect(loads).toBe(1);
  expect(new Set(found.map(({ schema }) => schema)).size).toBe(1);
});

test('loads again for a version that it does not hold, and whoever comes later gets that one', async () => {
  let version = 1;
  const { states } = statesOf(async () => ({ version, registry: registryOf(version === 1 ? 'dog' : 'cat') }));
  expect((await states.get('one')).version).toBe(1);
  version = 2;
  expect((await states.get('one')).version).toBe(1);
  expect((await states.atVersion('one', 2)).version).toBe(2);
  expect((await states.get('one')).registry.entities[0]?.key).toBe('cat');
});

test('does not keep what was read before a change that was announced meanwhile', async () => {
  let answer: (loaded: LoadedRegistry) => void = () => {};
  const { states } = statesOf(() => new Promise((resolve) => (answer = resolve)));
  const early = states.get('one');
  const answerEarly = answer;
  states.drop('one');
  const late = states.get('one');
  answer({ version: 2, registry: registryOf('cat') });
  expect((await late).version).toBe(2);
  answerEarly({ version: 1, registry: registryOf('dog') });
  expect((await early).version).toBe(1);
  expect((await states.get('one')).version).toBe(2);
});

test('a tenant that cannot be loaded fails alone, and is tried again', async () => {
  let isBroken = true;
  const { states } = statesOf(async (tenant) => {
    if (tenant === 'broken' && isBroken) throw new Error('torn');
    return { version: 1, registry: registryOf('dog') };
  });
  await expect(states.get('broken')).rejects.toThrow('torn');
  expect((await states.get('whole')).version).toBe(1);
  isBroken = false;
  expect((await states.get('broken')).version).toBe(1);
});

test('keeps within its bytes', async () => {
  const load = async (tenant: string) => ({ version: 1, registry: registryOf(tenant) });
  const { states, built } = statesOf(load, 200_000);
  const schemaOf = async (tenant: string) => (await states.get(tenant)).schema;
  for (let n = 0; n < 50; n += 1) await schemaOf(`tenant_${n}`);
  expect(states.sizes.schemas).toBeGreaterThan(1);
  expect(states.sizes.schemaBytes + states.sizes.registryBytes).toBeLessThanOrEqual(200_000);
  expect(built).toHaveLength(50);
  await schemaOf('tenant_0');
  expect(built).toHaveLength(51);
});

test('gives roles that see the same one schema, and each its own registry', async () => {
  const where = (name: string) => ({ where: { name: { eq: name } } });
  const role = (key: string, read: unknown) => ({ key, permissions: [{ entity: 'dog', read }] });
  const made = createRegistry({
    formwork: 1,
    entities: [{ key: 'dog', fields: [{ key: 'name', type: 'text' }] }],
    roles: [role('one', true), role('other', where('Rex')), role('none', { fields: [] })],
  } as RegistryDocument);
  if ('problems' in made) throw new Error(JSON.stringify(made.problems));
  const { states, built } = statesOf(async () => ({ version: 1, registry: made.registry }));
  const as = async (tenant: string, key: string) => (await (await states.get(tenant)).as(key)) as TenantState;
  const [one, other, none] = [await as('a', 'one'), await as('b', 'other'), await as('a', 'none')];
  const viewer = await as('b', 'viewer');
  expect(new Set([one.schema, other.schema, viewer.schema]).size).toBe(1);
  expect(none.schema).not.toBe(one.schema);
  expect(built).toHaveLength(2);
  expect(other.registry).not.toBe(one.registry);
  expect((await as('c', 'other')).registry).toBe(other.registry);
  expect((await states.get('a')).as('gone')).toBeNull();
  expect((await as('a', 'editor')).registry).toBe(made.registry);
});

test('projects a registry once for all who ask for a role meanwhile, and gives what is at hand at once', async () => {
  const { states } = statesOf(async () => ({ version: 1, registry: registryOf('dog') }));
  const state = await states.get('one');
  const other = await states.get('other');
  const asked = [state.as('viewer'), other.as('viewer')];
  expect(asked.map((one) => one instanceof Promise)).toEqual([true, true]);
  const [one, two] = (await Promise.all(asked)) as [TenantState, TenantState];
  expect(one.registry).toBe(two.registry);
  expect((await states.get('one')).as('viewer')).toMatchObject({ registry: one.registry });
});
