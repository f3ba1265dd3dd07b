import { importRecords, type Values } from '@formwork/records';
import type { Registry } from '@formwork/registry';
import type { Home } from '../home.ts';
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

export interface ShopTenant {
  readonly id: string;
  readonly version: number;
  readonly registry: Registry;
}

/** Rows of one transaction. */
const chunk = 2_000;

/** Fills a tenant through the validation of the API, as an import would. */
export async function loadShop({ dataPlane }: Home, tenant: ShopTenant, size: ShopSize): Promise<void> {
  const { id, version, registry } = tenant;
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
  const customers = await insert('Customer', size.customers, customerRow);
  const products = await insert('Product', size.products, productRow);
  const orders = await insert('Order', size.orders, (index) => ({
    customer: { id: customers[customerOf(index, size)] },
    ...orderRow(index),
  }));
  await insert('OrderItem', size.orders * itemsOfOrder, (index) => {
    const order = Math.floor(index / itemsOfOrder);
    const line = 1 + (index % itemsOfOrder);
    return {
      order: { id: orders[order] },
      product: { id: products[productOf(order, line, size)] },
      ...itemRow(order, line),
    };
  });
}
