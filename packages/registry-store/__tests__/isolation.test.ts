import type { Row } from '@formwork/pg';
import { exportRegistry } from '@formwork/registry-store';
import { airline } from './airline.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;
let mine: string;
let theirs: string;

const tables = ['entity_types', 'fields', 'unique_keys', 'registry_versions', 'entity_storage', 'link_rules'];
const secret = documentOf({
  key: 'secret',
  fields: [
    { key: 'plan', type: 'text', unique: true },
    { key: 'next', type: 'link', options: { target: 'secret', inverse: null } },
  ],
});

beforeAll(async () => {
  setup = await setUp();
  mine = await setup.tenant('mine');
  theirs = await setup.tenant('theirs');
  await setup.apply(mine, airline);
  await setup.apply(theirs, secret);
});

afterAll(() => setup.close());

test.each(tables)('hides rows of %s from other tenants, on both planes', async (table) => {
  const text = `select count(*)::int, count(*) filter (where tenant_id = '${theirs}')::int from formwork.${table}`;
  const { results } = await setup.dataPlane.read(mine, [{ text, values: [] }]);
  const [all, foreign] = (results[0] as Row[])[0] ?? [];
  expect([Number(all) > 0, Number(foreign)]).toEqual([true, 0]);
  const designer = await setup.control.withTenant(mine, (sql) =>
    sql.unsafe(`select from formwork.${table} where tenant_id = '${theirs}'`),
  );
  expect(designer.count).toBe(0);
  // The rows are there.
  expect(
    await setup.rows(`select 1 from formwork.${table} where tenant_id = $1 limit 1`, theirs),
  ).toHaveLength(1);
});

test.each(tables)('lets no tenant write rows of %s for another', async (table) => {
  const update = setup.control.withTenant(mine, (sql) =>
    sql.unsafe(`update formwork.${table} set tenant_id = '${theirs}'`),
  );
  // The history cannot be changed at all; elsewhere the policy refuses.
  await expect(update).rejects.toMatchObject({ sqlstate: '42501' });
});

test('gives the registry tables to the gateway for reading alone', async () => {
  for (const table of tables) {
    const { results } = await setup.dataPlane.read(mine, [
      { text: `delete from formwork.${table}`, values: [] },
    ]);
    expect(results).toEqual([expect.objectContaining({ sqlstate: '42501' })]);
  }
});

test('reads the registry of the tenant that is set', async () => {
  const keysOf = async (tenant: string) => (await setup.registry(tenant))?.entities.map(({ key }) => key);
  expect(await keysOf(mine)).toEqual(['airport', 'flight']);
  expect(await keysOf(theirs)).toEqual(['secret']);
  expect((await exportRegistry(setup.control, mine)).entities.map(({ key }) => key)).toEqual([
    'airport',
    'flight',
  ]);
});

test('leaves the registry of one tenant alone when another empties its own', async () => {
  await setup.apply(mine, documentOf());
  expect((await exportRegistry(setup.control, theirs)).entities).toHaveLength(1);
  expect(await setup.rows('select released_at from formwork.view_uses where tenant = $1', theirs)).toEqual([
    { released_at: null },
  ]);
});
