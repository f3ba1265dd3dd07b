import fc from 'fast-check';
import { buildSchema, getOperationAST, getVariableValues, parse } from 'graphql';
import { coerceVariables } from '../src/operations/coerce-variables.ts';

const schema = buildSchema(`
  enum Color { RED GREEN }
  input Filter { eq: Int  in: [Int!]  not: Filter  all: [Filter!] = [] }
  input One @oneOf { id: ID  name: String }
  input Thing { name: String!  count: Int = 3  color: Color  tags: [String]  price: Float  one: One  filter: Filter  constructor: Boolean }
  type Query { x(a: Thing, b: [Thing!]!, c: One, d: Int, e: [[Int]], f: Color!): Int }
`);

const document =
  parse(`query ($a: Thing, $b: [Thing!]!, $c: One, $d: Int = 5, $e: [[Int]] = [[1]], $f: Color!) {
  x(a: $a, b: $b, c: $c, d: $d, e: $e, f: $f) }`);

const operation = getOperationAST(document);

const scalar = fc.constantFrom<unknown>(
  'RED',
  'BLUE',
  'text',
  '',
  null,
  true,
  1,
  1.5,
  2 ** 31,
  {},
  [],
  [null],
);

/** A value that fits, and now and then one that may not. */
const mostly = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: fitting }, { weight: 1, arbitrary: scalar });

const record = (fields: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
  mostly(
    fc.record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, mostly(value)])), {
      requiredKeys,
    }),
  );

const int = fc.integer({ min: -9, max: 9 });
const few = (item: fc.Arbitrary<unknown>) => fc.array(mostly(item), { maxLength: 2 });
const flat = record({ eq: int, in: fc.oneof(few(int), int) });
const filter = record({ eq: fc.oneof(int, fc.constant(null)), not: flat, all: fc.oneof(few(flat), flat) });
const one = mostly(fc.constantFrom<unknown>({ id: 'x' }, { id: 5 }, { name: 'y' }));
const thing = record(
  {
    name: fc.constantFrom('n', ''),
    count: int,
    color: fc.constantFrom('RED', 'GREEN', null),
    tags: fc.oneof(few(fc.constantFrom('a', null)), fc.constant('a')),
    price: fc.constantFrom(1, 1.5, null),
    one,
    filter,
    constructor: fc.boolean(),
  },
  ['name'],
);
const variables = fc.record(
  {
    a: thing,
    b: fc.oneof(few(thing), thing),
    c: one,
    d: mostly(int),
    e: mostly(few(few(int))),
    f: mostly(fc.constantFrom('RED', 'GREEN')),
    other: scalar,
  },
  { requiredKeys: ['b', 'f'] },
);

/** graphql-js takes what an object inherits for given: "constructor" it would find in each. So those that it gets inherit nothing. */
const inheritingNothing = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null), value)
    : value;

test('variables are what graphql-js makes of them, and refused where it refuses them', () => {
  if (!operation) throw new Error('the document has one operation');
  let [fitting, refused] = [0, 0];
  fc.assert(
    fc.property(variables, (drawn) => {
      // As they come from JSON, where nothing is undefined.
      const given = JSON.parse(JSON.stringify(drawn));
      const own = coerceVariables(schema, operation, given);
      const { coerced } = getVariableValues(
        schema,
        operation.variableDefinitions ?? [],
        JSON.parse(JSON.stringify(drawn), inheritingNothing),
      );
      if (coerced === undefined) refused += 1;
      else fitting += 1;
      expect(own).toEqual(coerced ?? null);
      // In the same order too: texts are made of them.
      expect(JSON.stringify(own)).toBe(JSON.stringify(coerced ?? null));
    }),
    { numRuns: 400 },
  );
  expect(Math.min(fitting, refused)).toBeGreaterThan(40);
});

test('what is not given is its default, and refused where it has none', () => {
  if (!operation) throw new Error('the document has one operation');
  expect(coerceVariables(schema, operation, { b: [], f: 'RED' })).toEqual({
    b: [],
    d: 5,
    e: [[1]],
    f: 'RED',
  });
  expect(coerceVariables(schema, operation, { b: [] })).toBeNull();
  expect(coerceVariables(schema, operation, null)).toBeNull();
  expect(
    coerceVariables(schema, operation, JSON.parse('{"b": [{"name": "x", "__proto__": 1}], "f": "RED"}')),
  ).toBeNull();
});
