import { orderEntity } from '../data/shop-document.ts';

/** Customers, orders and products with tags, indexed as a designer of a marketplace would. */
export const scaleDocument = {
  formwork: 1,
  entities: [
    {
      key: 'customer',
      plural: 'customers',
      fields: [{ key: 'name', type: 'text', required: true }],
    },
    { key: 'tag', plural: 'tags', fields: [{ key: 'name', type: 'text', required: true, unique: true }] },
    {
      key: 'product',
      plural: 'products',
      fields: [
        { key: 'title', type: 'text', required: true },
        { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'products', onDelete: 'restrict' } },
      ],
    },
    orderEntity(['pending', 'paid', 'shipped', 'refunded']),
  ],
};

/** One customer for so many orders. */
export const ordersOfCustomer = 10;
/** One tag for so many products; each product has one. */
export const productsOfTag = 50;
/** One order in so many is refunded. */
const refunded = 500;

const firstOrder = Date.UTC(2020, 0, 1);

export const placedAt = (index: number): string => new Date(firstOrder + index * 60_000).toISOString();

export const orderInput = (index: number, customers: readonly string[]) => ({
  customer: { id: customers[(index * 7919) % customers.length] },
  number: `ORD-${index}`,
  status: index % refunded === 0 ? 'REFUNDED' : (['PENDING', 'PAID', 'SHIPPED'][index % 3] ?? ''),
  total: ((1000 + (index % 5000) * 10) / 100).toFixed(2),
  note: `note ${index}`,
  placedAt: placedAt(index),
});

export const productInput = (index: number, tags: readonly string[]) => ({
  title: `Product ${index}`,
  tags: { add: [{ id: tags[(index * 7919) % tags.length] }] },
});
