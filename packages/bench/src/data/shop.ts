import { createKey, createTenant } from '@formwork/directory';
import { applyRegistry } from '@formwork/registry-store';
import { type Home, openHome, removeHome } from '../home.ts';
import { tell } from '../tell.ts';
import { loadShop, type ShopTenant } from './load-shop.ts';
import { makeNativeTables } from './native-tables.ts';
import { shopDocument } from './shop-document.ts';
import type { ShopSize } from './shop-rows.ts';

export interface Shop {
  readonly home: Home;
  /** The first one is the large one. */
  readonly tenants: readonly (ShopTenant & { readonly key: string })[];
}

export interface ShopPlan {
  readonly large: ShopSize;
  readonly small: ShopSize;
  readonly smallTenants: number;
}

export const fullShop: ShopPlan = {
  large: { customers: 10_000, products: 2_000, orders: 100_000 },
  small: { customers: 20, products: 20, orders: 50 },
  smallTenants: 500,
};

export const quickShop: ShopPlan = {
  large: { customers: 2_000, products: 500, orders: 20_000 },
  small: { customers: 20, products: 20, orders: 50 },
  smallTenants: 20,
};

/** Opens the home of that name with the plan's data in it, which is made where it is missing or was interrupted. */
export async function openShop(name: string, plan: ShopPlan): Promise<Shop> {
  const found = await openHome(name);
  const wanted = JSON.stringify({ plan, shopDocument });
  if (found.recall('shop') === wanted) return { home: found, tenants: await readTenants(found) };
  await found.close();
  await removeHome(name);
  const home = await openHome(name);
  const tenants = await makeTenants(home, plan);
  await home.note(
    'tenants',
    tenants.map(({ id, version, key }) => ({ id, version, key })),
  );
  await home.note('shop', wanted);
  return { home, tenants };
}

async function makeTenants(home: Home, { large, small, smallTenants }: ShopPlan): Promise<Shop['tenants']> {
  const started = performance.now();
  tell(`Loading ${large.orders} orders, and ${smallTenants} small tenants …`);
  const tenants: Shop['tenants'][number][] = [];
  for (let index = 0; index <= smallTenants; index += 1) tenants.push(await makeTenant(home, index));
  const [first, ...others] = tenants;
  if (first === undefined) throw new Error('There is no tenant');
  const loadOthers = async () => {
    for (const tenant of others) await loadShop(home, tenant, small);
  };
  await Promise.all([loadShop(home, first, large), loadOthers()]);
  await makeNativeTables(home, first.registry);
  tell(`Loaded in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
  return tenants;
}

async function makeTenant({ control }: Home, index: number): Promise<Shop['tenants'][number]> {
  const { id } = await createTenant(control, { slug: `shop-${index}` });
  const { version, registry } = await applyRegistry(control, id, shopDocument, { appliedBy: 'bench' });
  const { key } = await createKey(control, id, { role: 'editor' });
  return { id, version, registry, key };
}

async function readTenants(home: Home): Promise<Shop['tenants']> {
  const noted = home.recall('tenants') as { id: string; version: number; key: string }[];
  const { registry } = await applyRegistry(home.control, noted[0]?.id ?? '', shopDocument, {
    appliedBy: 'bench',
  });
  return noted.map((tenant) => ({ ...tenant, registry }));
}
