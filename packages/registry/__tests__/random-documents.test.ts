import {
  checkDocument,
  createRegistry,
  loadRegistry,
  type Registry,
  type RegistryDocument,
  toDocument,
  toStoredRegistry,
} from '@formwork/registry';
import fc from 'fast-check';

/* Random documents: what is certainly none, what is nearly one, and what may well be one. */

const key = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      'a',
      'b',
      'a_b',
      'a__b',
      'order',
      'flight',
      'id',
      'query',
      'status',
      'x1',
      'constructor',
    ),
  },
  { weight: 1, arbitrary: fc.string() },
);
const type = fc.constantFrom(
  ...[
    'text',
    'long_text',
    'integer',
    'decimal',
    'currency',
    'boolean',
    'date',
    'datetime',
    'select',
    'multi_select',
  ],
  ...['json', 'autonumber', 'link', 'links', 'formula', 'rating', 'nothing'],
);
const choice = fc.record({ key, label: fc.string() }, { requiredKeys: ['key'] });
const options = fc.record(
  {
    min: fc.oneof(fc.integer(), fc.constantFrom('1.5', '2026-01-01', 'x')),
    max: fc.oneof(fc.integer(), fc.constantFrom('2.50', '2027-01-01')),
    maxLength: fc.integer({ min: -1, max: 9 }),
    pattern: fc.string(),
    precision: fc.integer({ min: 0, max: 40 }),
    choices: fc.array(choice, { maxLength: 4 }),
    initial: fc.array(key, { maxLength: 2 }),
    transitions: fc.dictionary(key, fc.array(key, { maxLength: 2 }), { maxKeys: 2 }),
    target: key,
    inverse: fc.oneof(key, fc.constant(null)),
    onDelete: fc.constantFrom('restrict', 'cascade', 'set_null', 'never'),
  },
  { requiredKeys: [] },
);
const flags = { required: fc.boolean(), unique: fc.boolean(), indexed: fc.boolean() };

const nearlyField = fc.record(
  {
    key,
    type,
    label: fc.string(),
    ...flags,
    default: fc.anything(),
    options: fc.oneof(options, fc.anything()),
  },
  { requiredKeys: ['key', 'type'] },
);
const nearlyDocument = fc.record({
  formwork: fc.constant(1),
  entities: fc.array(
    fc.record(
      {
        key,
        plural: key,
        description: fc.string(),
        softDelete: fc.boolean(),
        fields: fc.array(nearlyField, { maxLength: 5 }),
        keys: fc.array(fc.record({ key, fields: fc.array(key, { maxLength: 3 }) }), { maxLength: 2 }),
        searchable: fc.array(key, { maxLength: 2 }),
      },
      { requiredKeys: ['key', 'fields'] },
    ),
    { maxLength: 4 },
  ),
});

/** Documents without mistakes: keys of one letter and a number, and for each type what fits it. */
const goodKey = (letter: string) => fc.integer({ min: 0, max: 8 }).map((number) => `${letter}${number}`);
/** One key of all types, and for each type a few of its own: fields that stay what they are, and some that do not. */
const fieldKey = (of: string) =>
  fc.oneof({ weight: 1, arbitrary: fc.constant('f') }, { weight: 9, arbitrary: goodKey(`${of}_`) });

const goodField = fc.oneof(
  fieldOf(
    'text',
    { options: { maxLength: 5, pattern: '^a+$' } },
    { indexed: fc.boolean(), unique: fc.boolean() },
  ),
  fieldOf(
    'decimal',
    { options: { min: '0.10', precision: 9 } },
    { indexed: fc.boolean(), default: fc.constantFrom('1.50', 2) },
  ),
  fieldOf('date', {}, { indexed: fc.boolean(), default: fc.constant('2026-11-21') }),
  fieldOf('json', {}, { default: fc.json().map((text): unknown => JSON.parse(text)) }),
  fieldOf(
    'select',
    {
      options: {
        choices: [{ key: 'x' }, { key: 'y', label: 'Why' }],
        initial: ['x'],
        transitions: { x: ['y'] },
      },
    },
    { indexed: fc.boolean(), default: fc.constant('x') },
  ),
  fieldOf('link', {}, { options: fc.record({ target: goodKey('e'), onDelete: fc.constant('restrict') }) }),
  fieldOf('links', {}, { options: fc.record({ target: goodKey('e') }) }),
);

interface RandomField {
  readonly key: string;
  readonly type: string;
  readonly options?: { readonly target?: string };
}

function fieldOf(
  type: string,
  fixed: object,
  varying: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<RandomField> {
  const always = fc.record({ key: fieldKey(type), label: fc.string({ maxLength: 20 }) });
  const sometimes = fc.record(varying, { requiredKeys: type.startsWith('link') ? ['options'] : [] });
  return fc
    .tuple(always, sometimes)
    .map(([a, b]): RandomField => ({ ...a, type, ...fixed, ...(b as object) }));
}

const goodEntity = fc.record({
  key: goodKey('e'),
  label: fc.string({ maxLength: 20 }),
  softDelete: fc.boolean(),
  fields: fc.uniqueArray(goodField, { maxLength: 6, selector: (field) => field.key }),
});
/** Targets that are not there are the one mistake left, so those links go. */
const goodDocument = fc
  .uniqueArray(goodEntity, { minLength: 1, maxLength: 6, selector: (entity) => entity.key })
  .map((entities) => {
    const keys = new Set(entities.map((entity) => entity.key));
    const stays = ({ options }: RandomField) => options?.target === undefined || keys.has(options.target);
    return {
      formwork: 1,
      entities: entities.map((entity) => ({ ...entity, fields: entity.fields.filter(stays) })),
    };
  });

function create(input: unknown, options?: Parameters<typeof createRegistry>[1]) {
  return createRegistry(input as RegistryDocument, options);
}

function expectRoundTrip(input: unknown): boolean {
  const result = create(input);
  if ('problems' in result) {
    expect(result.problems.length).toBeGreaterThan(0);
    return false;
  }
  const { registry } = result;
  const document = toDocument(registry);
  expect(checkDocument(document)).toEqual({ document });
  const populated = new Set(registry.entityByStorageKey.keys());
  for (const again of [create(document), create(document, { current: registry, populated })]) {
    expect(again).not.toHaveProperty('problems');
    expectSame(again, registry);
  }
  expectSame({ registry: loadRegistry(toStoredRegistry(registry)) }, registry);
  return true;
}

function expectSame(result: ReturnType<typeof create>, registry: Registry): void {
  if ('registry' in result) {
    expect(toStoredRegistry(result.registry)).toEqual(toStoredRegistry(registry));
    expect(result.registry.apiShape).toBe(registry.apiShape);
    expect(result.registry.planShape).toBe(registry.planShape);
  }
}

test('whatever is given, there are problems or a registry, and never an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything({ maxDepth: 4 }),
        fc.anything().map((entities) => ({ formwork: 1, entities })),
        nearlyDocument,
      ),
      (input) => {
        expectRoundTrip(input);
        checkDocument(input);
      },
    ),
    { numRuns: 300 },
  );
});

test('a registry’s document makes the same registry again: slots, names, shapes', () => {
  let registries = 0;
  fc.assert(
    fc.property(goodDocument, (input) => {
      registries += expectRoundTrip(input) ? 1 : 0;
    }),
    { numRuns: 100 },
  );
  // Else the test would say nothing.
  expect(registries).toBeGreaterThan(50);
});

test('a change to anything and back keeps every storage key, and never gives two things one slot', () => {
  let changes = 0;
  fc.assert(
    fc.property(goodDocument, goodDocument, fc.boolean(), (first, second, populated) => {
      const from = create(first);
      if ('problems' in from) {
        return;
      }
      const entities = populated ? new Set(from.registry.entityByStorageKey.keys()) : new Set<string>();
      const changed = create(second, { current: from.registry, populated: entities });
      if ('problems' in changed) {
        expect(
          changed.problems.every(({ code }) => code === 'TYPE_CHANGED' || code === 'TARGET_CHANGED'),
        ).toBe(true);
        return;
      }
      changes += 1;
      for (const entity of changed.registry.entities) {
        const slots = [...entity.fields, ...entity.keys].flatMap(({ slot }) => slot?.column ?? []);
        expect(new Set(slots).size).toBe(slots.length);
        const today = from.registry.entityByKey.get(entity.key);
        for (const field of entity.fields) {
          const before = today?.fieldByKey.get(field.key);
          const isSame = before?.type === field.type && before.options.target === field.options.target;
          expect(field.storageKey === before?.storageKey).toBe(isSame);
        }
      }
    }),
    { numRuns: 100 },
  );
  expect(changes).toBeGreaterThan(20);
});
