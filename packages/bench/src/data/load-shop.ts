import type { Home } from '../home.ts';
import { insertRecords } from './insert-records.ts';
import type { MadeTenant } from './make-tenant.ts';
import {
  customerOf,
  customerRow,
  itemRow,
  itemsOfOrder,
  orderRow,
  productOf,
  productRow,
  type ShopSize,
} from './shop-rows.ts';

/** Fills a tenant with a shop of that size. */
export async function loadShop(home: Home, tenant: MadeTenant, size: ShopSize): Promise<void> {
  const customers = await insertRecords(home, tenant, 'Customer', size.customers, customerRow);
  const products = await insertRecords(home, tenant, 'Product', size.products, productRow);
  const orders = await insertRecords(home, tenant, 'Order', size.orders, (index) => ({
    customer: { id: customers[customerOf(index, size)] },
    ...orderRow(index),
  }));
  await insertRecords(home, tenant, 'OrderItem', size.orders * itemsOfOrder, (index) => {
    const order = Math.floor(index / itemsOfOrder);
    const line = 1 + (index % itemsOfOrder);
    return {
      order: { id: orders[order] },
      product: { id: products[productOf(order, line, size)] },
      ...itemRow(order, line),
    };
  });
}
