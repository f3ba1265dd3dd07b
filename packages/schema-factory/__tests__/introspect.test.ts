import { execute, getIntrospectionQuery, parse } from 'graphql';
import { buildGraphqlSchema, introspect, printInSteps, printTenantSchema } from '../src/index.ts';
import { aviation, registryOf } from './designs.ts';

function run<Result>(steps: Generator<unknown, Result>): { readonly result: Result; readonly count: number } {
  for (let count = 0; ; count += 1) {
    const { done, value } = steps.next();
    if (done) return { result: value, count };
  }
}

function asked() {
  const make = () => buildGraphqlSchema(registryOf(aviation));
  return { schema: make(), make, operationName: null };
}

const questions: readonly (readonly [string, string])[] = [
  [
    'what tools ask',
    getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }),
  ],
  ['lists under other names', '{ a: __schema { b: types { name } c: types { kind } directives { name } } }'],
  [
    'the schema twice',
    '{ a: __schema { types { name } } __schema { queryType { fields { name } } } __typename }',
  ],
  [
    'fragments',
    '{ ...S } fragment S on Query { __schema { ...T } } fragment T on __Schema { types { ...N } } fragment N on __Type { name possibleTypes { name } }',
  ],
  [
    'one type',
    '{ __type(name: "Node") { name possibleTypes { name } } none: __type(name: "None") { name } }',
  ],
  [
    'the roots by name',
    '{ __type(name: "Query") { fields { name } interfaces { name } } m: __type(name: "Mutation") { fields { name } interfaces { name } } }',
  ],
  [
    'a root by name, and all types',
    '{ __schema { types { name } } __type(name: "Query") { fields { name } interfaces { name } } }',
  ],
  ['a type of introspection', '{ __type(name: "__Type") { fields { name } interfaces { name } } }'],
  ['the schema without its types', '{ __schema { mutationType { name } directives { name } description } }'],
  ['the same name in two places', '{ __schema { types { name } } ... { __schema { types { kind } } } }'],
];

test.each(questions)('asked in steps, a schema says what it says at once: %s', (_, text) => {
  const document = parse(text);
  const { result } = run(introspect({ ...asked(), document }));
  const whole = buildGraphqlSchema(registryOf(aviation));
  expect(result).toBe(JSON.stringify(execute({ schema: whole, document })));
});

test('the answer to introspection is written in many steps, and so is the SDL', () => {
  const document = parse(getIntrospectionQuery());
  const answered = run(introspect({ ...asked(), document }));
  const { result, count } = run(printInSteps(buildGraphqlSchema(registryOf(aviation))));
  expect(answered.count).toBeGreaterThan(30);
  expect(count).toBeGreaterThan(60);
  expect(result).toBe(printTenantSchema(buildGraphqlSchema(registryOf(aviation))));
});

test('what kind of thing is asked has no type made but the roots', () => {
  const { schema, ...rest } = asked();
  const before = schema.made.length;
  const { result } = run(introspect({ ...rest, schema, document: parse('{ __typename }') }));
  expect([result, schema.made.length]).toEqual(['{"data":{"__typename":"Query"}}', before]);
});

test('a type of very many fields is described in steps too', () => {
  const entities = Array.from({ length: 40 }, (_, index) => ({
    key: `thing_${index}`,
    fields: [{ key: 'name', type: 'text' as const, unique: true }],
  }));
  const make = () => buildGraphqlSchema(registryOf({ formwork: 1, entities }));
  const document = parse(getIntrospectionQuery({ inputValueDeprecation: true }));
  const { result } = run(introspect({ schema: make(), make, document, operationName: null }));
  expect(Object.keys(make().getQueryType().getFields()).length).toBeGreaterThan(100);
  expect(result).toBe(JSON.stringify(execute({ schema: make(), document })));
});

test('who asks while another is answered shares the types that were made for that', () => {
  const { schema, make: another, operationName } = asked();
  let made = 0;
  const make = () => {
    made += 1;
    return another();
  };
  const ask = (text: string) => introspect({ schema, make, operationName, document: parse(text) });
  const both = ['{ __schema { types { name } } }', '{ __schema { types { kind fields { name } } } }'].map(
    ask,
  );
  for (let step = 0; step < 20; step += 1) for (const one of both) one.next();
  const results = both.map((one) => run(one).result);
  expect(made).toBe(1);
  expect(results).toEqual(
    ['{ __schema { types { name } } }', '{ __schema { types { kind fields { name } } } }'].map((text) =>
      JSON.stringify(execute({ schema: another(), document: parse(text) })),
    ),
  );
});
