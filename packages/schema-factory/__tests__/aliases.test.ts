import { applyChanges, type Change, type Registry } from '@formwork/registry';
import {
  BreakingChangeType,
  findBreakingChanges,
  GraphQLInterfaceType,
  GraphQLObjectType,
  type GraphQLSchema,
  parse,
  validate,
  validateSchema,
} from 'graphql';
import { buildGraphqlSchema, printTenantSchema, type TenantSchema } from '../src/index.ts';
import { demo, everyType, registryOf } from './designs.ts';

function change(registry: Registry, ...changes: readonly Change[]): Registry {
  const result = applyChanges(registry, changes);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.registry;
}

/** Breaking changes from one registry to the next, as graphql-js finds them. */
function breaking(before: Registry, after: Registry): readonly string[] {
  const [old, next] = [buildGraphqlSchema(before), buildGraphqlSchema(after)];
  expect(validateSchema(next)).toEqual([]);
  return findBreakingChanges(old, next).map(({ description }) => description);
}

function errorsOf(schema: GraphQLSchema, operation: string): readonly string[] {
  return validate(schema, parse(operation)).map(({ message }) => message);
}

const aviation = registryOf(demo('aviation'));

test.each(
  registryOf(everyType).entities.flatMap(({ key, fields }) =>
    fields.map((field) => [key, field.key] as const),
  ),
)('renaming %s.%s breaks nobody, and going back to one name is a valid schema', (entity, field) => {
  const before = registryOf(everyType);
  const after = change(before, { renameField: { entity, field, to: 'called_anew' } });
  expect(breaking(before, after)).toEqual([]);
  const contracted = change(after, { dropAlias: { entity, field: 'called_anew', alias: field } });
  expect(validateSchema(buildGraphqlSchema(contracted))).toEqual([]);
});

test.each(aviation.entities.map(({ key }) => key))('renaming the entity %s breaks nobody', (entity) => {
  const after = change(aviation, { renameEntity: { entity, to: 'called_anew' } });
  expect(breaking(aviation, after)).toEqual([]);
  const contracted = change(after, { dropAlias: { entity: 'called_anew', alias: entity } });
  expect(validateSchema(buildGraphqlSchema(contracted))).toEqual([]);
});

test('renaming twice keeps all three names', () => {
  const once = change(aviation, { renameEntity: { entity: 'airport', to: 'airfield' } });
  const twice = change(once, { renameEntity: { entity: 'airfield', to: 'aerodrome' } });
  expect(breaking(once, twice)).toEqual([]);
  expect(breaking(aviation, twice)).toEqual([]);
});

describe('operations of a client', () => {
  const after = change(
    aviation,
    { renameEntity: { entity: 'airport', to: 'airfield' } },
    { renameField: { entity: 'airfield', field: 'iata', to: 'code' } },
  );
  const contracted = change(
    after,
    { dropAlias: { entity: 'airfield', alias: 'airport' } },
    { dropAlias: { entity: 'airfield', field: 'code', alias: 'iata' } },
  );
  const [first, between, last] = [aviation, after, contracted].map(buildGraphqlSchema) as [
    TenantSchema,
    TenantSchema,
    TenantSchema,
  ];
  const old = `
    query ($where: AirportFilter, $order: [AirportOrder!]) {
      airports(where: $where, orderBy: $order) { nodes { ...it } }
      airportByIata(iata: "BER") { ...it }
    }
    mutation ($input: UpdateAirportInput!) { updateAirport(id: "x", input: $input) { airport { ...it } } }
    fragment it on Airport { iata }`;
  const renamed = `
    query ($where: AirfieldFilter, $order: [AirfieldOrder!]) {
      airfields(where: $where, orderBy: $order) { nodes { ...it } }
      airfieldByCode(code: "BER") { ...it }
    }
    mutation ($input: UpdateAirfieldInput!) { updateAirfield(id: "x", input: $input) { airfield { ...it } } }
    fragment it on Airfield { code }`;

  // Two operations without names in one document are refused for that alone.
  const refusals = (schema: GraphQLSchema, document: string) =>
    errorsOf(schema, document).filter((message) => !message.includes('anonymous'));

  test('with the old names fit until the aliases are dropped', () => {
    expect([refusals(first, old), refusals(between, old)]).toEqual([[], []]);
    expect(refusals(last, old)).not.toEqual([]);
  });

  test('with the new names fit from the renaming on', () => {
    expect(refusals(first, renamed)).not.toEqual([]);
    expect([refusals(between, renamed), refusals(last, renamed)]).toEqual([[], []]);
  });

  test.each([
    ['airport', 'airfield'],
    ['airports', 'airfields'],
    ['airportsAggregate', 'airfieldsAggregate'],
    ['airportByIata', 'airfieldByCode'],
    ['airportByCode', 'airfieldByCode'],
    ['createAirport', 'createAirfield'],
    ['deleteAirports', 'deleteAirfields'],
  ])('find the root field %s deprecated for %s', (before, after) => {
    const roots = [between.getQueryType(), between.getMutationType()].map((type) => type?.getFields());
    const field = roots.find((fields) => fields?.[before])?.[before];
    expect(field?.deprecationReason).toBe(`Renamed to "${after}".`);
  });

  test('find the old names deprecated with what to say instead', () => {
    const sdl = printTenantSchema(between);
    expect(sdl).toContain('airportByIata(iata: String!): Airport @deprecated(reason: "Renamed to');
    expect(sdl).toContain('iata: String! @deprecated(reason: "Renamed to \\"code\\".")');
    expect(sdl).toContain('iata: StringFilter @deprecated(reason: "Renamed to \\"code\\".")');
    expect(sdl).not.toMatch(/code: String! @deprecated/);
  });
});

test('nobody is sent to a name that is on its way out itself', () => {
  const reasonsIn = (registry: Registry) => {
    const fields = buildGraphqlSchema(registry).getQueryType()?.getFields() ?? {};
    return (...names: readonly string[]) => names.map((name) => fields[name]?.deprecationReason);
  };
  const renamed = change(
    aviation,
    { renameEntity: { entity: 'airport', to: 'airfield' } },
    { renameField: { entity: 'airfield', field: 'iata', to: 'code' } },
  );
  expect(reasonsIn(renamed)('airportByIata', 'airportByCode', 'airfieldByIata', 'airfieldByCode')).toEqual([
    'Renamed to "airfieldByCode".',
    'Renamed to "airfieldByCode".',
    'Renamed to "airfieldByCode".',
    undefined,
  ]);
  const gone = change(renamed, { deprecateEntity: { entity: 'airfield', reason: 'Closed.' } });
  expect(reasonsIn(gone)('airport', 'airportByIata', 'airfields', 'airfieldByCode')).toEqual(
    Array.from({ length: 4 }, () => 'Closed.'),
  );
  const replaced = change(renamed, {
    deprecateEntity: { entity: 'flight', reason: 'Look there.', replacement: 'airfield' },
  });
  expect(reasonsIn(replaced)('flight', 'flights')).toEqual([
    'Look there. Use "airfield".',
    'Look there. Use "airfields".',
  ]);
  const fields = change(aviation, { renameField: { entity: 'airport', field: 'city', to: 'town' } });
  const old = change(fields, {
    deprecateField: { entity: 'airport', field: 'town', reason: 'Too vague.', replacement: 'name' },
  });
  expect(printTenantSchema(buildGraphqlSchema(old))).toContain(
    'city: String @deprecated(reason: "Too vague. Use \\"name\\".")',
  );
});

test('an entity that is called as before again has the types of before', () => {
  const there = change(aviation, { renameEntity: { entity: 'airport', to: 'airfield' } });
  const back = change(there, { renameEntity: { entity: 'airfield', to: 'airport' } });
  expect(breaking(there, back)).toEqual([]);
  const [airport, airfield] = ['Airport', 'Airfield'].map((name) => buildGraphqlSchema(back).getType(name));
  expect(airport).toBeInstanceOf(GraphQLObjectType);
  expect(airfield).toBeInstanceOf(GraphQLInterfaceType);
  const roots = buildGraphqlSchema(back).getQueryType()?.getFields();
  expect(roots?.airports?.deprecationReason).toBeUndefined();
  expect(roots?.airfields?.deprecationReason).toBe('Renamed to "airports".');
  expect(breaking(aviation, change(back, { dropAlias: { entity: 'airport', alias: 'airfield' } }))).toEqual(
    [],
  );
});

test('what the designer deprecates says why and what to use instead', () => {
  const after = change(
    aviation,
    { deprecateField: { entity: 'airport', field: 'city', reason: 'Too vague.', replacement: 'name' } },
    { deprecateEntity: { entity: 'flight', reason: 'Gone.' } },
  );
  const sdl = printTenantSchema(buildGraphqlSchema(after));
  expect(sdl).toContain('city: String @deprecated(reason: "Too vague. Use \\"name\\".")');
  expect(sdl).toMatch(/\n {2}flight\(id: ID!\): Flight @deprecated\(reason: "Gone."\)/);
  expect(breaking(aviation, after)).toEqual([]);
});

test('a name that is dropped breaks those who still use it, and graphql-js says so', () => {
  const after = change(aviation, {
    renameField: { entity: 'airport', field: 'city', to: 'town', keepAlias: false },
  });
  const found = findBreakingChanges(buildGraphqlSchema(aviation), buildGraphqlSchema(after));
  expect(found).toContainEqual({
    type: BreakingChangeType.FIELD_REMOVED,
    description: 'Airport.city was removed.',
  });
});

test('registries that differ in an alias or a deprecation alone do not share a schema', () => {
  const shapes = [
    aviation,
    change(aviation, { renameField: { entity: 'airport', field: 'city', to: 'town' } }),
    change(aviation, { renameField: { entity: 'airport', field: 'city', to: 'town', keepAlias: false } }),
    change(aviation, { deprecateField: { entity: 'airport', field: 'city', reason: 'Old.' } }),
    change(aviation, { deprecateField: { entity: 'airport', field: 'city', reason: 'Older.' } }),
    change(aviation, { deprecateEntity: { entity: 'airport', reason: 'Old.' } }),
    change(aviation, { renameEntity: { entity: 'airport', to: 'airfield' } }),
  ].map(({ apiShape }) => apiShape);
  expect(new Set(shapes).size).toBe(shapes.length);
});
