import { type Operation, pick } from './operation.ts';

const order = 'number status total placedAt';

export const byId: Operation = {
  name: 'byId',
  title: 'by id, 5 fields',
  formwork: ({ orders }, index) => ({
    query: `query ById($id: ID!) { order(id: $id) { id ${order} } }`,
    variables: { id: pick(orders, index) },
  }),
  postgraphile: ({ orders }, index) => ({
    query: `query ById($id: UUID!) { order: orderByRowId(rowId: $id) { id: rowId ${order} } }`,
    variables: { id: pick(orders, index) },
  }),
  raw: ({ orders }, index) => ({ operation: 'byId', values: [pick(orders, index)] }),
};

export const selective: Operation = {
  name: 'selective',
  title: 'list, selective: first 20 of a customer, newest first, totalCount (10)',
  formwork: ({ customers }, index) => ({
    query: `query Selective($customer: ID!) {
      orders(first: 20, where: { customer: { id: { eq: $customer } } }, orderBy: [{ placedAt: DESC }]) {
        totalCount nodes { id ${order} } } }`,
    variables: { customer: pick(customers, index) },
  }),
  postgraphile: ({ customers, workspace }, index) => ({
    query: `query Selective($customer: UUID!, $workspace: UUID!) {
      orders: allOrders(first: 20, condition: { workspaceId: $workspace }, filter: { customerId: { equalTo: $customer } }, orderBy: [PLACED_AT_DESC]) {
        totalCount nodes { id: rowId ${order} } } }`,
    variables: { customer: pick(customers, index), workspace },
  }),
  raw: ({ customers }, index) => ({ operation: 'selective', values: [pick(customers, index)] }),
};

export const count: Operation = {
  name: 'count',
  title: 'list, one status in fifty: first 20, newest first, totalCount (2,000)',
  formwork: () => ({
    query: `query Count($status: OrderStatus!) {
      orders(first: 20, where: { status: { eq: $status } }, orderBy: [{ placedAt: DESC }]) {
        totalCount nodes { id ${order} } } }`,
    variables: { status: 'REFUNDED' },
  }),
  postgraphile: ({ workspace }) => ({
    query: `query Count($status: String!, $workspace: UUID!) {
      orders: allOrders(first: 20, condition: { workspaceId: $workspace }, filter: { status: { equalTo: $status } }, orderBy: [PLACED_AT_DESC]) {
        totalCount nodes { id: rowId ${order} } } }`,
    variables: { status: 'refunded', workspace },
  }),
  raw: () => ({ operation: 'count', values: ['refunded'] }),
};

export const nested: Operation = {
  name: 'nested',
  title: 'nested: 20 newest orders, their customer, 5 items, their product',
  formwork: () => ({
    query: `query Nested {
      orders(first: 20, orderBy: [{ placedAt: DESC }]) { nodes { id ${order}
        customer { id name city }
        items(first: 5) { nodes { id quantity unitPrice product { id title price } } } } } }`,
    variables: {},
  }),
  postgraphile: ({ workspace }) => ({
    query: `query Nested($workspace: UUID!) {
      orders: allOrders(first: 20, condition: { workspaceId: $workspace }, orderBy: [PLACED_AT_DESC]) { nodes { id: rowId ${order}
        customer: customerByCustomerId { id: rowId name city }
        items: orderItemsByOrderId(first: 5, orderBy: [PRIMARY_KEY_ASC]) { nodes { id: rowId quantity unitPrice
          product: productByProductId { id: rowId title price } } } } } }`,
    variables: { workspace },
  }),
  raw: () => ({ operation: 'nested', values: [] }),
};

export const aggregate: Operation = {
  name: 'aggregate',
  title: 'aggregate: sum and average of all orders by status',
  formwork: () => ({
    query:
      'query Aggregate { groups: ordersAggregate(groupBy: [{ status: true }]) { keys sum { total } avg { total } } }',
    variables: {},
  }),
  postgraphile: ({ workspace }) => ({
    query: `query Aggregate($workspace: UUID!) { orders: allOrders(condition: { workspaceId: $workspace }) {
      groups: groupedAggregates(groupBy: [STATUS]) { keys sum { total } avg: average { total } } } }`,
    variables: { workspace },
  }),
  raw: () => ({ operation: 'aggregate', values: [] }),
  essence: (data) => {
    const { groups } = (data['orders'] ?? data) as { groups: { keys: string[] }[] };
    return [...groups].sort((a, b) => String(a.keys[0]).localeCompare(String(b.keys[0])));
  },
};

const words = ['oak chair', 'steel lamp', 'glass vase', 'linen cur', 'brass clo'];

export const search: Operation = {
  name: 'search',
  title: 'search: two words, the last one by its beginning, first 10',
  formwork: (_, index) => ({
    query: 'query Search($words: String!) { products(first: 10, search: $words) { nodes { id sku title } } }',
    variables: { words: pick(words, index) },
  }),
  postgraphile: ({ workspace }, index) => ({
    query: `query Search($words: String!, $workspace: UUID!) {
      products: searchProducts(first: 10, workspace: $workspace, query: $words) { nodes { id: rowId sku title } } }`,
    variables: { words: pick(words, index), workspace },
  }),
  raw: (_, index) => ({ operation: 'search', values: [pick(words, index)] }),
};
