import type { Home } from '../home.ts';
import { tell } from '../tell.ts';
import { loadShop } from './load-shop.ts';
import { type MadeTenant, makeTenant, registryOf } from './make-tenant.ts';
import { makeNativeTables } from './native-tables.ts';
import { openMade } from './open-made.ts';
import { shopDocument } from './shop-document.ts';
import type { ShopSize } from './shop-rows.ts';

export interface Shop {
  readonly home: Home;
  /** The first one is the large one. */
  readonly tenants: readonly MadeTenant[];
}

interface ShopPlan {
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
  const { home, made } = await openMade(name, { plan, shopDocument }, async (empty) => {
    const tenants = await makeTenants(empty, plan);
    return tenants.map(({ id, version, key }) => ({ id, version, key }));
  });
  const registry = await registryOf(home, made[0]?.id ?? '', shopDocument);
  return { home, tenants: made.map((tenant) => ({ ...tenant, registry })) };
}

async function makeTenants(home: Home, { large, small, smallTenants }: ShopPlan): Promise<Shop['tenants']> {
  const started = performance.now();
  tell(`Loading ${large.orders} orders, and ${smallTenants} small tenants …`);
  const first = await makeTenant(home, 'shop-0', shopDocument);
  const others: MadeTenant[] = [];
  for (let index = 1; index <= smallTenants; index += 1)
    others.push(await makeTenant(home, `shop-${index}`, shopDocument));
  const loadOthers = async () => {
    for (const tenant of others) await loadShop(home, tenant, small);
  };
  await Promise.all([loadShop(home, first, large), loadOthers()]);
  await makeNativeTables(home, first.registry);
  tell(`Loaded in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
  return [first, ...others];
}
