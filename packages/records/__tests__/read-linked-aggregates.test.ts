import type { RegistryDocument } from '@formwork/registry';
import type { ConnectionArguments, Values } from '../src/contract.ts';
import { createReadHarness, errorOf, everything, idOf, idsOf, type ReadHarness } from './read-harness.ts';

/** Customers are filtered and sorted by what their orders are together. */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'customer',
      plural: 'customers',
      fields: [
        { key: 'name', type: 'text' },
        { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'customers' } },
      ],
    },
    { key: 'tag', plural: 'tags', fields: [{ key: 'weight', type: 'number' }] },
    {
      key: 'order',
      plural: 'orders',
      fields: [
        { key: 'customer', type: 'link', options: { target: 'customer', inverse: 'orders' } },
        { key: 'total', type: 'decimal' },
        { key: 'state', type: 'select', options: { choices: [{ key: 'paid' }, { key: 'open' }] } },
        { key: 'note', type: 'json' },
      ],
    },
  ],
};

const [ada, bob, cy, dan] = [1, 2, 3, 4].map((number) => idOf(number)) as [string, string, string, string];
let harness: ReadHarness;
let other: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  other = await harness.addTenant('other');
  await harness.insert(
    'customer',
    [ada, bob, cy, dan].map((id, index) => ({ id, data: { name: ['Ada', 'Bob', 'Cy', 'Dan'][index] } })),
  );
  const order = (number: number, customer: string | null, total: string | null, state: string) => ({
    id: idOf(number, 1),
    data: `{"state":"${state}"${total ? `,"total":${total}` : ''}${customer ? `,"customer":"${customer}"` : ''}}`,
  });
  await harness.insert('order', [
    // One unit of the twentieth place apart: equal as doubles.
    order(1, ada, '10.00000000000000000001', 'paid'),
    order(2, ada, '20', 'open'),
    order(3, bob, '30', 'paid'),
    order(4, cy, null, 'open'),
    order(5, null, '1000', 'paid'),
  ]);
  await other.insert('customer', [{ id: idOf(1, 9), data: { name: 'Eve' } }]);
  await other.insert('order', [{ id: idOf(2, 9), data: `{"customer":"${idOf(1, 9)}","total":5000}` }]);
});
afterAll(() => harness.close());

test.each<[Values, string[]]>([
  [{ count: { gte: 2 } }, [ada]],
  [{ count: { eq: 0 } }, [dan]],
  [{ sum: { total: { gt: '30' } } }, [ada]],
  [{ sum: { total: { eq: '30' } } }, [bob]],
  [{ sum: { total: { isNull: true } } }, [cy, dan]],
  [{ avg: { total: { lt: '30', gt: '15' } } }, [ada]],
  [{ min: { total: { lte: '20' } } }, [ada]],
  [{ max: { state: { eq: 'OPEN' } } }, [ada, cy]],
  [{ max: { isNull: true } }, [dan]],
  [{ min: { not: { total: { gte: '20' } } } }, [ada, cy, dan]],
  [{ countDistinct: { of: { state: true }, count: { gt: 1 } } }, [ada]],
  [{ where: { state: { eq: 'PAID' } }, count: { eq: 1 } }, [ada, bob]],
  [{ where: { state: { eq: 'PAID' } }, sum: { total: { lt: '30' } } }, [ada]],
  [{ where: { state: { eq: 'OPEN' } }, isNull: true }, [bob, dan]],
  [{ where: { state: { eq: 'OPEN' } }, every: { total: { isNull: true } } }, [bob, cy, dan]],
  [{ where: { state: { eq: 'OPEN' } }, none: { total: { isNull: false } }, count: { gt: 0 } }, [cy]],
  [{ where: { state: { eq: 'OPEN' } }, some: { total: { gt: '1' } } }, [ada]],
  [{ where: { state: { eq: 'OPEN' } }, some: { id: { eq: idOf(1, 1) } } }, []],
])('customers whose orders are %j', async (orders, expected) => {
  expect(await idsOf(harness.records(), 'Customer', { where: { orders } })).toEqual(expected);
  // What does not match is what its opposite matches.
  const rest = await idsOf(harness.records(), 'Customer', { where: { not: { orders } } });
  expect([...expected, ...rest].toSorted()).toEqual([ada, bob, cy, dan]);
});

test('asks through further links', async () => {
  const where = {
    customer: {
      orders: { count: { gt: 1 }, some: { customer: { orders: { sum: { total: { gt: '30' } } } } } },
    },
  };
  expect(await idsOf(harness.records(), 'Order', { where })).toEqual([idOf(1, 1), idOf(2, 1)]);
});

test.each<[ConnectionArguments['orderBy'], string[]]>([
  [[{ orders: { count: 'DESC' } }], [ada, cy, bob, dan]],
  [
    [{ orders: { count: 'ASC' } }, { name: 'DESC' }],
    [dan, cy, bob, ada],
  ],
  [[{ orders: { sum: { total: 'ASC' } } }], [bob, ada, cy, dan]],
  [[{ orders: { sum: { total: 'DESC' } } }], [dan, cy, ada, bob]],
  [[{ orders: { sum: { total: 'DESC_NULLS_LAST' } } }], [ada, bob, dan, cy]],
  [[{ orders: { min: { state: 'ASC' } } }], [ada, bob, cy, dan]],
  [
    [{ orders: { max: { createdAt: 'ASC_NULLS_FIRST' } } }, { name: 'ASC' }],
    [dan, ada, bob, cy],
  ],
])('customers sorted by %j', async (orderBy, expected) => {
  expect(await idsOf(harness.records(), 'Customer', { orderBy: orderBy ?? null })).toEqual(expected);
});

test('orders of no customer have no number of orders of their customer', async () => {
  const orderBy = [{ customer: { orders: { count: 'ASC_NULLS_FIRST' } } }, { total: 'ASC' }];
  const ids = await idsOf(harness.records(), 'Order', { orderBy });
  expect(ids).toEqual([5, 3, 4, 1, 2].map((number) => idOf(number, 1)));
});

test('sums of doubles are the same for every page', async () => {
  const tenant = await harness.addTenant('doubles');
  const weights = [0.1, 0.2, 0.3, 1e16, -1e16, 0.7];
  await tenant.insert(
    'tag',
    weights.map((weight, index) => ({ id: idOf(index, 2), data: { weight } })),
  );
  const ids = Array.from({ length: 12 }, (_, index) => idOf(index, 3));
  await tenant.insert(
    'customer',
    ids.map((id) => ({ id, data: {} })),
  );
  // The same tags, made in another order for each.
  for (const [turn, id] of ids.entries()) {
    const pairs = weights.map((_, index) => [id, idOf((index * 5 + turn) % 6, 2)] as const);
    await tenant.link('customer', 'tags', pairs);
  }
  const args = { orderBy: [{ tags: { sum: { weight: 'ASC' } } }], first: 5 };
  const walked: string[] = [];
  for (let after: string | null = null; ; ) {
    const page = await tenant.records().connection('Customer', { ...args, after }, everything);
    walked.push(...page.edges.map(({ node }) => node.id));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(walked).toEqual(ids);
});

test.each<[ConnectionArguments, string]>([
  [{ where: { orders: { where: { state: { eq: 'PAID' } } } } }, 'where.orders.where'],
  [{ where: { orders: { where: {}, count: { gt: 1 } } } }, 'where.orders.where'],
  [{ where: { orders: { where: null, count: { gt: 1 } } } }, 'where.orders.where'],
  [
    { where: { orders: { where: { nothing: { eq: 1 } }, some: { state: { eq: 'PAID' } } } } },
    'where.orders.where.nothing',
  ],
  [{ where: { orders: { count: {} } } }, 'where.orders.count'],
  [{ where: { orders: { sum: { total: { gt: null } } } } }, 'where.orders.sum.total.gt'],
  [{ where: { orders: { sum: { state: { eq: 1 } } } } }, 'where.orders.sum.state'],
  [{ where: { orders: { min: { note: { isNull: true } } } } }, 'where.orders.min.note'],
  [
    { where: { orders: { countDistinct: { of: { note: true }, count: { gt: 1 } } } } },
    'where.orders.countDistinct.of.note',
  ],
  [{ where: { orders: { countDistinct: { of: { state: true } } } } }, 'where.orders.countDistinct.count'],
  [{ where: { orders: { most: { total: { gt: 1 } } } } }, 'where.orders.most'],
  [{ where: { orders: { or: [{ count: { gt: 1 } }] } } }, 'where.orders.or'],
  [{ orderBy: [{ orders: 'ASC' }] }, 'orderBy[0].orders'],
  [{ orderBy: [{ orders: { key: 'ASC' } }] }, 'orderBy[0].orders.key'],
  [{ orderBy: [{ orders: { count: 'UP' } }] }, 'orderBy[0].orders.count'],
  [{ orderBy: [{ orders: { sum: { state: 'ASC' } } }] }, 'orderBy[0].orders.sum.state'],
  [{ orderBy: [{ orders: { max: { customer: { name: 'ASC' } } } }] }, 'orderBy[0].orders.max.customer'],
])('refuses %j', async (args, path) => {
  const error = await errorOf(harness.records().connection('Customer', args, everything));
  expect([error.code, error.details.path]).toEqual(['BAD_USER_INPUT', path]);
});

test('a cursor is good for one aggregate of one link in one direction', async () => {
  const orderings = [
    [{ orders: { count: 'DESC' } }],
    [{ orders: { count: 'ASC' } }],
    [{ tags: { count: 'DESC' } }],
    [{ orders: { sum: { total: 'DESC' } } }],
    [{ orders: { max: { total: 'DESC' } } }],
  ];
  const read = (orderBy: readonly Values[], after: string | null) =>
    harness.records().connection('Customer', { orderBy, after, first: 1 }, everything);
  const pages = await Promise.all(orderings.map((orderBy) => read(orderBy, null)));
  for (const [from, page] of pages.entries()) {
    for (const [to, orderBy] of orderings.entries()) {
      const next = read(orderBy, page.pageInfo.endCursor);
      if (from === to) await next;
      else expect((await errorOf(next)).code).toBe('BAD_USER_INPUT');
    }
  }
});

test('what is asked of linked records together is asked of records of the tenant alone', async () => {
  const rich = { where: { orders: { sum: { total: { gte: '5000' } } } } };
  expect(await idsOf(other.records(), 'Customer', rich)).toEqual([idOf(1, 9)]);
  expect(await idsOf(harness.records(), 'Customer', rich)).toEqual([]);
  const richest = { orderBy: [{ orders: { max: { total: 'DESC_NULLS_LAST' } } }], first: 1 };
  expect(await idsOf(harness.records(), 'Customer', richest)).toEqual([bob]);
});

describe('isNull', () => {
  const orders = (customer: Values) => idsOf(harness.records(), 'Order', { where: { customer } });
  const lost = idOf(5, 1);
  const ofAda = [idOf(1, 1), idOf(2, 1)];

  test('stands in the filter of a link, and within its and, or and not', async () => {
    expect(await orders({ isNull: true })).toEqual([lost]);
    expect(await orders({ or: [{ isNull: true }, { name: { eq: 'Ada' } }] })).toEqual([...ofAda, lost]);
    expect(await orders({ and: [{ isNull: false }, { name: { eq: 'Ada' } }] })).toEqual(ofAda);
    expect(await orders({ not: { isNull: false } })).toEqual([lost]);
    expect(await orders({ isNull: true, name: { eq: 'Ada' } })).toEqual([]);
    // A filter of a record wants a record.
    expect(await orders({ not: { name: { eq: 'Ada' } } })).toEqual([idOf(3, 1), idOf(4, 1)]);
    expect(await orders({ name: { isNull: true } })).toEqual([]);
  });

  test('of a record of a list says that there is one', async () => {
    expect(await idsOf(harness.records(), 'Customer', { where: { isNull: true } })).toEqual([]);
    expect(await idsOf(harness.records(), 'Customer', { where: { isNull: false } })).toHaveLength(4);
    const error = await errorOf(idsOf(harness.records(), 'Customer', { where: { isNull: null } }));
    expect([error.code, error.details.path]).toEqual(['BAD_USER_INPUT', 'where.isNull']);
  });
});

describe('nodes', () => {
  const fields = () => ({ fields: [] });

  test('gives records in the order of the ids, as often as they are named, and null where there is none', async () => {
    const ids = [bob, idOf(1, 9), ada, bob, 'nonsense', idOf(3, 1)];
    const nodes = await harness.records().nodes(ids, fields);
    expect(nodes.map((node) => node && [node.typeName, node.id])).toEqual([
      ['Customer', bob],
      null,
      ['Customer', ada],
      ['Customer', bob],
      null,
      ['Order', idOf(3, 1)],
    ]);
  });

  test('refuses more ids than are read at once', async () => {
    const records = harness.records({ limits: { nodes: 2 } });
    expect(await records.nodes([ada, bob], fields)).toHaveLength(2);
    const error = await errorOf(records.nodes([ada, ada, ada], fields));
    expect(error.code).toBe('LIMIT_EXCEEDED');
    expect(error.details).toEqual({ path: 'ids', limit: 2, found: 3, limitOf: 'nodes' });
  });
});
