import { createRegistry, type Registry, registryForRole } from '@formwork/registry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { entitySchema } from '../src/index.ts';
import { validateInput } from '../src/validate/validate-input.ts';
import { museum } from './write-design.ts';

const made = createRegistry(museum);
if ('problems' in made) throw new Error('the design has problems');
const { registry } = made;

interface FormSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

function entityOf(entityKey: string) {
  const entity = registry.entityByKey.get(entityKey);
  if (!entity) throw new Error('no entity');
  return entity;
}

function schemaOf(entityKey: string, operation: 'create' | 'update') {
  return entitySchema(registry, entityOf(entityKey), operation);
}

/** As a client would: a validator of its own, strict, with the usual formats and our annotations as vocabulary. */
function validatorOf(entityKey: string, operation: 'create' | 'update') {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  addFormats.default(ajv, { keywords: true });
  ajv.addVocabulary([
    ...['x-type', 'x-order', 'x-link', 'x-entity', 'x-list', 'x-input', 'x-transitions'],
    ...['x-precision', 'x-scale', 'x-minimum', 'x-maximum', 'x-mutation', 'x-result', 'x-default-from'],
    'x-label-field',
  ]);
  return ajv.compile(schemaOf(entityKey, operation));
}

test('the schema of an entity can be built a form from', () => {
  expect(schemaOf('specimen', 'create')).toMatchSnapshot();
});

test('the schema of an update requires nothing and lets what is optional be null', () => {
  const validate = validatorOf('specimen', 'update');
  expect(validate({})).toBe(true);
  expect(
    validate({ notes: null, state: null, tags: null, insured: null, room: null, seenAt: null, extra: null }),
  ).toBe(true);
  expect(validate({ name: null })).toBe(false);
  // Links to many are not a value.
  expect(validate({ labels: null })).toBe(false);
});

test("a client's own validator agrees on what is good and what is not", () => {
  const validate = validatorOf('specimen', 'create');
  expect(
    validate({
      name: 'Ammonite',
      code: 'AM-1',
      contact: 'ada@example.com',
      price: '12.50',
      insured: { amount: 99.5, currency: 'EUR' },
      foundOn: '1999-12-31',
      seenAt: '2026-11-21T10:00:00Z',
      feeding: '09:30:00',
      exposure: 'PT1H',
      state: 'ON_SHOW',
      tags: ['RARE'],
      extra: { any: ['thing'] },
      room: { by: { byDoor: { floor: 1, door: 'A' } } },
      labels: { add: [{ id: '0193f5a2-7c1e-7000-8000-000000000000' }] },
    }),
  ).toBe(true);
  for (const wrong of [
    { name: 'x' },
    { code: 'am' },
    { state: 'on show' },
    { tags: ['RARE', 'RARE'] },
    { insured: { amount: '1', currency: 'GBP' } },
    { foundOn: '2023-02-29' },
    { beauty: 6 },
    { number: 1 },
    { room: {} },
    { colour: 'red' },
    { price: '12.505' },
    { price: '-1' },
    { price: 100001 },
    { insured: { amount: 'much', currency: 'EUR' } },
    { homepage: 'javascript:alert(1)' },
    { homepage: `https://example.com/${'a'.repeat(4000)}` },
    { homepage: 'https://ada@:80/' },
    { homepage: 'https://example.com:http/' },
    { homepage: 'https://[v1.x]/' },
    {
      contact: `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.org`,
    },
    { contact: `${'a'.repeat(65)}@example.com` },
    { contact: `ada@${'b'.repeat(64)}.com` },
    { exact: 1e38 },
    { exact: -1e38 },
    { phone: 'call me' },
    { phone: '(/-)' },
    { exact: '1234567890123456789012345678.12345678901' },
    { anyDay: '0000-01-01' },
    { seenAt: '2026-06-30T23:59:60Z' },
    { seenAt: '2026-11-21T10:00:00.1234567Z' },
    { seenAt: '2026-11-21T10:00:00+0200' },
    { feeding: '25:00:00' },
    { exposure: '2 hours' },
    { extra: undefined, tags: ['ANOTHER'] },
  ]) {
    expect([wrong, validate({ name: 'Ammonite', ...wrong })]).toEqual([wrong, false]);
    const { violations } = validateInput(registry, entityOf('specimen'), 'create', [], {
      name: 'Ammonite',
      ...wrong,
    });
    expect([wrong, violations.length > 0]).toEqual([wrong, true]);
  }
});

test('what random inputs are to the API they are to the schema that clients get', () => {
  const validate = validatorOf('specimen', 'create');
  const inputs = fc.record(
    {
      name: fc.constantFrom('Ammonite', 'x', '👍👍', null, 7),
      code: fc.constantFrom('AM-1', 'AM-', null, undefined),
      contact: fc.constantFrom('ada@example.com', 'ada', null),
      homepage: fc.constantFrom(
        ...[
          'https://example.com/a?b',
          'HTTP://ada:x@[::1]:80',
          'https://a-b.c_d.example:8080#x',
          'http://127.0.0.1?q=1',
        ],
        ...['ftp://example.com', 'example.com', 'https://example.com:http', 'https://ada@'],
      ),
      phone: fc.constantFrom('+49 30 901820', '(030) 90-18 ext. 5', 'none'),
      pieces: fc.oneof(fc.integer(), fc.constantFrom(2 ** 31, 1.5, '1')),
      humidity: fc.oneof(
        fc.integer({ min: -1, max: 101 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      beauty: fc.integer({ min: -1, max: 6 }),
      exact: fc.oneof(fc.constantFrom('1', '-0.5', '007', '1.50', '.5', '1.', '', 'x'), fc.integer()),
      price: fc.constantFrom('0.01', '12.50', '12.500', '12.505', 1, 0, 100000, 100001, true),
      insured: fc.constantFrom(
        { amount: '1', currency: 'EUR' },
        { amount: 1, currency: 'GBP' },
        { amount: 1 },
        null,
      ),
      foundOn: fc.constantFrom('1900-01-01', '1899-12-31', '2023-02-29', 'today'),
      seenAt: fc.constantFrom(
        '2026-11-21T10:00:00Z',
        '2026-11-21T10:00:00+02:00',
        '2026-11-21T10:00:00',
        '2026-11-21',
      ),
      feeding: fc.constantFrom('09:30:00', '09:30', '23:59:59.999999', '24:00:00', '9:30'),
      exposure: fc.constantFrom('PT1H30M', 'P1Y', 'PT0.25S', 'P', 'PT', '1h'),
      state: fc.constantFrom('ON_SHOW', 'on show', null),
      tags: fc.array(fc.constantFrom('RARE', 'LARGE', 'SMALL'), { maxLength: 3 }),
      extra: fc.jsonValue(),
      room: fc.constantFrom(
        { id: '0193f5a2-7c1e-7000-8000-000000000000' },
        { by: { byDoor: { floor: 1, door: 'A' } } },
        { by: { byDoor: { floor: 1 } } },
        { id: 'none' },
        {},
        null,
      ),
      labels: fc.constantFrom(
        { add: [] },
        { add: [{ by: { text: 'a' } }] },
        { set: [] },
        { add: [{}] },
        null,
      ),
      colour: fc.constant('red'),
      number: fc.constant(1),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(inputs, (given) => {
      const input = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const { violations } = validateInput(registry, entityOf('specimen'), 'create', [], input);
      expect([violations, validate(input)]).toEqual([violations, violations.length === 0]);
    }),
    { numRuns: 2000 },
  );
});

test('a form is told what it shows and does not send, where links lead, and which states may follow', () => {
  const { properties, required } = schemaOf('specimen', 'create') as unknown as FormSchema;
  expect(required).toEqual(['name']);
  expect(Object.keys(properties)).toEqual(
    Object.values(properties).map((_, index) => entityOf('specimen').fields[index]?.name),
  );
  expect(properties['number']).toEqual({
    title: 'Number',
    type: 'integer',
    readOnly: true,
    not: {},
    'x-type': 'autonumber',
    'x-order': 24,
  });
  expect(properties['room']).toMatchObject({
    ...{ 'x-link': 'Room', 'x-entity': 'room', 'x-list': 'rooms', 'x-label-field': 'door' },
  });
  // Constants alone, null too: that is how form libraries know a menu.
  expect(properties['state']).toMatchObject({
    type: ['string', 'null'],
    oneOf: [
      { const: 'IN_DRAWER', title: 'In a drawer' },
      { const: 'ON_SHOW', title: 'On show' },
      { const: 'LOST', title: 'Lost' },
      { const: null },
    ],
  });
  expect(properties['tags']).toMatchObject({
    uniqueItems: true,
    items: { type: 'string', oneOf: [{ const: 'RARE' }, {}, {}] },
  });
});

test('a new record is offered the states it may begin with, and a change all of them', () => {
  const design = createRegistry({
    formwork: 1,
    entities: [
      {
        key: 'task',
        fields: [
          {
            key: 'state',
            type: 'select',
            required: true,
            options: {
              choices: [{ key: 'open' }, { key: 'done' }],
              initial: ['open'],
              transitions: { open: ['done'] },
            },
          },
        ],
      },
    ],
  });
  if ('problems' in design) throw new Error('the design has problems');
  const [task] = design.registry.entities;
  if (!task) throw new Error('no entity');
  const of = (operation: 'create' | 'update') =>
    (entitySchema(design.registry, task, operation) as unknown as FormSchema).properties['state'];
  expect(of('create')).toMatchObject({ oneOf: [{ const: 'OPEN', title: 'Open' }] });
  expect(of('update')).toMatchObject({
    oneOf: [{ const: 'OPEN' }, { const: 'DONE' }],
    'x-transitions': { OPEN: ['DONE'] },
  });
});

test('a form is told what it sends, how to show what is computed, and what it need not ask for', () => {
  const design = createRegistry({
    formwork: 1,
    entities: [
      {
        key: 'product',
        fields: [
          { key: 'price', type: 'decimal', required: true },
          { key: 'size', type: 'select', options: { choices: [{ key: 's', label: 'Small' }] } },
        ],
      },
      {
        key: 'order_item',
        fields: [
          { key: 'product', type: 'link', required: true, options: { target: 'product' } },
          { key: 'unit_price', type: 'decimal', required: true, default: { from: 'product.price' } },
          { key: 'twice', type: 'formula', options: { expression: 'unit_price * 2' } },
          { key: 'product_size', type: 'lookup', options: { via: 'product', field: 'size' } },
        ],
      },
    ],
    roles: [
      {
        key: 'clerk',
        permissions: [
          { entity: 'product', read: true },
          { entity: 'order_item', read: true, update: { fields: ['unit_price'] } },
        ],
      },
    ],
  });
  if ('problems' in design) throw new Error(JSON.stringify(design.problems));
  const schemaFor = (seen: Registry | null, operation: 'create' | 'update') => {
    const item = seen?.entityByKey.get('order_item');
    if (!seen || !item) throw new Error('no entity');
    return entitySchema(seen, item, operation);
  };
  const whole = schemaFor(design.registry, 'create');
  expect(whole).toMatchObject({
    'x-entity': 'order_item',
    'x-mutation': 'createOrderItem',
    required: ['product'],
    properties: {
      unitPrice: { 'x-default-from': 'product.price' },
      twice: { readOnly: true, 'x-type': 'formula', 'x-result': 'decimal' },
      productSize: { readOnly: true, 'x-result': 'select', oneOf: [{ const: 'S', title: 'Small' }] },
    },
  });
  // Of what a role does not write it still shows where it leads; and it is told no mutation that there is not.
  const clerk = registryForRole(design.registry, 'clerk');
  expect(schemaFor(clerk, 'update')).toMatchObject({
    'x-mutation': 'updateOrderItem',
    properties: { product: { readOnly: true, 'x-link': 'Product', 'x-list': 'products' } },
  });
  expect(schemaFor(clerk, 'update')).not.toHaveProperty(['properties', 'unitPrice', 'x-default-from']);
  expect(schemaFor(clerk, 'create')).not.toHaveProperty('x-mutation');
});

test('a value that is required and copied through a link is missing where the link is', () => {
  const design = createRegistry({
    formwork: 1,
    entities: [
      { key: 'plan', fields: [{ key: 'fee', type: 'integer' }] },
      {
        key: 'contract',
        fields: [
          { key: 'plan', type: 'link', options: { target: 'plan' } },
          { key: 'fee', type: 'integer', required: true, default: { from: 'plan.fee' } },
        ],
      },
    ],
  });
  if ('problems' in design) throw new Error('the design has problems');
  const contract = design.registry.entityByKey.get('contract');
  if (!contract) throw new Error('no entity');
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const id = '0193f5a2-7c1e-7000-8000-000000000000';
  for (const [input, isGood] of [
    [{}, false],
    [{ fee: 1 }, true],
    [{ plan: { id } }, true],
    [{ plan: { id }, fee: 2 }, true],
  ] as const) {
    const { violations } = validateInput(design.registry, contract, 'create', [], input);
    expect([input, violations.map(({ code, path }) => [code, ...path])]).toEqual([
      input,
      isGood ? [] : [['REQUIRED', 'fee']],
    ]);
    expect([input, ajv.compile(entitySchema(design.registry, contract, 'create'))(input)]).toEqual([
      input,
      isGood,
    ]);
  }
  expect(validateInput(design.registry, contract, 'update', [], {}).violations).toEqual([]);
});

test('the schema is plain JSON', () => {
  for (const { key } of registry.entities) {
    const schema = schemaOf(key, 'create');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  }
});
