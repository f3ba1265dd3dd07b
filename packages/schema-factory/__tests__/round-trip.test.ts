import { connectDataPlane, type DataPlane } from '@formwork/pg';
import { createRecords, type OperationRecords } from '@formwork/records';
import {
  createTestDatabase,
  createTestTenant,
  linksUnderTest,
  type TestDatabase,
  type TestTenant,
} from '@formwork/testkit';
import { type GraphQLSchema, graphql } from 'graphql';
import { buildGraphqlSchema } from '../src/index.ts';
import { everyType } from './designs.ts';

/** The schema over real records on a real Postgres: what goes in through GraphQL comes out of it. */
let database: TestDatabase;
let dataPlane: DataPlane;
let tenant: TestTenant;
let schema: GraphQLSchema;

beforeAll(async () => {
  database = await createTestDatabase();
  dataPlane = connectDataPlane({ url: database.gatewayUrl, max: 2, budget: 60_000 });
  tenant = await createTestTenant(database, 'shop', everyType);
  schema = buildGraphqlSchema(tenant.registry);
});

afterAll(async () => {
  await dataPlane.close();
  await database.drop();
});

type Execute = Parameters<typeof createRecords>[0]['execute'];

function recordsOf(execute: Execute, mode: 'query' | 'mutation'): OperationRecords {
  const { registry, tenantId } = tenant;
  return createRecords({
    registry,
    tenantId,
    execute,
    mode,
    cursorSecret: 'secret',
    actor: 'key:test',
    links: linksUnderTest,
  });
}

async function run(source: string, variableValues: Record<string, unknown>, records: OperationRecords) {
  const result = await graphql({ schema, source, variableValues, contextValue: { records } });
  if (result.errors) throw new Error(result.errors.map((error) => error.message).join('\n'));
  return JSON.parse(JSON.stringify(result.data));
}

const query = (source: string, variables: Record<string, unknown> = {}) =>
  run(
    source,
    variables,
    recordsOf(async (statements) => (await dataPlane.read(tenant.tenantId, statements)).results, 'query'),
  );

const mutate = (source: string, variables: Record<string, unknown> = {}) =>
  dataPlane.write(tenant.tenantId, tenant.version, async (transaction) => {
    const records = recordsOf((statements) => transaction.run(statements), 'mutation');
    const data = await run(source, variables, records);
    await records.finishWrites();
    return data;
  });

const fields = `sku description price { amount currency } weight rating discount available availableFrom
  pickupAt deliveryTime webPage attributes`;

const values = {
  sku: 'A "quoted" \\ 🛫',
  description: 'two\nlines',
  price: { amount: '19.90', currency: 'EUR' },
  weight: '0.125',
  rating: 5,
  discount: 12.5,
  available: false,
  availableFrom: '2024-02-29',
  pickupAt: '09:30:00.25',
  deliveryTime: 'PT36H',
  webPage: 'https://example.org/a?b=c#d',
  attributes: { color: 'red', sizes: [1, 2.5, null, { deep: true }] },
};

test('every value comes out as it went in, by create, by key, by node and by a list', async () => {
  const source = `mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id version ${fields} } } }`;
  const { product } = (await mutate(source, { input: values })).createProduct;
  expect(product).toEqual({ id: product.id, version: 1, ...values });
  const found = await query(
    `query ($id: ID!, $sku: String!) {
      product(id: $id) { ${fields} }
      productBySku(sku: $sku) { ${fields} }
      node(id: $id) { __typename ... on Product { ${fields} } }
      products(where: { sku: { eq: $sku } }) { nodes { ${fields} } totalCount isExact }
    }`,
    { id: product.id, sku: values.sku },
  );
  expect(found).toEqual({
    product: values,
    productBySku: values,
    node: { __typename: 'Product', ...values },
    products: { nodes: [values], totalCount: 1, isExact: true },
  });
});

test('every value can be taken away again', async () => {
  const input = { ...values, sku: 'cleared' };
  const create = 'mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id } } }';
  const { id } = (await mutate(create, { input })).createProduct.product;
  const required = new Set(['sku', 'price', 'available']);
  const nulls = Object.fromEntries(Object.keys(values).map((name) => [name, null]));
  const optional = Object.fromEntries(Object.entries(nulls).filter(([name]) => !required.has(name)));
  const update = `mutation ($id: ID!, $input: UpdateProductInput!) {
    updateProduct(id: $id, input: $input, ifVersion: 1) { product { version ${fields} } } }`;
  expect((await mutate(update, { id, input: optional })).updateProduct.product).toEqual({
    ...nulls,
    version: 2,
    sku: 'cleared',
    price: values.price,
    available: false,
  });
});

describe('filters of every type', () => {
  beforeAll(() =>
    mutate('mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id } } }', {
      input: { ...values, sku: 'filtered' },
    }),
  );

  test.each([
    '{ price: { eq: { amount: 19.9, currency: "EUR" }, amount: { gt: "19.8" }, currency: { in: ["EUR"] } } }',
    '{ weight: { gt: 0.1249, lte: "0.125" } }',
    '{ rating: { in: [4, 5] }, discount: { gte: 12.5, lt: 13 } }',
    '{ available: { eq: false } }',
    '{ availableFrom: { gt: "2024-02-28", lt: "2024-03-01" } }',
    '{ pickupAt: { eq: "09:30:00.250" } }',
    '{ deliveryTime: { eq: "P1DT12H", gt: "PT35H" } }',
    '{ webPage: { startsWith: "https://", endsWithInsensitive: "#D" } }',
    '{ attributes: { contains: { color: "red" }, at: { path: ["sizes", "1"], number: { gt: 2 } } } }',
    '{ description: { containsInsensitive: "TWO" }, categories: { isNull: true, count: { eq: 0 } } }',
    '{ createdAt: { gt: "2020-01-01T00:00:00+01:00" }, version: { eq: 1 }, not: { rating: { isNull: true } } }',
  ])('find the record by %s', async (filter) => {
    const { products } = await query(
      `{ products(where: { and: [{ sku: { eq: "filtered" } }, ${filter}] }) { totalCount } }`,
    );
    expect(products.totalCount).toBe(1);
  });

  test('every field that the SDL lets sort by can be sorted by', async () => {
    const order = schema.getType('ProductOrder');
    const names = order && 'getFields' in order ? Object.keys(order.getFields()) : [];
    expect(names).toContain('price');
    const steps = names.flatMap((name) =>
      name === 'categories'
        ? ['count: ASC', 'min: { name: DESC }', 'max: { createdAt: ASC }'].map(
            (step) => `categories: { ${step} }`,
          )
        : [`${name}: DESC_NULLS_LAST`],
    );
    for (const step of steps) {
      const { products } = await query(`{ products(first: 1, orderBy: [{ ${step} }]) { nodes { id } } }`);
      expect(products.nodes).toHaveLength(1);
    }
  });
});

test('links are made by key and by id, and lead both ways', async () => {
  const { tree } = await mutate(
    `mutation { tree: createCategory(input: { name: "Books" }) { category { id } } }`,
  );
  const { id } = tree.category;
  const { createProduct } = await mutate(
    `mutation ($input: CreateProductInput!, $tree: ID!) {
      createCategory(input: { name: "Novels", parent: { id: $tree } }) { category { parent { name } } }
      createProduct(input: $input) { product { categories { nodes { name children { nodes { name } } } } } }
    }`,
    { tree: id, input: { ...values, sku: 'novel', categories: { add: [{ id }] } } },
  );
  expect(createProduct.product.categories.nodes).toEqual([
    { name: 'Books', children: { nodes: [{ name: 'Novels' }] } },
  ]);
  const { createOrder } = await mutate(
    'mutation { createOrder(input: { email: "a@example.org" }) { order { id number } } }',
  );
  const { createOrderItem } = await mutate(
    `mutation ($order: Int!) {
      createOrderItem(input: { order: { by: { number: $order } }, product: { by: { sku: "novel" } } }) {
        orderItem { quantity order { number items { totalCount } } product { sku } } } }`,
    { order: createOrder.order.number },
  );
  expect(createOrderItem.orderItem).toEqual({
    quantity: 1,
    order: { number: createOrder.order.number, items: { totalCount: 1 } },
    product: { sku: 'novel' },
  });
});
