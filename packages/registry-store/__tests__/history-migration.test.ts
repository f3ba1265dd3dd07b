import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyChange } from '@formwork/registry-store';
import { airline } from './airline.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

const migration = (way: 'do' | 'undo') =>
  readFileSync(join(import.meta.dirname, `../../../sql/012.${way}.registry_history.sql`), 'utf8');

test('the migration notes for the version that each tenant is on where its data lies, and for no other', async () => {
  const [renamed, plain] = [await setup.tenant(), await setup.tenant()];
  for (const tenantId of [renamed, plain]) await setup.apply(tenantId, airline);
  await applyChange(
    setup.control,
    renamed,
    {
      changes: [
        { renameField: { entity: 'airport', field: 'city', to: 'town' } },
        { renameEntity: { entity: 'airport', to: 'airfield' } },
      ],
    },
    { appliedBy: 'test' },
  );
  const kept = () =>
    setup.rows(
      'select tenant_id, version, storage from formwork.registry_versions order by tenant_id, version',
    );
  const before = await kept();
  await setup.rows(migration('undo'));
  await setup.rows(migration('do'));
  const after = await kept();
  expect(after).toEqual([
    { ...before[0], storage: null },
    {
      ...before[1],
      storage: { entities: { airfield: 'airport' }, fields: { airfield: { town: 'city' } } },
    },
    { ...before[2], storage: { entities: {}, fields: {} } },
  ]);
  expect(after.slice(1)).toEqual(before.slice(1));
  expect(
    await setup.rows(
      `select relname from pg_class join pg_namespace n on n.oid = relnamespace where nspname = 'formwork'
       and relname in ('registry_versions', 'entity_types', 'fields') and not relforcerowsecurity`,
    ),
  ).toEqual([]);
});
