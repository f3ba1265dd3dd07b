import { setTimeout as sleep } from 'node:timers/promises';
import { SchemaChangedError } from '@formwork/pg';
import { RegistryBusyError } from '@formwork/registry-store';
import { airline, withField } from './airline.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

const insert = (iata: string) => ({
  text: `insert into formwork.records (entity_type, data) values ('airport', $1::jsonb)`,
  values: [JSON.stringify({ iata })],
});

test('equal designs of two tenants share views and shapes', async () => {
  const [one, two] = await Promise.all([setup.tenant(), setup.tenant()]);
  const first = await setup.apply(one, airline);
  const second = await setup.apply(two, airline);
  expect(second.registry).toEqual(first.registry);
  const names = first.registry.entities.map(({ viewName }) => viewName);
  expect(await setup.rows('select viewname from pg_views where viewname = any ($1)', names)).toHaveLength(2);
  expect(
    await setup.rows('select tenant from formwork.view_uses where view_name = $1 order by 1', names[0]),
  ).toEqual([one, two].sort().map((tenant) => ({ tenant })));
});

test('tenants that create the same view at once do not meet', async () => {
  for (let round = 0; round < 5; round += 1) {
    const document = documentOf({ key: `round_${round}`, fields: [{ key: 'a', type: 'text' }] });
    const tenants = await Promise.all(Array.from({ length: 4 }, () => setup.tenant()));
    const applied = await Promise.all(tenants.map((tenant) => setup.apply(tenant, document)));
    expect(new Set(applied.map(({ registry }) => registry.entities[0]?.viewName)).size).toBe(1);
  }
});

test('changes of one tenant take turns, and the one that was made for an older version is refused', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  const outcomes = await Promise.allSettled([
    setup.apply(tenant, withField('airport', 'city', null), { expectedVersion: 1 }),
    setup.apply(tenant, withField('airport', 'elevation', null), { expectedVersion: 1 }),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'SCHEMA_CHANGED', expected: 1, actual: 2 },
  });
});

test('a change waits for a writer, and sees what it has written', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  const change = await setup.dataPlane.write(tenant, 1, async (transaction) => {
    await transaction.run([insert('TXL')]);
    const refusal = setup.refusal(tenant, withField('airport', 'elevation', { required: true }), {
      lockTimeout: 100,
    });
    // Long enough for the change to have waited in vain once.
    await sleep(150);
    return { refusal };
  });
  expect((await change.refusal).codes).toEqual(['VALUES_MISSING at entities[0].fields[2]']);
});

test('a change gives up on a writer that does not end, and applies nothing', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  await setup.dataPlane.write(tenant, 1, async (transaction) => {
    await transaction.run([insert('TXL')]);
    const change = setup.apply(tenant, documentOf(), { lockTimeout: 20, lockAttempts: 3 });
    await expect(change).rejects.toThrow(RegistryBusyError);
    await expect(change).rejects.toThrow(/in each of 3 attempts\. Nothing was applied/);
  });
  await expect(setup.apply(tenant, documentOf(), { expectedVersion: 1 })).resolves.toMatchObject({
    version: 2,
  });
});

test('a write that was prepared for the old registry is refused', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  await setup.apply(tenant, withField('airport', 'elevation', null));
  const writing = setup.dataPlane.write(tenant, 1, (transaction) => transaction.run([insert('TXL')]));
  await expect(writing).rejects.toThrow(SchemaChangedError);
  expect(await setup.rows('select 1 from formwork.records where tenant_id = $1', tenant)).toEqual([]);
});

test('the change of one tenant does not wait for the writers of another', async () => {
  const [one, two] = [await setup.tenant(), await setup.tenant()];
  await setup.apply(one, airline);
  await setup.apply(two, airline);
  await setup.dataPlane.write(one, 1, async (transaction) => {
    await transaction.run([insert('TXL')]);
    await expect(setup.apply(two, documentOf(), { lockAttempts: 1 })).resolves.toMatchObject({ version: 2 });
  });
});
