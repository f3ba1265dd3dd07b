import { buildSchema, getOperationAST, parse } from 'graphql';
import { RequestRates } from '../src/access/request-rates.ts';
import { estimateCost } from '../src/operations/estimate-cost.ts';

const schema = buildSchema(`
  interface Node { id: ID! }
  type Airport implements Node { id: ID! near: Airport flights(first: Int, last: Int): FlightConnection! }
  type Flight implements Node { id: ID! origin: Airport }
  type FlightConnection { nodes: [Flight!]! edges: [FlightEdge!]! totalCount: Int! }
  type FlightEdge { node: Flight! }
  type AirportConnection { nodes: [Airport!]! totalCount: Int! }
  type Query {
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    airports(first: Int, last: Int): AirportConnection!
  }`);

function costOf(text: string, variables: Record<string, unknown> | null = null): number {
  return estimate(text, variables).cost;
}

function estimate(text: string, variables: Record<string, unknown> | null = null) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('there is one operation');
  return estimateCost({ schema, document, operation, variables, defaultPage: 50 });
}

const costs: readonly [number, string, Record<string, unknown>?][] = [
  [0, '{ __typename __schema { types { name } } }'],
  [1, '{ node(id: 1) { id } }'],
  [3, '{ nodes(ids: [1, 2, 3]) { id } }'],
  [2, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [1, 2] }],
  [1, '{ airports { totalCount } }'],
  [50, '{ airports { nodes { id } } }'],
  [7, '{ airports(first: 7) { nodes { id } } }'],
  [1, '{ airports(first: 0) { nodes { id } } }'],
  [9, '{ airports(last: 9) { nodes { id } } }'],
  [14, '{ airports(first: 7) { nodes { near { id } } } }'],
  [10 + 10 * 20, '{ airports(first: 10) { nodes { flights(first: 20) { edges { node { id } } } } } }'],
  [10 + 10 * 50, '{ airports(first: 10) { nodes { flights { nodes { id } } } } }'],
  [1000, 'query ($n: Int) { airports(first: $n) { nodes { id } } }', { n: 1000 }],
  [8, 'query ($n: Int = 8) { airports(first: $n) { nodes { id } } }'],
  [50, 'query ($n: Int) { airports(first: $n) { nodes { id } } }'],
  [6, '{ ...A ...A } fragment A on Query { airports(first: 3) { nodes { id } } }'],
  [4, '{ node(id: 1) { ... on Airport { flights(first: 3) { nodes { id } } } } }'],
];

test('pages are multiplied down the nesting', () => {
  for (const [cost, text, variables] of costs) {
    expect([text, costOf(text, variables ?? null)]).toEqual([text, cost]);
  }
});

test('a cost that no variable has a part in is fixed', () => {
  const isFixed = (text: string) => estimate(text).isFixed;
  expect(
    isFixed('query ($id: ID!) { node(id: $id) { ... on Airport { flights(first: 3) { nodes { id } } } } }'),
  ).toBe(true);
  expect(isFixed('query ($n: Int) { airports(first: $n) { nodes { id } } }')).toBe(false);
  expect(
    isFixed('query ($n: Int) { ...A } fragment A on Query { airports(last: $n) { nodes { id } } }'),
  ).toBe(false);
  expect(isFixed('query ($id: ID!) { nodes(ids: [$id, $id]) { id } }')).toBe(false);
});

test('fragments that double themselves are not walked', () => {
  const fragments = Array.from(
    { length: 80 },
    (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
  );
  const text = `{ ...F0 } ${fragments.join(' ')} fragment F80 on Query { airports { nodes { id } } }`;
  expect(costOf(text)).toBe(Number.MAX_SAFE_INTEGER);
});

test('a bucket fills evenly and holds what one second brings', () => {
  const rates = new RequestRates({ tenantRequests: 2 });
  rates.take('a', 0);
  rates.take('a', 0);
  expect(() => rates.take('a', 0)).toThrow('2 requests per second');
  rates.take('b', 0);
  rates.take('a', 500);
  expect(() => rates.take('a', 500)).toThrow();
  rates.take('a', 60_000);
  rates.take('a', 60_000);
  expect(() => rates.take('a', 60_000)).toThrow();
});
