import { Memory } from '@formwork/records';
import { buildSchema } from 'graphql';
import { Documents } from '../src/operations/documents.ts';

const schema = buildSchema('type Query { a: Query b(x: Int): Int }');

const limits = {
  maxDocument: 10_000,
  maxTokens: 1_000,
  maxCost: 1_000_000_000_000,
  defaultPage: 50,
  maxDepth: 5,
  maxAliases: 3,
  maxRootFields: 4,
  introspection: true,
};

function codesOf(text: string, others: Partial<ConstructorParameters<typeof Documents>[0]> = {}) {
  const documents = new Documents({ ...limits, memory: new Memory(1_000_000), ...others });
  const { errors } = documents.check(schema, 'shape', text);
  return errors?.map(({ message, extensions }) => [extensions.code, message]) ?? null;
}

test('passes what is within the limits', () => {
  expect(codesOf('{ a { a { a { a { b } } } } }')).toBeNull();
  expect(codesOf('{ x: b y: b z: b b }')).toBeNull();
});

test('refuses a document that is too deep, says how deep it is, and counts through fragments', () => {
  expect(codesOf('{ a { a { a { a { a { b } } } } } }')).toEqual([
    ['LIMIT_EXCEEDED', 'Depth: 6 where at most 5 are allowed.'],
  ]);
  const text =
    'query Q { ...F } fragment F on Query { a { ...G } } fragment G on Query { a { a { a { a { b } } } } }';
  expect(codesOf(text)).toEqual([
    ['LIMIT_EXCEEDED', 'Depth of operation "Q": 6 where at most 5 are allowed.'],
  ]);
});

test('refuses too many aliases and too many root fields', () => {
  expect(codesOf('{ a { w: b x: b y: b z: b } }')).toEqual([
    ['LIMIT_EXCEEDED', 'Aliases: 4 where at most 3 are allowed.'],
  ]);
  expect(codesOf('{ a { b } ... { b } ...F __typename x: b } fragment F on Query { y: b }')).toEqual([
    ['LIMIT_EXCEEDED', 'Root fields: 5 where at most 4 are allowed.'],
  ]);
});

test('counts a document that doubles itself with every fragment without walking it', () => {
  const fragments = Array.from(
    { length: 60 },
    (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
  );
  const text = `{ ...F0 } ${fragments.join(' ')} fragment F60 on Query { b }`;
  expect(codesOf(text)?.[0]?.[0]).toBe('LIMIT_EXCEEDED');
});

test('refuses documents that are too long and of too many tokens before reading on', () => {
  expect(codesOf(`{ b } # ${'x'.repeat(10_000)}`)).toEqual([
    ['LIMIT_EXCEEDED', 'Characters in the document: 10008 where at most 10000 are allowed.'],
  ]);
  expect(codesOf(`{ ${'b '.repeat(1_001)} }`)).toEqual([
    ['LIMIT_EXCEEDED', 'Tokens in the document: more where at most 1000 are allowed.'],
  ]);
});

test('tells what cannot be parsed from what is not valid', () => {
  expect(codesOf('{')?.map(([code]) => code)).toEqual(['GRAPHQL_PARSE_FAILED']);
  expect(codesOf('{ nope nada }')?.map(([code]) => code)).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
  ]);
  expect(codesOf('{ __schema { queryType { name } } }', { introspection: false })?.[0]?.[0]).toBe(
    'GRAPHQL_VALIDATION_FAILED',
  );
});

test('checks a text once for a schema, and gives the same answer again', () => {
  const documents = new Documents({ ...limits, maxDocument: 1_000, memory: new Memory(100_000) });
  const first = documents.check(schema, 'shape', '{ b }');
  expect(documents.check(schema, 'shape', '{ b }')).toBe(first);
  expect(documents.check(schema, 'another', '{ b }')).not.toBe(first);
  for (let n = 0; n < 1_000; n += 1) documents.check(schema, 'shape', `{ b } # ${n}`);
  expect(documents.size).toBeLessThan(100);
});

test('what is kept of a refused document holds on to nothing but its text: no stack and no syntax', () => {
  const documents = new Documents({ ...limits, memory: new Memory(1_000_000) });
  for (const text of ['{ c d }', '{', '{ x: b y: b z: b w: b }']) {
    const { errors } = documents.check(schema, 'shape', text);
    expect(errors).not.toHaveLength(0);
    for (const { nodes, stack } of errors ?? []) {
      expect(nodes).toBeUndefined();
      expect(stack).not.toMatch(/\n +at /);
    }
  }
  const { errors } = documents.check(schema, 'shape', '{ c d }');
  expect(errors?.map(({ locations }) => locations)).toEqual([
    [{ line: 1, column: 3 }],
    [{ line: 1, column: 5 }],
  ]);
});
