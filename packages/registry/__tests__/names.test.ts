import {
  deriveEnumNames,
  deriveKeyNames,
  deriveRootNames,
  deriveTypeNames,
  isReservedName,
} from '@formwork/registry';
import { codesOf, documentOf, documentWith, entityOf, problemsOf, registryOf } from './designs.ts';

const text = (key: string, more: object = {}) => ({ key, type: 'text', ...more });
const select = (key: string) => ({ key, type: 'select', options: { choices: [{ key: 'x' }] } });
const entity = (key: string, more: object = {}) => ({ key, fields: [text('a')], ...more });

test('derives GraphQL names from keys', () => {
  const registry = registryOf(
    documentOf({
      key: 'order_item',
      plural: 'order_items',
      fields: [text('monthly_rent'), text('x1_y2_'), text('a__b')],
    }),
  );
  const item = entityOf(registry, 'order_item');
  expect(item.names).toEqual({ type: 'OrderItem', single: 'orderItem', plural: 'orderItems' });
  expect(item.fields.map((field) => field.name)).toEqual(['monthlyRent', 'x1Y2', 'aB']);
  expect(registry.entityByTypeName.get('OrderItem')).toBe(item);
  expect(item.fieldByName.get('monthlyRent')).toBe(item.fields[0]);
});

test.each([
  ['airport', 'airports'],
  ['category', 'categories'],
  ['day', 'days'],
  ['address', 'addresses'],
  ['box', 'boxes'],
  ['branch', 'branches'],
  ['person', 'people'],
  ['sales_person', 'sales_people'],
  ['child', 'children'],
  ['y', 'ys'],
])('proposes the plural of %s: %s', (key, plural) => {
  expect(entityOf(registryOf(documentOf(entity(key))), key).plural).toBe(plural);
});

test('proposes labels', () => {
  const { label, fields } = entityOf(
    registryOf(documentOf({ key: 'order_item', fields: [text('vat__rate_')] })),
    'order_item',
  );
  expect([label, fields[0]?.label]).toEqual(['Order item', 'Vat rate']);
});

test('names unique keys, and says "by" once', () => {
  const { keys } = entityOf(
    registryOf(
      documentOf({
        key: 'flight',
        fields: [text('code', { unique: true }), text('number'), text('date')],
        keys: [
          { key: 'by_number', fields: ['number'] },
          { key: 'number_and_date', fields: ['number', 'date'] },
          { key: 'by', fields: ['date'] },
        ],
      }),
    ),
    'flight',
  );
  expect(keys.map(({ key, name, rootName }) => [key, name, rootName])).toEqual([
    ['code', 'code', 'flightByCode'],
    ['by_number', 'byNumber', 'flightByNumber'],
    ['number_and_date', 'numberAndDate', 'flightByNumberAndDate'],
    ['by', 'by', 'flightByBy'],
  ]);
});

test('derives the names of types and root fields in one place', () => {
  const names = { type: 'Flight', single: 'flight', plural: 'flights' };
  expect(deriveTypeNames(names)).toMatchObject({
    connection: 'FlightConnection',
    connectionFilter: 'FlightConnectionFilter',
    createInput: 'CreateFlightInput',
    deletePayload: 'DeleteFlightPayload',
  });
  expect(deriveRootNames(names).query.aggregate).toBe('flightsAggregate');
  expect(deriveEnumNames(names, 'in_use').enum).toBe('FlightInUse');
  expect(deriveKeyNames(names, 'by_number').input).toBe('FlightByNumberKey');
});

test.each([
  ...['query', 'mutation', 'subscription', 'node', 'page_info', 'string', 'int', 'float', 'boolean', 'date'],
  ...['date_time', 'time', 'decimal', 'duration', 'money', 'order_direction', 'count_mode', 'id', 'json'],
  ...['string_filter', 'money_input'],
])('refuses the entity "%s", whose type is reserved', (key) => {
  const problems = problemsOf(documentOf(entity(key)));
  expect(problems[0]).toMatchObject({ code: 'NAME_RESERVED', path: 'entities[0].key' });
  expect(problems[0]?.message).toContain(`"${key}" is reserved. Choose another key.`);
});

test.each([
  ...[
    'id',
    'version',
    'created_at',
    'created_by',
    'updated_at',
    'updated_by',
    'deleted_at',
    'created__at',
    'id_',
  ],
  ...['and', 'or', 'not', 'is_null'],
])('refuses the field "%s", and as the name of a way back', (key) => {
  expect(codesOf(documentWith([text(key)]))).toEqual(['NAME_RESERVED at entities[0].fields[0].key']);
  const link = { key: 'up', type: 'link', options: { target: 'thing', inverse: key } };
  expect(codesOf(documentWith([link]))).toEqual(['NAME_RESERVED at entities[0].fields[0].options.inverse']);
});

test.each([
  'order',
  'user',
  'table',
  'select',
  'group',
  'where',
  'type',
  'schema',
  'tenant',
  'record',
  'data',
  'edge',
])('the entity and the field "%s" are ordinary: words of SQL are quoted', (key) => {
  expect(codesOf(documentOf({ key, fields: [text(key, { indexed: true })] }))).toEqual([]);
});

test.each(['node', 'nodes'])('refuses the plural "%s", which is a root field', (plural) => {
  expect(codesOf(documentOf(entity('a', { plural })))).toEqual(['NAME_RESERVED at entities[0].plural']);
});

test('two keys that derive one name are a problem that quotes both', () => {
  expect(problemsOf(documentWith([text('monthly_rent'), text('monthly__rent')]))).toEqual([
    {
      code: 'NAME_COLLISION',
      path: 'entities[0].fields[1].key',
      message:
        'The GraphQL field "monthlyRent" of the field "monthly__rent" is already taken by the field "monthly_rent". Choose another key.',
    },
  ]);
  expect(codesOf(documentOf(entity('a_b'), entity('a__b')))).toContain('NAME_COLLISION at entities[1].key');
});

test.each(
  [...Object.values(deriveTypeNames({ type: 'Flight', single: 'flight', plural: 'flights' }))].map((name) =>
    name.replace(/(?!^)([A-Z])/g, '_$1').toLowerCase(),
  ),
)('an entity "%s" collides with a type of the entity "flight", whichever comes first', (key) => {
  const message = expect.stringMatching(new RegExp(`(is made for it.*"${key}")|("${key}".*"flight")`));
  const collision = { code: 'NAME_COLLISION', path: expect.stringMatching(/entities\[[01]\]\.key/), message };
  expect(problemsOf(documentOf(entity('flight'), entity(key)))).toContainEqual(collision);
  expect(problemsOf(documentOf(entity(key), entity('flight')))).toContainEqual(collision);
});

test('the types of choices and keys collide with entities and with each other', () => {
  const flight = (...fields: object[]) => ({ key: 'flight', fields });
  expect(codesOf(documentOf(flight(select('status')), entity('flight_status')))).toEqual([
    'NAME_COLLISION at entities[0].fields[0].key',
  ]);
  expect(codesOf(documentOf(flight(select('order'))))).toEqual([
    'NAME_COLLISION at entities[0].fields[0].key',
  ]);
  expect(codesOf(documentOf(flight(select('status'), select('status_filter'))))).toEqual([
    'NAME_COLLISION at entities[0].fields[1].key',
  ]);
  expect(
    codesOf(documentOf({ key: 'a', fields: [select('b_c')] }, { key: 'a_b', fields: [select('c')] })),
  ).toContain('NAME_COLLISION at entities[1].fields[0].key');
  expect(
    codesOf(documentOf(flight(text('number', { unique: true })), entity('flight_by_number_key'))),
  ).toEqual(['NAME_COLLISION at entities[0].fields[0].key']);
});

test('root fields collide: plurals, keys and aggregates', () => {
  expect(codesOf(documentOf(entity('fish', { plural: 'fish' })))).toEqual([
    'NAME_COLLISION at entities[0].plural',
  ]);
  expect(codesOf(documentOf(entity('airport'), entity('airports')))).toEqual([
    'NAME_COLLISION at entities[1].key',
  ]);
  expect(codesOf(documentOf(entity('a', { plural: 'things' }), entity('b', { plural: 'things' })))).toContain(
    'NAME_COLLISION at entities[1].plural',
  );
  expect(codesOf(documentOf(entity('a', { plural: 'things' }), entity('things_aggregate')))).toEqual([
    'NAME_COLLISION at entities[0].plural',
  ]);
  const keys = [
    { key: 'by_number', fields: ['a'] },
    { key: 'number', fields: ['a', 'b'] },
  ];
  expect(codesOf(documentWith([text('a'), text('b')], { keys }))).toContain(
    'NAME_COLLISION at entities[0].keys[1].key',
  );
});

test('a way back collides with a field and with another way back', () => {
  const link = (key: string, inverse: string) => ({
    key,
    type: 'link',
    options: { target: 'airport', inverse },
  });
  const document = (...fields: object[]) =>
    documentOf(entity('airport', { fields: [text('city')] }), { key: 'flight', fields });
  expect(codesOf(document(link('origin', 'city')))).toEqual([
    'NAME_COLLISION at entities[1].fields[0].options.inverse',
  ]);
  expect(codesOf(document(link('origin', 'flights'), link('destination', 'flights')))).toEqual([
    'NAME_COLLISION at entities[1].fields[1].options.inverse',
  ]);
});

test('proposes ways back that collide with nothing', () => {
  const link = (key: string, target: string, options: object = {}) => ({
    key,
    type: 'link',
    options: { target, ...options },
  });
  const registry = registryOf(
    documentOf(entity('airport', { fields: [text('flights')] }), entity('city'), {
      key: 'flight',
      fields: [
        link('origin', 'airport'),
        link('city', 'city'),
        link('via', 'city'),
        link('to', 'city', { inverse: 'flights_by_via' }),
        link('none', 'city', { inverse: null }),
        link('parent', 'flight'),
      ],
    }),
  );
  const names = (key: string) =>
    entityOf(registry, key).inverses.map((inverse) => [inverse.name, inverse.source, inverse.field]);
  expect(names('airport')).toEqual([['flightsByOrigin', 'flight', 'origin']]);
  expect(names('city')).toEqual([
    ['flights', 'flight', 'city'],
    ['flightsByVia2', 'flight', 'via'],
    ['flightsByVia', 'flight', 'to'],
  ]);
  expect(names('flight')).toEqual([['parentOf', 'flight', 'parent']]);
});

test('knows reserved names by where they stand', () => {
  expect(isReservedName('type', 'Query')).toBe(true);
  expect(isReservedName('field', 'Query')).toBe(false);
  expect(isReservedName('field', 'createdAt')).toBe(true);
  expect(isReservedName('root', 'nodes')).toBe(true);
  expect(isReservedName('field', '__typename')).toBe(true);
  expect(isReservedName('field', 'constructor')).toBe(false);
});
