import { insertRecords } from '../data/insert-records.ts';
import { makeTenant } from '../data/make-tenant.ts';
import { openMade } from '../data/open-made.ts';
import type { Home } from '../home.ts';
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
  const { home, made: tenants } = await openMade('tenants', { count, shapes }, (empty) =>
    makeTenants(empty, count, shapes),
  );
  return { home, tenants };
}

async function makeTenants(home: Home, count: number, shapes: number): Promise<readonly BenchTenant[]> {
  const started = performance.now();
  const tenants: BenchTenant[] = [];
  for (let index = 0; index < count; index += 1) {
    if (index % 100 === 0) tell(`${index} of ${count} tenants`);
    tenants.push(await makeShapedTenant(home, `tenant-${index}`, shapeOf(index, shapes)));
  }
  tell(`Made in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
  return tenants;
}

async function makeShapedTenant(home: Home, slug: string, shape: number): Promise<BenchTenant> {
  const tenant = await makeTenant(home, slug, shapeDocument(shape), 'admin');
  const { entities } = tenant.registry;
  const typeName = entities.find(({ key }) => key === keyOf(shape, 1))?.names.type;
  if (typeName === undefined) throw new Error('The shape lacks an entity');
  await insertRecords(home, tenant, typeName, 3, (index) => ({ name: `Record ${index}`, amount: '1.50' }));
  return { id: tenant.id, key: tenant.key, shape };
}
