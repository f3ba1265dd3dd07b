import { exportRegistry, RegistryConflictError, registryChannel } from '@formwork/registry-store';
import { airline, withEntity, withField } from './airline.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

test('raises the version, and stores the shapes that the registry has', async () => {
  const tenant = await setup.tenant();
  const { version, registry, changed, leftBehind } = await setup.apply(tenant, airline);
  expect([version, changed, leftBehind]).toEqual([1, true, []]);
  expect(
    await setup.rows(
      'select registry_version, api_shape, plan_shape from formwork.tenants where id = $1',
      tenant,
    ),
  ).toEqual([{ registry_version: 1, api_shape: registry.apiShape, plan_shape: registry.planShape }]);
});

test('gives back what was applied, over either plane', async () => {
  const tenant = await setup.tenant();
  const { registry } = await setup.apply(tenant, airline);
  const exported = await exportRegistry(setup.control, tenant);
  expect(exported).toEqual(withoutProposals(airline));
  expect(await setup.registry(tenant)).toEqual(registry);
});

test('has no registry before the first, and an empty document to export', async () => {
  const tenant = await setup.tenant();
  expect(await setup.registry(tenant)).toBeNull();
  expect(await exportRegistry(setup.control, tenant)).toEqual({ formwork: 1, entities: [] });
});

test('changes nothing when the same document is applied again, or what was exported', async () => {
  const tenant = await setup.tenant();
  const first = await setup.apply(tenant, airline);
  const again = await setup.apply(tenant, airline);
  const exported = await setup.apply(tenant, await exportRegistry(setup.control, tenant));
  expect([again.changed, again.version, exported.changed, exported.version]).toEqual([false, 1, false, 1]);
  expect(again.registry).toEqual(first.registry);
  expect(
    await setup.rows('select version from formwork.registry_versions where tenant_id = $1', tenant),
  ).toEqual([{ version: 1 }]);
});

test('keeps every version as a document, with who applied it', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline, { appliedBy: 'cli' });
  await setup.apply(tenant, withField('airport', 'elevation', null), { appliedBy: 'key:7' });
  const rows = await setup.rows(
    `select version, applied_by, jsonb_array_length(document -> 'entities' -> 0 -> 'fields') as fields
      from formwork.registry_versions where tenant_id = $1 order by 1`,
    tenant,
  );
  expect(rows).toEqual([
    { version: 1, applied_by: 'cli', fields: 3 },
    { version: 2, applied_by: 'key:7', fields: 2 },
  ]);
});

test('renames a label without a new view', async () => {
  const tenant = await setup.tenant();
  const before = await setup.apply(tenant, airline);
  const after = await setup.apply(
    tenant,
    withEntity('airport', (entity) => ({ ...entity, label: 'Aerodrome' })),
  );
  expect(after.version).toBe(2);
  expect(after.registry.apiShape).not.toBe(before.registry.apiShape);
  expect(after.registry.entities.map(({ viewName }) => viewName)).toEqual(
    before.registry.entities.map(({ viewName }) => viewName),
  );
});

test('moves an entity and swaps names without touching storage', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  const [airport, flight] = airline.entities;
  const { registry } = await setup.apply(tenant, { ...airline, entities: [flight, airport] });
  expect(registry.entities.map(({ key }) => key)).toEqual(['flight', 'airport']);
  expect(await setup.registry(tenant)).toEqual(registry);
});

test('never uses a storage key again', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  await setup.apply(tenant, withField('airport', 'elevation', null));
  const { registry } = await setup.apply(tenant, airline);
  expect(registry.entityByKey.get('airport')?.fieldByKey.get('elevation')?.storageKey).toBe('elevation_2');
  await setup.apply(tenant, documentOf());
  const again = await setup.apply(tenant, airline);
  expect(again.registry.entities.map(({ storageKey }) => storageKey)).toEqual(['airport_2', 'flight_2']);
});

test('refuses a change that was made for another version', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline, { expectedVersion: 0 });
  const stale = setup.apply(tenant, withField('airport', 'elevation', null), { expectedVersion: 0 });
  await expect(stale).rejects.toThrow(RegistryConflictError);
  await expect(stale).rejects.toMatchObject({ expected: 0, actual: 1 });
  await expect(setup.apply(tenant, airline, { expectedVersion: 1 })).resolves.toMatchObject({ version: 1 });
});

test('tells gateways of a new version, and not of a document that changes nothing', async () => {
  const tenant = await setup.tenant();
  const payloads: string[] = [];
  const heard = new Promise<void>((resolve) => {
    const listening = setup.control.listen(
      registryChannel,
      (payload) => {
        payloads.push(payload);
        if (payloads.length === 2) void listening.then((listener) => listener.close()).then(resolve);
      },
      () => {},
    );
    void listening
      .then(() => setup.apply(tenant, airline))
      .then(() => setup.apply(tenant, airline))
      .then(() => setup.apply(tenant, documentOf()));
  });
  await heard;
  expect(payloads.map((payload) => JSON.parse(payload))).toEqual([
    { tenant, version: 1 },
    { tenant, version: 2 },
  ]);
});

test('puts a view back that somebody has dropped', async () => {
  const tenant = await setup.tenant();
  const { registry } = await setup.apply(
    tenant,
    documentOf({ key: 'lonely', fields: [{ key: 'a', type: 'text' }] }),
  );
  const view = registry.entities[0]?.viewName;
  await setup.rows(`drop view formwork_views.${view}`);
  await setup.apply(tenant, documentOf({ key: 'lonely', fields: [{ key: 'a', type: 'text' }] }));
  expect(await setup.rows('select 1 from pg_views where viewname = $1', view)).toHaveLength(1);
});

test('is all or nothing: what fails at the very end leaves no trace', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  const ids = await setup.write(tenant, 'airport', { iata: 'TXL', city: 'Berlin' });
  const before = await everything(tenant);
  const change = withField('airport', 'elevation', { key: 'elevation', type: 'integer', indexed: true });
  // The history is written last, and has no room for such a name.
  await expect(setup.apply(tenant, change, { appliedBy: 'x'.repeat(201) })).rejects.toMatchObject({
    sqlstate: '23514',
  });
  expect(await everything(tenant)).toEqual(before);
  expect(ids).toHaveLength(1);
  await expect(setup.apply(tenant, change)).resolves.toMatchObject({ version: 2 });
});

test('refuses a tenant that is nobody', async () => {
  const nobody = '00000000-0000-7000-8000-000000000000';
  await expect(setup.apply(nobody, airline)).rejects.toMatchObject({ sqlstate: 'FW002' });
});

/** A label that says what would be proposed anyway is left out. */
function withoutProposals(document: typeof airline): typeof airline {
  return { ...document, entities: document.entities.map(({ label: _, ...entity }) => entity) };
}

/** All that a change may touch. */
async function everything(tenant: string): Promise<unknown> {
  const tables = [
    'tenants',
    'entity_types',
    'fields',
    'unique_keys',
    'registry_versions',
    'entity_storage',
    'link_rules',
    'records',
  ];
  const rows = tables.map((table) =>
    setup.rows(
      `select to_jsonb(r)::text as row from formwork.${table} r where ${table === 'tenants' ? 'id' : 'tenant_id'} = $1 order by 1`,
      tenant,
    ),
  );
  return Promise.all([
    ...rows,
    setup.rows('select viewname from pg_views where schemaname = $1 order by 1', 'formwork_views'),
    setup.rows('select view_name, tenant, released_at from formwork.view_uses order by 1, 2'),
  ]);
}
