import type { Values } from '@formwork/records';
import { insertRecords, type LoadContext } from './load-context.ts';
import { insertOrders } from './marketplace-orders.ts';
import { range, toAmount } from './marketplace-values.ts';
import {
  accountNames,
  adjectives,
  categories,
  colors,
  countries,
  firstNames,
  lastNames,
  materials,
  tags,
} from './marketplace-words.ts';
import { createRandom, type Random } from './random.ts';

const sizes = { users: 320, products: 420 };
const day = 86_400_000;

/** A market with sellers, buyers, a category tree, products with tags, and orders: the same for everybody. */
export async function loadMarketplace(context: LoadContext): Promise<void> {
  const random = createRandom(20_261_121);
  const accounts = await insertRecords(
    context,
    'Account',
    accountNames.map((name) => account(random, name)),
  );
  const users = await insertRecords(
    context,
    'User',
    range(sizes.users).map((index) => user(random, accounts, index)),
  );
  const tagIds = await insertRecords(
    context,
    'Tag',
    tags.map((name) => ({ name })),
  );
  const leaves = await insertCategories(context);
  const sold = range(sizes.products).map((index) => product(random, { accounts, tagIds, leaves }, index));
  const products = await insertRecords(
    context,
    'Product',
    sold.map(({ input }) => input),
  );
  const byAccount = new Map(
    accounts.map((id) => [id, products.filter((_, index) => sold[index]?.account === id)] as const),
  );
  await insertOrders(context, random, { accounts, users, byAccount });
}

function account(random: Random, name: string): Values {
  const slug = name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z]+/g, '-');
  return {
    slug,
    name,
    website: `https://${slug}.example.com`,
    country: random.pick(countries),
    active: random.chance(0.9),
  };
}

function user(random: Random, accounts: readonly string[], index: number): Values {
  const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
  const local = `${first}.${last}`
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase();
  return {
    email: `${local}.${index + 1}@example.com`,
    name: `${first} ${last}`,
    ...(random.chance(0.2) ? { account: { id: random.pick(accounts) } } : {}),
    ...(random.chance(0.8) ? { bornOn: toDate(Date.UTC(1950, 0, 1) + random.integer(0, 20_000) * day) } : {}),
    ...(random.chance(0.5)
      ? { preferences: { newsletter: random.chance(0.4), language: random.pick(['de', 'en', 'fr']) } }
      : {}),
  };
}

interface Leaf {
  readonly id: string;
  readonly goods: readonly string[];
}

/** The tree from its roots down; gives the categories that products are in. */
async function insertCategories(context: LoadContext): Promise<readonly Leaf[]> {
  const roots = Object.keys(categories);
  const rootIds = await insertRecords(
    context,
    'Category',
    roots.map((name, position) => ({ name, position })),
  );
  const branches = roots.flatMap((root, at) =>
    Object.entries(categories[root] ?? {}).map(([name, goods], position) => ({
      name,
      goods,
      position,
      parent: rootIds[at],
    })),
  );
  const ids = await insertRecords(
    context,
    'Category',
    branches.map(({ name, position, parent }) => ({ name, position, parent: { id: parent } })),
  );
  return branches.map(({ goods }, index) => ({ id: ids[index] ?? '', goods }));
}

interface ProductPlaces {
  readonly accounts: readonly string[];
  readonly tagIds: readonly string[];
  readonly leaves: readonly Leaf[];
}

function product(random: Random, { accounts, tagIds, leaves }: ProductPlaces, index: number) {
  const seller = random.pick(accounts);
  const leaf = random.pick(leaves);
  const name = `${random.pick(adjectives)} ${random.pick(leaf.goods).toLowerCase()}`;
  const cents = random.integer(4, 400) * 100 - random.pick([1, 5, 10, 100]);
  const input: Values = {
    account: { id: seller },
    sku: `P-${String(index + 1).padStart(4, '0')}`,
    name,
    description: `${name}, ${random.pick(['made to last', 'simple and sturdy', 'packed without plastic', 'easy to repair'])}.`,
    price: toAmount(cents),
    recommendedPrice: {
      amount: toAmount(Math.round(cents * 1.15)),
      currency: random.pick(['EUR', 'GBP', 'USD']),
    },
    stock: random.integer(0, 250),
    channels: random.sample(['web', 'store', 'wholesale'], random.integer(1, 3)),
    category: { id: leaf.id },
    tags: { add: random.sample(tagIds, random.integer(0, 4)).map((id) => ({ id })) },
    attributes: {
      color: random.pick(colors),
      material: random.pick(materials),
      weight_grams: random.integer(5, 400) * 10,
    },
  };
  return { account: seller, input };
}

function toDate(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
