import { type Operation, pick, type Sample } from './operation.ts';

const order = 'number status total placedAt';
/** Records of one bulk create. */
const bulkSize = 100;

const values = ({ customers }: Sample, index: number) => ({
  customer: pick(customers, index),
  number: `NEW-${index}`,
  total: '12.50',
  note: 'made by a bench',
  placedAt: '2026-11-21T10:00:00Z',
});

const ours = (sample: Sample, index: number) => {
  const { customer, ...rest } = values(sample, index);
  return { ...rest, status: 'PENDING', customer: { id: customer } };
};

const theirs = (sample: Sample, index: number) => {
  const { customer, ...rest } = values(sample, index);
  return { ...rest, status: 'pending', customerId: customer, workspaceId: sample.workspace };
};

/** In the words of the columns. */
const row = (sample: Sample, index: number) => {
  const { placedAt, ...rest } = values(sample, index);
  return { ...rest, total: 12.5, status: 'pending', placed_at: placedAt };
};

export const create: Operation = {
  name: 'create',
  title: 'create, 6 fields',
  formwork: (sample, index) => ({
    query: `mutation Create($input: CreateOrderInput!) { created: createOrder(input: $input) { order { ${order} } } }`,
    variables: { input: ours(sample, index) },
  }),
  postgraphile: (sample, index) => ({
    query: `mutation Create($order: OrderInput!) { created: createOrder(input: { order: $order }) { order { ${order} } } }`,
    variables: { order: theirs(sample, index) },
  }),
  raw: (sample, index) => ({ operation: 'create', values: [JSON.stringify(row(sample, index))] }),
};

export const update: Operation = {
  name: 'update',
  title: 'update of one field',
  formwork: ({ orders }, index) => ({
    query: `mutation Update($id: ID!, $note: String!) {
      updated: updateOrder(id: $id, input: { note: $note }) { order { id note } } }`,
    variables: { id: pick(orders, index), note: `changed ${index}` },
  }),
  postgraphile: ({ orders }, index) => ({
    query: `mutation Update($id: UUID!, $note: String!) {
      updated: updateOrderByRowId(input: { rowId: $id, orderPatch: { note: $note } }) { order { id: rowId note } } }`,
    variables: { id: pick(orders, index), note: `changed ${index}` },
  }),
  raw: ({ orders }, index) => ({ operation: 'update', values: [pick(orders, index), `changed ${index}`] }),
};

const indexes = Array.from({ length: bulkSize }, (_, index) => index);

/** PostGraphile has no bulk create: its users send as many mutations in one request. */
const aliased = `mutation Bulk(${indexes.map((index) => `$o${index}: OrderInput!`).join(' ')}) {
  ${indexes.map((index) => `c${index}: createOrder(input: { order: $o${index} }) { order { number } }`).join('\n')} }`;

export const bulk: Operation = {
  name: 'bulk',
  title: `bulk create of ${bulkSize}`,
  patience: 3,
  formwork: (sample, index) => ({
    query:
      'mutation Bulk($inputs: [CreateOrderInput!]!) { created: createOrders(inputs: $inputs) { orders { number } } }',
    variables: { inputs: indexes.map((offset) => ours(sample, index + offset)) },
  }),
  postgraphile: (sample, index) => ({
    query: aliased,
    variables: Object.fromEntries(indexes.map((offset) => [`o${offset}`, theirs(sample, index + offset)])),
  }),
  raw: (sample, index) => ({
    operation: 'bulk',
    values: [JSON.stringify(indexes.map((offset) => row(sample, index + offset)))],
  }),
  essence: (data) => {
    const { orders } = (data['created'] ?? {}) as { orders?: { number: string }[] };
    return (
      orders ?? Object.values(data as Record<string, { order: { number: string } }>).map(({ order }) => order)
    ).map(({ number }) => number);
  },
};
