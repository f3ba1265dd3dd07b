import { createKey, createTenant } from '@formwork/directory';
import { withAdmin } from '@formwork/pg';
import { importRecords, type Values } from '@formwork/records';
import type { Registry } from '@formwork/registry';
import { applyRegistry } from '@formwork/registry-store';
import { type Home, openHome, removeHome } from '../home.ts';
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

/** Rows of one transaction. */
const chunk = 2_000;

/** Opens the home with a tenant of each size, which are made where they are missing or were interrupted. */
export async function openScale(sizes: readonly number[]): Promise<Scale> {
  const found = await openHome('scale');
  const wanted = JSON.stringify({ sizes, scaleDocument });
  if (found.recall('plan') === wanted) return withRegistry(found, found.recall('tenants') as ScaleTenant[]);
  await found.close();
  await removeHome('scale');
  const home = await openHome('scale');
  const tenants: ScaleTenant[] = [];
  for (const size of sizes) {
    tell(`Loading ${size} orders and as many products …`);
    tenants.push(await makeTenant(home, size));
  }
  await withAdmin(home.postgres.adminUrl, (admin) => admin.query('vacuum analyze'));
  await home.note('tenants', tenants);
  await home.note('plan', wanted);
  return withRegistry(home, tenants);
}

async function withRegistry(home: Home, tenants: readonly ScaleTenant[]): Promise<Scale> {
  const { registry } = await applyRegistry(home.control, tenants[0]?.id ?? '', scaleDocument, {
    appliedBy: 'bench',
  });
  return { home, tenants, registry };
}

/** A tenant with so many orders and as many products. */
export async function makeTenant({ control, dataPlane }: Home, size: number): Promise<ScaleTenant> {
  const { id } = await createTenant(control, { slug: `scale-${size}` });
  const { version, registry } = await applyRegistry(control, id, scaleDocument, { appliedBy: 'bench' });
  const { key } = await createKey(control, id, { role: 'editor' });
  const insert = async (typeName: string, count: number, input: (index: number) => Values) => {
    const ids: string[] = [];
    for (let start = 0; start < count; start += chunk) {
      const inputs = Array.from({ length: Math.min(chunk, count - start) }, (_, index) =>
        input(start + index),
      );
      const outcomes = await dataPlane.write(id, version, (transaction) =>
        importRecords(
          { registry, execute: transaction.run.bind(transaction), actor: 'bench' },
          typeName,
          inputs,
        ),
      );
      for (const outcome of outcomes) {
        if ('error' in outcome) throw outcome.error;
        ids.push(outcome.id);
      }
    }
    return ids;
  };
  const customers = await insert('Customer', Math.ceil(size / ordersOfCustomer), (index) => ({
    name: `Customer ${index}`,
  }));
  const tags = await insert('Tag', Math.ceil(size / productsOfTag), (index) => ({ name: `tag ${index}` }));
  await insert('Product', size, (index) => productInput(index, tags));
  await insert('Order', size, (index) => orderInput(index, customers));
  return { id, key, size };
}
