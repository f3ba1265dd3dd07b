import {
  applyChanges,
  createRegistry,
  deriveEntityNames,
  deriveEnumNames,
  deriveKeyNames,
  deriveTypeNames,
  type Registry,
  type RegistryDocument,
  registryForRole,
} from '@formwork/registry';
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
import { sharedTypeNames } from '../src/shared-types.ts';
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
          ...namesAbout(registry),
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

/** One entity links to the next, so that all types lead to all others; with all that a design can have. */
function chain(length: number): RegistryDocument {
  const entities = Array.from({ length }, (_, index) => ({
    key: `thing_${index}`,
    softDelete: index % 2 === 0,
    fields: [
      { key: 'code', type: 'text' as const, unique: true, required: true },
      { key: 'size', type: 'integer' as const },
      {
        key: 'state',
        type: 'select' as const,
        options: {
          choices: [{ key: 'on' }, { key: 'off' }],
          ...(index % 3 === 0 && { transitions: { on: ['off'], off: ['on'] }, initial: ['on'] }),
        },
      },
      { key: 'marks', type: 'multi_select' as const, options: { choices: [{ key: 'red' }] } },
      ...(index === length - 1 ? [{ key: 'price', type: 'currency' as const }] : []),
      {
        key: 'next',
        type: 'link' as const,
        options: { target: `thing_${(index + 1) % length}`, inverse: 'previous' },
      },
      ...(index % 4 === 0
        ? [{ key: 'friends', type: 'links' as const, options: { target: `thing_${(index + 5) % length}` } }]
        : []),
    ],
    keys: [{ key: 'by_size', fields: ['size', 'next'] }],
  }));
  return { formwork: 1, entities };
}

/** Whatever could be called so of these entities, were there such a type. */
function namesAbout(registry: Registry): readonly string[] {
  return [
    ...sharedTypeNames,
    ...registry.entities.flatMap(({ names, key, plural, fields, keys, aliases }) =>
      [names, deriveEntityNames(key, plural), ...aliases.map((alias) => alias.names)].flatMap((called) => [
        called.type,
        ...Object.values(deriveTypeNames(called)),
        ...fields.flatMap((field) => Object.values(deriveEnumNames(called, field.key))),
        ...keys.map((one) => deriveKeyNames(called, one.key).input),
      ]),
    ),
  ];
}

test('which of the names that types can have are those of types, whatever there is in the design and whoever asks', () => {
  const roles = [
    { key: 'reader', permissions: [{ entity: '*', read: true }] },
    { key: 'maker', permissions: [{ entity: 'thing_1', read: true, create: true, delete: true }] },
    {
      key: 'changer',
      permissions: [
        { entity: '*', read: true },
        { entity: 'thing_2', read: { fields: ['size', 'next'] }, update: { fields: ['next'] } },
      ],
    },
  ];
  const created = createRegistry({ ...chain(6), roles } as RegistryDocument);
  if ('problems' in created) throw new Error(JSON.stringify(created.problems));
  const renamed = applyChanges(created.registry, [
    { renameEntity: { entity: 'thing_2', to: 'called_anew' } },
    { renameField: { entity: 'thing_3', field: 'state', to: 'status' } },
    { renameField: { entity: 'thing_4', field: 'size', to: 'extent' } },
  ]);
  if ('problems' in renamed) throw new Error(JSON.stringify(renamed.problems));
  for (const whole of [created.registry, renamed.registry]) {
    for (const role of ['admin', 'viewer', 'reader', 'maker', 'changer']) {
      const registry = registryForRole(whole, role) as Registry;
      const there = wholeOf(buildGraphqlSchema(registry));
      const schema = buildGraphqlSchema(registry);
      const told = namesAbout(whole).filter((name) => schema.getType(name));
      expect(told).toEqual(namesAbout(whole).filter((name) => there.getType(name)));
      for (const name of told) expect(schema.getType(name)).toBe(schema.getTypeMap()[name]);
    }
  }
});

test('all types are made in steps of one type at most', () => {
  const schema = buildGraphqlSchema(registryOf(chain(40)));
  const steps = [...schema.makeAll()].length;
  expect(steps).toBeGreaterThan(Object.keys(schema.getTypeMap()).length);
});

test('no name has many types made, be it one of a type or not', () => {
  const registry = registryOf(chain(40));
  const all = buildGraphqlSchema(registry);
  all.getTypeMap();
  for (const name of [
    ...namesAbout(registry).slice(0, 150),
    'MoneyFilter',
    'DurationFilter',
    'Thing39State',
  ]) {
    const schema = buildGraphqlSchema(registry);
    schema.getType(name);
    expect([name, schema.made.length > all.made.length / 8]).toEqual([name, false]);
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
