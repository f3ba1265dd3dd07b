import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { messagesOf } from './messages-of.ts';
import { shop, shopOrders, shopRecords } from './shop.ts';

const ways = ['planned', 'nested', 'loaders'] as const;

let harness: Harness;
let tenant: TestTenant;
let gateways: Record<(typeof ways)[number], TestGateway>;
let variables: Record<string, string>;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('shop', shop);
  gateways = {
    planned: await harness.gateway({ links: 'nested' }),
    nested: await harness.gateway({ links: 'nested', queries: 'executed' }),
    loaders: await harness.gateway({ links: 'loaders' }),
  };
  variables = await fill(gateways.nested, tenant.keys.editor);
  // Each has read the registry before statements are counted.
  for (const way of ways) dataOf(await gateways[way].ask(tenant.keys.editor, '{ orders { totalCount } }'));
});

afterAll(() => harness.close());

type Rows = readonly { readonly id: string }[];

async function fill(gateway: TestGateway, key: string): Promise<Record<string, string>> {
  const { createCustomers, createProducts } = dataOf(await gateway.ask(key, shopRecords)) as {
    createCustomers: { customers: Rows };
    createProducts: { products: Rows };
  };
  const idsOf = (rows: Rows) => rows.map(({ id }) => id);
  const customers = idsOf(createCustomers.customers);
  dataOf(await gateway.ask(key, shopOrders(customers, idsOf(createProducts.products))));
  const { orders } = dataOf(
    await gateway.ask(key, '{ orders(orderBy: [{ number: DESC }]) { nodes { id } } }'),
  ) as {
    orders: { nodes: Rows };
  };
  const [order = '', other = '', nested = '', loaders = ''] = idsOf(orders.nodes);
  return { customer: customers[0] ?? '', order, other, planned: other, nested, loaders };
}

function run(gateway: TestGateway, query: string, given: object = variables, key = tenant.keys.editor) {
  return messagesOf(gateway, () => gateway.ask(key, query, given));
}

/** Statements and round trips, in one statement and by loaders. */
type Cost = readonly [statements: number, roundTrips: number];

const reads: readonly (readonly [name: string, query: string, nested: Cost, loaders: Cost])[] = [
  ['a record by its id', 'query ($order: ID!) { order(id: $order) { number } }', [1, 1], [1, 1]],
  ['a record by a unique key', '{ customerByEmail(email: "ann@example.com") { name } }', [1, 1], [1, 1]],
  [
    'two records by id',
    'query ($order: ID!, $other: ID!) { a: order(id: $order) { number } b: order(id: $other) { id } }',
    [1, 1],
    [1, 1],
  ],
  [
    'a list',
    '{ orders(first: 2, orderBy: [{ number: DESC }]) { nodes { number } pageInfo { hasNextPage } } }',
    [1, 1],
    [1, 1],
  ],
  ['a list and its count', '{ orders(first: 2) { nodes { number } totalCount } }', [2, 1], [2, 1]],
  ['a count alone', '{ orders { totalCount } }', [1, 1], [1, 1]],
  ['a link to one', '{ orders { nodes { customer { name } } } }', [1, 1], [2, 2]],
  [
    'links to one, three levels',
    '{ items { nodes { order { customer { name } } product { name } } } }',
    [1, 1],
    [4, 3],
  ],
  [
    'links to many, three levels',
    '{ customers { nodes { orders(first: 5) { nodes { items { nodes { product { tags(first: 3) { nodes { word } } } } } } } } } }',
    [1, 1],
    [5, 5],
  ],
  [
    'a nested list with its count and page',
    '{ customers { nodes { orders(first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { number } } } } } }',
    [1, 1],
    [3, 2],
  ],
  [
    'one list under two names',
    '{ customers { nodes { a: orders(first: 1) { nodes { number } } b: orders(last: 1) { nodes { number } } } } }',
    [1, 1],
    [3, 2],
  ],
  [
    'links of a record by id',
    'query ($order: ID!) { order(id: $order) { customer { name } items { nodes { product { name } } } } }',
    [1, 1],
    [4, 3],
  ],
  [
    'links of a record by key',
    '{ customerByEmail(email: "ann@example.com") { orders { nodes { number } } } }',
    [1, 1],
    [2, 2],
  ],
  [
    'an aggregate',
    '{ ordersAggregate(groupBy: [{ customer: { name: true } }]) { keys count } }',
    [1, 1],
    [1, 1],
  ],
  [
    'an aggregate under each record',
    '{ customers { nodes { ordersAggregate(where: { number: { gt: 1 } }) { count max { number } } } } }',
    [1, 1],
    [2, 2],
  ],
  ['a node', 'query ($order: ID!) { node(id: $order) { ... on Order { number } } }', [2, 2], [2, 2]],
  [
    'a node with links',
    'query ($order: ID!) { node(id: $order) { ... on Order { customer { name } items { totalCount } } } }',
    [2, 2],
    [4, 3],
  ],
  [
    'nodes of two types',
    'query ($order: ID!, $other: ID!, $customer: ID!) { nodes(ids: [$order, $other, $customer]) { ... on Order { number } ... on Customer { name } } }',
    [3, 2],
    [3, 2],
  ],
  [
    'several root fields',
    '{ orders { nodes { customer { name } } } customers { nodes { orders { totalCount } } } }',
    [2, 1],
    [4, 2],
  ],
];

test.each(reads)('takes few statements for %s', async (_name, query, nested, loaders) => {
  // What is planned is what would be sent otherwise.
  const expected = { planned: nested, nested, loaders };
  const answers = [];
  for (const way of ways) {
    const { answer, messages } = await run(gateways[way], query);
    expect([way, messages.flat().length, messages.length]).toEqual([way, ...expected[way]]);
    answers.push(dataOf(answer));
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

/** Planned, in one message that commits itself; step by step, in two and more. */
const writes: readonly (readonly [name: string, query: string, planned: number, others: number])[] = [
  [
    'create',
    'mutation { createCustomer(input: { email: "%@example.com", name: "Cid" }) { customer { id name } } }',
    2,
    3,
  ],
  [
    'update',
    'mutation ($customer: ID!) { updateCustomer(id: $customer, input: { name: "%" }) { customer { name } } }',
    2,
    3,
  ],
  [
    'a mutation whose payload has links',
    'mutation ($order: ID!) { updateOrder(id: $order, input: { number: 7 }) { order { customer { name } items { nodes { product { name } } } } } }',
    7,
    7,
  ],
  ['delete', 'mutation ($%: ID!) { deleteOrder(id: $%) { id } }', 1, 3],
];

test.each(writes)('takes few statements for %s', async (_name, query, planned, others) => {
  const sent = [];
  for (const way of ways) {
    const { answer, messages } = await run(gateways[way], query.replaceAll('%', way));
    expect(answer.errors?.[0]?.message ?? '').toBe('');
    // How statements are planned is set beside them, and costs nothing.
    sent.push(messages.flat().filter((text) => !text.includes('plan_cache_mode')));
  }
  expect(sent.map(({ length }) => length)).toEqual([planned, others, others]);
});

test('leaves to the loaders what could be too much for one statement', async () => {
  const query = `{ customers(first: 1000) { nodes { orders(first: 1000) { nodes { items { totalCount } } } } } }`;
  for (const way of ['planned', 'nested'] as const) {
    const { messages } = await run(gateways[way], query);
    expect([way, ...messages.map(({ length }) => length)]).toEqual([way, 1, 1]);
  }
});

test.each([
  ['a negative page', 'orders(first: -1) { nodes { number } }'],
  ['a page over the limit', 'orders(first: 1001) { totalCount }'],
  ['a page from both ends', 'orders(first: 1, last: 1) { totalCount }'],
  ['a cursor of no list', 'orders(after: "bm90IG9uZQ") { nodes { number } }'],
  ['a filter that is null', 'orders(where: null) { nodes { number } }'],
  ['an empty filter', 'orders(where: { number: {} }) { nodes { number } }'],
  ['a cap below nothing', 'orders { totalCount(mode: CAPPED, cap: -1) }'],
  [
    'groups of an unknown time zone',
    'ordersAggregate(groupBy: [{ createdAt: { part: DAY, timeZone: "x" } }]) { count }',
  ],
  ['a page two levels down', 'orders { nodes { number items(first: -1) { totalCount } customer { name } } }'],
  [
    'a sum beyond all numbers',
    'orders { nodes { number itemsAggregate { sum { weight } } customer { name } } }',
  ],
])('%s behind a link is the same error in all ways, at the same place', async (_name, refused) => {
  const query = `{ customers(orderBy: [{ email: ASC }], first: 2) { nodes { email ${refused} } } tags { totalCount } }`;
  const planned = await run(gateways.planned, query);
  const [nested, loaders] = [await run(gateways.nested, query), await run(gateways.loaders, query)];
  expect(codesOf(nested.answer)[0]).toMatch(/^(BAD_USER_INPUT|LIMIT_EXCEEDED)$/);
  expect(nested.answer).toEqual(loaders.answer);
  expect(planned.answer).toEqual(loaders.answer);
});

const operation = `query ($n: Int, $min: Int, $name: String, $mail: String!, $price: Decimal) {
    customers(first: $n, where: { name: { ne: $name } }, orderBy: [{ name: ASC }]) {
      nodes { orders(first: $n, where: { number: { gt: $min } }) { totalCount nodes { items(last: $n) { nodes { product { name } } } } } }
      totalCount
    }
    products(where: { price: { gte: $price } }) { nodes { tags(first: $n) { nodes { word } } } }
    customerByEmail(email: $mail) { ordersAggregate(where: { number: { gt: $min } }) { count } }
  }`;

test.each(ways)(
  'the SQL is the same for other values and for another tenant of the shape (%s)',
  async (way) => {
    const other = await harness.tenant(`other-${way}`, shop);
    await fill(gateways[way], other.keys.editor);
    const textsOf = async (key: string, given: object) => {
      const { answer, messages } = await run(gateways[way], operation, given, key);
      dataOf(answer);
      return [...new Set(messages.flat())].sort();
    };
    const { editor } = tenant.keys;
    const one = await textsOf(editor, { n: 3, min: 0, name: 'x', mail: 'ann@example.com', price: '1' });
    expect(one.length).toBeGreaterThan(3);
    expect(
      await textsOf(editor, { n: 5, min: 1, name: "o'ther", mail: 'bob@example.com', price: '0.125' }),
    ).toEqual(one);
    expect(
      await textsOf(other.keys.editor, { n: 4, min: 2, name: 'Zed', mail: 'ann@example.com', price: 2 }),
    ).toEqual(one);
  },
);

test.each(ways)('reads no column that is not selected (%s)', async (way) => {
  const query = '{ items { nodes { product { name } } } }';
  const { messages } = await run(gateways[way], query);
  const columns = messages
    .flat()
    .flatMap((text) => text.match(/"(?:name|price|quantity|order|product)"/g) ?? []);
  expect([...new Set(columns)].sort()).toEqual(['"name"', '"product"']);
});
