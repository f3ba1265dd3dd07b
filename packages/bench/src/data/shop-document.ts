/**
 * The shop that is measured: customers, products, orders and their items, indexed as a designer would. The native
 * tables in `native-tables.ts` say the same in SQL.
 */
export const shopDocument = {
  formwork: 1,
  entities: [
    {
      key: 'customer',
      plural: 'customers',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'email', type: 'email' },
        { key: 'city', type: 'text', indexed: true },
      ],
    },
    {
      key: 'product',
      plural: 'products',
      searchable: ['title'],
      fields: [
        { key: 'sku', type: 'text', required: true, unique: true },
        { key: 'title', type: 'text', required: true },
        { key: 'price', type: 'decimal', required: true, options: { scale: 2 } },
        { key: 'stock', type: 'integer' },
      ],
    },
    orderEntity(['pending', 'paid', 'shipped', 'delivered', 'refunded']),
    {
      key: 'order_item',
      plural: 'order_items',
      fields: [
        {
          key: 'order',
          type: 'link',
          required: true,
          options: { target: 'order', inverse: 'items', onDelete: 'cascade' },
        },
        {
          key: 'product',
          type: 'link',
          required: true,
          options: { target: 'product', inverse: 'sold', onDelete: 'restrict' },
        },
        { key: 'quantity', type: 'integer', required: true },
        { key: 'unit_price', type: 'decimal', required: true, options: { scale: 2 } },
        { key: 'line', type: 'integer' },
      ],
    },
  ],
};

/** Orders of customers, in these states. */
export function orderEntity(states: readonly string[]) {
  return {
    key: 'order',
    plural: 'orders',
    fields: [
      {
        key: 'customer',
        type: 'link',
        required: true,
        options: { target: 'customer', inverse: 'orders', onDelete: 'restrict' },
      },
      { key: 'number', type: 'text', required: true },
      {
        key: 'status',
        type: 'select',
        required: true,
        indexed: true,
        options: { choices: states.map((key) => ({ key })) },
      },
      { key: 'total', type: 'decimal', required: true, options: { scale: 2 } },
      { key: 'note', type: 'text' },
      { key: 'placed_at', type: 'datetime', required: true, indexed: true },
    ],
  };
}
