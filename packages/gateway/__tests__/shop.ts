/** A tenant with links one behind another, both ways: customers, their orders, the items of those, products, tags. */
export const shop = {
  formwork: 1,
  entities: [
    {
      key: 'customer',
      plural: 'customers',
      fields: [
        { key: 'email', type: 'text', required: true, unique: true },
        { key: 'name', type: 'text', indexed: true },
      ],
    },
    {
      key: 'order',
      plural: 'orders',
      fields: [
        { key: 'number', type: 'integer', required: true, indexed: true, unique: true },
        { key: 'customer', type: 'link', options: { target: 'customer', inverse: 'orders' } },
      ],
    },
    {
      key: 'item',
      plural: 'items',
      fields: [
        { key: 'quantity', type: 'integer' },
        { key: 'weight', type: 'number' },
        { key: 'order', type: 'link', options: { target: 'order', inverse: 'items' } },
        { key: 'product', type: 'link', options: { target: 'product', inverse: 'sold' } },
      ],
    },
    {
      key: 'product',
      plural: 'products',
      fields: [
        { key: 'name', type: 'text' },
        { key: 'price', type: 'decimal' },
        { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'products' } },
      ],
    },
    { key: 'tag', plural: 'tags', fields: [{ key: 'word', type: 'text' }] },
  ],
};

/** Two customers, and two products with tags. */
export const shopRecords = `mutation {
  createCustomers(inputs: [{ email: "ann@example.com", name: "Ann" }, { email: "bob@example.com", name: "Bob" }]) {
    customers { id }
  }
  createProducts(inputs: [
    { name: "Pen", price: "1.20", tags: { add: [{ create: { word: "blue" } }, { create: { word: "new" } }] } },
    { name: "Ink", price: "3.05" }
  ]) { products { id } }
}`;

/** Two orders of each customer, and items of the last one over all products. */
export function shopOrders([ann, bob]: readonly string[], products: readonly string[]): string {
  const order = (number: number, customer: string | undefined) =>
    `o${number}: createOrder(input: { number: ${number}, customer: { id: "${customer}" } }) { order { id number } }`;
  const orders = [order(1, ann), order(2, ann), order(3, bob), order(4, bob)];
  // Two of them are together too heavy for a double.
  const items = [...products, ...products].map(
    (product, index) =>
      `{ quantity: ${index}, weight: 1e308, product: { id: "${product}" }, order: { by: { number: 4 } } }`,
  );
  return `mutation { ${orders.join(' ')} createItems(inputs: [${items.join(', ')}]) { items { id } } }`;
}
