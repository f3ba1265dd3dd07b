import { longestReason } from './aliases/read-aliases.ts';
import { fieldTypes, rollupFunctions } from './document.ts';
import { fieldTypeRules } from './field-types.ts';
import { formulaLimits } from './formula/formula-limits.ts';
import { keyPattern, longestInverse, longestKey, longestPlural } from './keys.ts';
import { longestDescription, longestLabel } from './read-prose.ts';
import { builtInRoles, everyEntity } from './roles/role-document.ts';

const label = {
  type: 'string',
  maxLength: longestLabel,
  description: 'What people read instead of the key.',
};
const description = { type: 'string', maxLength: longestDescription };
const since = { type: 'integer', minimum: 1, description: 'The version that made it an alias.' };
const flag = { type: 'boolean', default: false };

/** Options by name, for the types that have them. */
const options = {
  min: {
    type: ['number', 'string'],
    description: 'Least value allowed: a number, a decimal as text, an ISO date.',
  },
  max: { type: ['number', 'string'], description: 'Greatest value allowed.' },
  minLength: { type: 'integer', minimum: 0, description: 'In characters.' },
  maxLength: { type: 'integer', minimum: 1, description: 'In characters.' },
  pattern: {
    type: 'string',
    maxLength: 500,
    description: 'A regular expression, without look-around and references.',
  },
  caseInsensitive: {
    ...flag,
    description: 'Whether values that differ only in case count as equal where unique.',
  },
  scale: { type: 'integer', minimum: 0, maximum: 20, default: 20, description: 'Digits after the point.' },
  precision: { type: 'integer', minimum: 1, maximum: 38, default: 38, description: 'Digits in all.' },
  currencies: {
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: { type: 'string', pattern: '^[A-Z]{3}$' },
  },
  highest: { type: 'integer', minimum: 1, maximum: 100, default: 5 },
  choices: { type: 'array', minItems: 1, items: { $ref: '#/$defs/choice' } },
  initial: { ...keys('Choices that a new record may have; all, if not given.'), minItems: 1 },
  transitions: {
    type: 'object',
    additionalProperties: keys('Choices that may follow.'),
    description: 'From each choice, the choices that may follow. Any, if not given.',
  },
  target: { $ref: '#/$defs/key', description: 'Key of the entity linked to.' },
  inverse: {
    type: ['string', 'null'],
    pattern: keyPattern.source,
    maxLength: longestInverse,
    description: 'The field on the target that leads back. Proposed if not given; null for none.',
  },
  onDelete: {
    enum: ['restrict', 'cascade', 'set_null'],
    description: 'What happens when the target is deleted.',
  },
  via: {
    type: 'string',
    pattern: keyPattern.source,
    maxLength: longestInverse,
    description: 'Of a lookup, the link to one that is followed; of a rollup, the way back or links to many.',
  },
  function: { enum: [...rollupFunctions], description: 'What is made of the records there.' },
  field: { $ref: '#/$defs/key', description: 'Key of the field there. A count has none.' },
  filter: {
    type: 'string',
    minLength: 1,
    maxLength: formulaLimits.length,
    description:
      'Which of the records there count, as a formula over their own values: "status != \'cancelled\'".',
  },
  expression: {
    type: 'string',
    minLength: 1,
    maxLength: formulaLimits.length,
    description: 'How the value is computed: "price * quantity", "if(total > 100, \'large\', \'small\')".',
  },
  stored: {
    ...flag,
    description:
      'Computed when the record is written, and kept: can be indexed and rolled up. Reads nothing but the record.',
  },
};

/** Options that types which have them cannot do without. */
const necessary: ReadonlySet<string> = new Set([
  'choices',
  'target',
  'via',
  'function',
  'field',
  'expression',
]);

/** For each type, the options it has, and those it cannot do without. */
const optionsByType = fieldTypes.map((type) => {
  const known = fieldTypeRules[type].options;
  const required = known.filter((name) => necessary.has(name) && !(type === 'rollup' && name === 'field'));
  const properties = Object.fromEntries(
    known.map((name) => [name, { $ref: `#/$defs/options/properties/${name}` }]),
  );
  return {
    if: { properties: { type: { const: type } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: { options: { properties, additionalProperties: false, required } },
      ...(required.length > 0 && { required: ['options'] }),
    },
  };
});

/** Roles. What row rules may speak of depends on the entity, so `createRegistry` says that. */
const roleDefinitions = {
  role: object(['key', 'permissions'], {
    key: { allOf: [{ $ref: '#/$defs/key' }, { not: { enum: [...builtInRoles] } }] },
    label,
    description,
    permissions: { type: 'array', items: { $ref: '#/$defs/permission' } },
  }),
  permission: object(['entity'], {
    entity: {
      anyOf: [{ const: everyEntity }, { $ref: '#/$defs/key' }],
      description: 'Key of an entity, or "*" for all that are not listed.',
    },
    read: { $ref: '#/$defs/right' },
    create: { $ref: '#/$defs/right' },
    update: { $ref: '#/$defs/right' },
    delete: {
      anyOf: [{ type: 'boolean' }, object([], { where: { $ref: '#/$defs/rowRule' } })],
    },
  }),
  right: {
    anyOf: [
      { type: 'boolean' },
      object([], {
        fields: keys('Fields that may be read or written; all, if not given.'),
        where: { $ref: '#/$defs/rowRule' },
      }),
    ],
  },
  rowRule: {
    type: 'object',
    minProperties: 1,
    description:
      'Which records: a filter by field keys, with claims of the caller as values: { "owner_email": { "eq": { "claim": "email" } } }.',
  },
};

/** JSON Schema (2020-12) of a registry document, for editors and clients. `checkDocument` says more, and in words. */
export const registryDocumentSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Formwork registry',
  description: 'A tenant’s data, described once: entities, their fields, links and keys.',
  ...object(['formwork', 'entities'], {
    formwork: { const: 1, description: 'Version of the format.' },
    $schema: { type: 'string' },
    entities: { type: 'array', items: { $ref: '#/$defs/entity' } },
    roles: { type: 'array', items: { $ref: '#/$defs/role' } },
  }),
  $defs: {
    key: { type: 'string', pattern: keyPattern.source, maxLength: longestKey },
    entity: object(['key', 'fields'], {
      key: { $ref: '#/$defs/key' },
      plural: { type: 'string', pattern: keyPattern.source, maxLength: longestPlural },
      label,
      description,
      fields: { type: 'array', items: { $ref: '#/$defs/field' } },
      keys: { type: 'array', items: { $ref: '#/$defs/uniqueKey' } },
      softDelete: { ...flag, description: 'Deleted records are kept and can be restored.' },
      searchable: keys('Text fields that "search" looks into. What is found in the first weighs most.'),
      aliases: {
        type: 'array',
        maxItems: 20,
        items: { $ref: '#/$defs/entityAlias' },
        description: 'Former names that still work, as deprecated; a new one makes the change a rename.',
      },
      deprecated: { $ref: '#/$defs/deprecated' },
    }),
    field: {
      ...object(['key', 'type'], {
        key: { $ref: '#/$defs/key' },
        label,
        description,
        type: { enum: [...fieldTypes] },
        required: flag,
        unique: flag,
        indexed: flag,
        default: {
          description:
            'A value, or { "from": "product.price" }: copied once through a link, as it is there, whatever bounds this field has.',
        },
        options: { type: 'object' },
        aliases: {
          type: 'array',
          maxItems: 20,
          items: { $ref: '#/$defs/alias' },
          description: 'Former names that still work, as deprecated; a new one makes the change a rename.',
        },
        deprecated: { $ref: '#/$defs/deprecated' },
        convertedFrom: object(['field'], {
          field: { $ref: '#/$defs/key', description: 'The field whose values this one has in another type.' },
          allowLoss: { ...flag, description: 'What the new type has no place for may be left out.' },
        }),
      }),
      allOf: optionsByType,
    },
    uniqueKey: object(['key', 'fields'], {
      key: { $ref: '#/$defs/key' },
      fields: { ...keys('Fields that are unique together.'), minItems: 1, maxItems: 8 },
      nullsEqual: {
        ...flag,
        description: 'Whether missing values count as equal; else they are not checked.',
      },
      caseInsensitive: flag,
    }),
    ...roleDefinitions,
    choice: object(['key'], {
      key: { $ref: '#/$defs/key' },
      label,
      description,
      deprecated: { $ref: '#/$defs/deprecated' },
    }),
    alias: object(['key'], { key: { $ref: '#/$defs/key' }, since }),
    entityAlias: object(['key'], {
      key: { $ref: '#/$defs/key' },
      plural: { type: 'string', pattern: keyPattern.source, maxLength: longestPlural },
      since,
      later: {
        ...flag,
        description: 'That the entity was called so for a while, and again as before: its types never were.',
      },
    }),
    deprecated: object(['reason'], {
      reason: { type: 'string', minLength: 1, maxLength: longestReason },
      replacement: { $ref: '#/$defs/key', description: 'Key of what to use instead.' },
    }),
    options: { type: 'object', properties: options },
  },
};

function object(required: readonly string[], properties: Readonly<Record<string, unknown>>) {
  return { type: 'object', required, properties, additionalProperties: false };
}

function keys(text: string) {
  return { type: 'array', uniqueItems: true, items: { $ref: '#/$defs/key' }, description: text };
}
