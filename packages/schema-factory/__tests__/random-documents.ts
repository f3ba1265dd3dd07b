import {
  type EntityDocument,
  type FieldDocument,
  type FieldOptions,
  type FieldType,
  fieldTypeRules,
  type KeyDocument,
  type RegistryDocument,
} from '@formwork/registry';
import fc from 'fast-check';

/** Words that our own names are made of, so that keys meet derived names, and each other, often. */
const words = [
  'a',
  'b',
  'order',
  'item',
  'order_item',
  'by_a',
  'filter',
  'a_filter',
  'connection',
  'edge',
  'create_a',
];
const moreWords = [
  'list',
  'links',
  'node',
  'type',
  'input',
  'unique_key',
  'page_info',
  'x9',
  'a__b',
  'true',
  'class',
];

const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words, ...moreWords) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/) },
);

/** Prose that could break out of a description. */
const prose = fc.oneof(
  fc.constantFrom(
    '',
    '"""',
    '\\"""',
    '\\',
    '"',
    '#',
    '\n\n',
    '  indented\n\ttab',
    '🛫 \u202E',
    'type Query { hacked: Int }',
  ),
  fc.string({ maxLength: 20 }),
);

const types = Object.entries(fieldTypeRules).map(([type]) => type as FieldType);

const choices = fc.uniqueArray(fc.record({ key, label: prose, description: prose }), {
  minLength: 1,
  maxLength: 3,
  selector: (choice) => choice.key,
});

/** Documents that are mostly, but not always, accepted. */
export const randomDocument: fc.Arbitrary<RegistryDocument> = fc
  .uniqueArray(key, { maxLength: 4 })
  .chain((entities) => fc.tuple(...entities.map((one) => randomEntity(one, entities))))
  .map((entities) => ({ formwork: 1, entities }));

function randomEntity(entityKey: string, entities: readonly string[]): fc.Arbitrary<EntityDocument> {
  return fc
    .uniqueArray(randomField(entities), { maxLength: 6, selector: (field) => field.key })
    .chain((fields) =>
      fc.record(
        {
          key: fc.constant(entityKey),
          label: prose,
          description: prose,
          fields: fc.constant(fields),
          keys: fc.uniqueArray(randomKey(fields), { maxLength: 2, selector: (one) => one.key }),
        },
        { requiredKeys: ['key', 'fields'] },
      ),
    )
    .map((entity) =>
      entity.keys?.some((one) => one.fields.length === 0) ? { ...entity, keys: [] } : entity,
    );
}

function randomField(entities: readonly string[]): fc.Arbitrary<FieldDocument> {
  return fc.constantFrom(...types).chain((type) => {
    const rule = fieldTypeRules[type];
    return fc.record(
      {
        key,
        label: prose,
        description: prose,
        type: fc.constant(type),
        required: rule.required ? fc.boolean() : fc.constant(false),
        unique: rule.unique ? fc.boolean() : fc.constant(false),
        indexed: rule.indexable ? fc.boolean() : fc.constant(false),
        options: randomOptions(type, entities),
      },
      { requiredKeys: ['key', 'type', 'options'] },
    );
  });
}

function randomOptions(type: FieldType, entities: readonly string[]): fc.Arbitrary<FieldOptions> {
  if (type === 'select' || type === 'multi_select') return fc.record({ choices });
  if (type !== 'link' && type !== 'links') return fc.constant({});
  const inverse = fc.oneof(key, fc.constant(null));
  return fc.record({ target: fc.constantFrom(...entities), inverse }, { requiredKeys: ['target'] });
}

function randomKey(fields: readonly FieldDocument[]): fc.Arbitrary<KeyDocument> {
  const parts = fields.filter((field) => fieldTypeRules[field.type].unique).map((field) => field.key);
  return fc.record(
    {
      key,
      fields:
        parts.length > 0 ? fc.uniqueArray(fc.constantFrom(...parts), { minLength: 1 }) : fc.constant([]),
      nullsEqual: fc.boolean(),
    },
    { requiredKeys: ['key', 'fields'] },
  );
}
