import { createRegistry, type RegistryDocument, registryForRole } from '@formwork/registry';
import fc from 'fast-check';
import {
  GraphQLSchema,
  introspectionFromSchema,
  isInterfaceType,
  isObjectType,
  KnownTypeNamesRule,
  parse,
  printType,
  specifiedRules,
  validate,
} from 'graphql';
import { buildGraphqlSchema } from '../src/index.ts';
import { aviation, registryOf } from './designs.ts';
import { randomDocument } from './random-documents.ts';

/** What graphql-js makes of the same roots, all at once. */
function wholeOf(schema: GraphQLSchema): GraphQLSchema {
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()];
  return new GraphQLSchema({ query, mutation, assumeValid: true });
}

function registriesOf(document: RegistryDocument) {
  const created = createRegistry(document);
  if ('problems' in created) return [];
  return ['admin', 'viewer'].map((role) => registryForRole(created.registry, role) ?? created.registry);
}

test('a type is found by its name before others are made, and no type that nothing leads to', () => {
  fc.assert(
    fc.property(randomDocument, fc.nat(), (document, chosen) => {
      for (const registry of registriesOf(document)) {
        const whole = wholeOf(buildGraphqlSchema(registry));
        const names = Object.keys(whole.getTypeMap());
        const name = names[chosen % names.length] as string;
        const found = buildGraphqlSchema(registry).getType(name);
        expect(found && printType(found)).toBe(printType(whole.getTypeMap()[name] as never));
        const asked = buildGraphqlSchema(registry);
        for (const each of [
          ...names,
          ...names.map((one) => `${one}Input`),
          ...names.map((one) => `Create${one}`),
        ])
          expect(asked.getType(each)?.name).toBe(whole.getType(each)?.name);
      }
    }),
    { numRuns: 40 },
  );
});

test('asked for all of its types, a schema has those that graphql-js would have, in that order', () => {
  const schema = buildGraphqlSchema(registryOf(aviation));
  for (const name of ['FlightFilter', 'Nothing', 'Airport']) schema.getType(name);
  const whole = wholeOf(buildGraphqlSchema(registryOf(aviation)));
  expect(introspectionFromSchema(schema)).toEqual(introspectionFromSchema(whole));
  expect(Object.keys(schema.getTypeMap())).toEqual(Object.keys(whole.getTypeMap()));
});

test('what implements an interface is told as graphql-js tells it', () => {
  const schema = buildGraphqlSchema(registryOf(aviation));
  const whole = wholeOf(buildGraphqlSchema(registryOf(aviation)));
  const names = Object.keys(whole.getTypeMap());
  for (const one of names) {
    for (const other of names) {
      const [abstract, type] = [schema.getType(one), schema.getType(other)];
      if (!isInterfaceType(abstract) || !(isObjectType(type) || isInterfaceType(type))) continue;
      const same = [whole.getType(one), whole.getType(other)] as [never, never];
      expect(schema.isSubType(abstract, type)).toBe(whole.isSubType(...same));
    }
  }
});

/** That one lists the names of all types before it looks at any. */
const withoutTypeNames = specifiedRules.filter((rule) => rule !== KnownTypeNamesRule);

test('a document has no types made that only others name', () => {
  const schema = buildGraphqlSchema(registryOf(aviation));
  const query = parse(
    'query ($where: FlightFilter) { flights(where: $where) { nodes { number origin { iata } } } }',
  );
  expect(validate(schema, query, withoutTypeNames)).toEqual([]);
  const names = () => schema.made.map(({ name }) => name);
  expect(names()).toContain('FlightFilter');
  expect(names()).not.toContain('Mutation');
  expect(names()).not.toContain('CreateFlightInput');
  schema.getTypeMap();
  expect(names()).toContain('CreateFlightInput');
});

test('a name that no type has is told from others without types being made for it, and so is what was meant', () => {
  const schema = buildGraphqlSchema(registryOf(aviation));
  const before = schema.made.length;
  for (const name of ['Nothing', 'FlightNothing', 'CreateFlight', '__Nothing', 'constructor'])
    expect(schema.getType(name)).toBeUndefined();
  expect(schema.made).toHaveLength(before);
  expect(schema.suggestType('Flihgt')).toBe(' Did you mean "Flight"?');
  expect(schema.suggestType('FlightFiltre')).toBe(' Did you mean "FlightFilter"?');
  expect(schema.suggestType('Strng')).toBe(' Did you mean "String"?');
  expect(schema.suggestType('SomethingElseAltogether')).toBe('');
  const all = buildGraphqlSchema(registryOf(aviation));
  all.getTypeMap();
  expect(schema.made.length).toBeLessThan(all.made.length);
});

test('what is suggested is there', () => {
  fc.assert(
    fc.property(randomDocument, fc.nat(), (document, chosen) => {
      for (const registry of registriesOf(document)) {
        const names = Object.keys(wholeOf(buildGraphqlSchema(registry)).getTypeMap());
        const name = `${names[chosen % names.length]}x`;
        const [, suggested] = /"(.*)"/.exec(buildGraphqlSchema(registry).suggestType(name)) ?? [];
        expect(suggested === undefined || names.includes(suggested)).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test('a field that an interface lacks is refused in the same words, and without all types being made', () => {
  const schema = buildGraphqlSchema(registryOf(aviation));
  const whole = wholeOf(buildGraphqlSchema(registryOf(aviation)));
  const query = parse('{ node(id: "1") { number departsAt } }');
  const errors = (of: GraphQLSchema) => validate(of, query, withoutTypeNames).map(({ message }) => message);
  expect(errors(schema)).toEqual(errors(whole));
  expect(errors(schema).join()).toContain('inline fragment on "Flight"');
  expect(schema.made.map(({ name }) => name)).not.toContain('CreateFlightInput');
});
