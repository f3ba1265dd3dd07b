import { withAdmin } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { insertRecords } from '../data/insert-records.ts';
import { makeTenant, registryOf } from '../data/make-tenant.ts';
import { openMade } from '../data/open-made.ts';
import type { Home } from '../home.ts';
import { tell } from '../tell.ts';
import {
  orderInput,
  ordersOfCustomer,
  productInput,
  productsOfTag,
  scaleDocument,
} from './scale-document.ts';

export interface ScaleTenant {
  readonly id: string;
  readonly key: string;
  /** Orders, and as many products. */
  readonly size: number;
}

export interface Scale {
  readonly home: Home;
  readonly tenants: readonly ScaleTenant[];
  readonly registry: Registry;
}

/** Opens the home with a tenant of each size, which are made where they are missing or were interrupted. */
export async function openScale(sizes: readonly number[]): Promise<Scale> {
  const { home, made } = await openMade('scale', { sizes, scaleDocument }, async (empty) => {
    const tenants: ScaleTenant[] = [];
    for (const size of sizes) {
      tell(`Loading ${size} orders and as many products …`);
      tenants.push(await makeScaleTenant(empty, size));
    }
    await withAdmin(empty.postgres.adminUrl, (admin) => admin.query('vacuum analyze'));
    return tenants;
  });
  return { home, tenants: made, registry: await registryOf(home, made[0]?.id ?? '', scaleDocument) };
}

/** A tenant with so many orders and as many products. */
export async function makeScaleTenant(home: Home, size: number): Promise<ScaleTenant> {
  const tenant = await makeTenant(home, `scale-${size}`, scaleDocument);
  const customers = await insertRecords(
    home,
    tenant,
    'Customer',
    Math.ceil(size / ordersOfCustomer),
    (index) => ({ name: `Customer ${index}` }),
  );
  const tags = await insertRecords(home, tenant, 'Tag', Math.ceil(size / productsOfTag), (index) => ({
    name: `tag ${index}`,
  }));
  await insertRecords(home, tenant, 'Product', size, (index) => productInput(index, tags));
  await insertRecords(home, tenant, 'Order', size, (index) => orderInput(index, customers));
  return { id: tenant.id, key: tenant.key, size };
}
