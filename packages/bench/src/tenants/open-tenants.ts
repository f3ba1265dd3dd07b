import { createKey, createTenant } from '@formwork/directory';
import { importRecords } from '@formwork/records';
import { applyRegistry } from '@formwork/registry-store';
import { type Home, openHome, removeHome } from '../home.ts';
import { tell } from '../tell.ts';
import { keyOf, shapeDocument, shapeOf } from './shapes.ts';

export interface ManyTenants {
  readonly home: Home;
  readonly tenants: readonly BenchTenant[];
}

export interface BenchTenant {
  readonly id: string;
  readonly key: string;
  readonly shape: number;
}

/** Opens the home with so many tenants in it, which are made where they are missing or were interrupted. */
export async function openTenants(count: number, shapes: number): Promise<ManyTenants> {
  const found = await openHome('tenants');
  const wanted = JSON.stringify({ count, shapes });
  if (found.recall('plan') === wanted)
    return { home: found, tenants: found.recall('tenants') as BenchTenant[] };
  await found.close();
  await removeHome('tenants');
  const home = await openHome('tenants');
  const started = performance.now();
  const tenants: BenchTenant[] = [];
  for (let index = 0; index < count; index += 1) {
    if (index % 100 === 0) tell(`${index} of ${count} tenants`);
    tenants.push(await makeTenant(home, index, shapeOf(index, shapes)));
  }
  tell(`Made in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
  await home.note('tenants', tenants);
  await home.note('plan', wanted);
  return { home, tenants };
}

async function makeTenant({ control, dataPlane }: Home, index: number, shape: number): Promise<BenchTenant> {
  const { id } = await createTenant(control, { slug: `tenant-${index}` });
  const { version, registry } = await applyRegistry(control, id, shapeDocument(shape), {
    appliedBy: 'bench',
  });
  const { key } = await createKey(control, id, { role: 'admin' });
  const typeName = registry.entities.find((entity) => entity.key === keyOf(shape, 1))?.names.type;
  if (typeName === undefined) throw new Error('The shape lacks an entity');
  const inputs = Array.from({ length: 3 }, (_, number) => ({ name: `Record ${number}`, amount: '1.50' }));
  await dataPlane.write(id, version, (transaction) =>
    importRecords({ registry, execute: transaction.run.bind(transaction), actor: 'bench' }, typeName, inputs),
  );
  return { id, key, shape };
}
