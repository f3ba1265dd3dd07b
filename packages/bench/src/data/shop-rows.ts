/** How much a tenant has. */
export interface ShopSize {
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
}

/** Each order has this many items. */
export const itemsOfOrder = 3;

const cities = ['Berlin', 'Paris', 'Oslo', 'Rome', 'Lima'];
const nouns = ['lamp', 'chair', 'table', 'shelf', 'mirror', 'carpet', 'curtain', 'clock', 'vase', 'desk'];
const looks = ['red', 'green', 'walnut', 'oak', 'steel', 'brass', 'glass', 'linen', 'ivory', 'slate', 'teal'];

/** Row `index` of each table, always the same: nothing here is left to chance. */
export const customerRow = (index: number) => ({
  name: `Customer ${index}`,
  email: `c${index}@example.com`,
  city: cities[index % cities.length],
});

export const productRow = (index: number) => ({
  sku: `SKU-${index}`,
  title: `${looks[index % looks.length]} ${nouns[index % nouns.length]} number ${index}`,
  price: cents(500 + (index % 1000) * 10),
  stock: (index * 7) % 100,
});

export const orderRow = (index: number) => ({
  number: `ORD-${index}`,
  status: statusOf(index),
  total: cents((index % 5000) * 10 + 1000),
  note: `note for order ${index}`,
  placedAt: new Date(firstOrder + index * 420_000 + ((index * 7919) % 1000) * 1000).toISOString(),
});

export const itemRow = (order: number, line: number) => ({
  quantity: 1 + ((order + line) % 5),
  unitPrice: cents(500 + (order % 1000) * 10),
  line,
});

/** Which customer placed an order: scattered, about ten orders each. */
export const customerOf = (order: number, { customers }: ShopSize): number => (order * 7919) % customers;

export const productOf = (order: number, line: number, { products }: ShopSize): number =>
  (order * 31 + line * 17) % products;

const firstOrder = Date.UTC(2024, 5, 1);

/** One in fifty is refunded: of 100,000 orders 2,000. */
function statusOf(index: number): string {
  const place = index % 50;
  if (place === 0) return 'refunded';
  if (place < 10) return 'pending';
  if (place < 20) return 'paid';
  return place < 35 ? 'shipped' : 'delivered';
}

const cents = (amount: number): string => (amount / 100).toFixed(2);
