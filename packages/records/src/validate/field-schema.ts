import type { Entity, Field, FieldOptions, Registry, UniqueKey } from '@formwork/registry';
import { compilePattern } from './linear-pattern.ts';

/** A JSON Schema, draft 2020-12, as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * Whom a schema is for. The client's has labels and tells what may be null; the engine's is checked after absent and
 * null values were set apart, has no text that is only shown, and lists choices as `enum`, which compiles small.
 */
export type Audience = 'client' | 'engine';

/** Text that has no maximum of its own ends here, in characters. */
export const longestText = 2_000_000;

const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };

export type WriteOperation = 'create' | 'update';

/** Schema of a value of the field as it stands in an input; null for a field that clients do not write. */
export function fieldSchema(
  registry: Registry,
  field: Field,
  audience: Audience,
  operation: WriteOperation,
): JsonSchema | null {
  const { options } = field;
  switch (field.type) {
    case 'text':
    case 'long_text':
      return textSchema(options, audience);
    case 'email':
      return { ...textSchema(options, audience), format: 'email' };
    case 'url':
      return { ...textSchema(options, audience), format: 'uri' };
    case 'phone':
      return { ...textSchema(options, audience), format: 'phone' };
    case 'integer':
      return { type: 'integer', minimum: options.min ?? int32.least, maximum: options.max ?? int32.most };
    case 'rating':
      return { type: 'integer', minimum: 0, maximum: options.highest ?? 5 };
    case 'number':
    case 'percent':
      return present({ type: 'number', minimum: options.min, maximum: options.max });
    case 'decimal':
      return decimalSchema(options, audience);
    case 'currency':
      return moneySchema(options, audience);
    case 'boolean':
      return { type: 'boolean' };
    case 'date':
      return momentSchema('date', options);
    case 'datetime':
      return momentSchema('date-time', options);
    case 'time':
      return momentSchema('iso-time', options);
    case 'duration':
      return { type: 'string', format: 'duration' };
    case 'select':
      return choiceSchema(field, audience);
    case 'multi_select':
      return {
        type: 'array',
        items: choiceSchema(field, audience),
        uniqueItems: true,
        maxItems: Math.max(1, field.choices.length),
      };
    case 'json':
      return audience === 'client' ? {} : { 'x-json': true };
    case 'link':
      return linkSchema(registry, targetOf(registry, field), audience);
    case 'links':
      return linksSchema(registry, targetOf(registry, field), audience, operation);
    default:
      return null;
  }
}

/** The entity that a link leads to. */
export function targetOf(registry: Registry, field: Field): Entity {
  const target = registry.entityByKey.get(field.options.target ?? '');
  if (target === undefined) throw new Error(`Link "${field.key}" has no target.`);
  return target;
}

/** Keys by which a record can be found; one that still fills is not served. */
export function readyKeys(entity: Entity): readonly UniqueKey[] {
  return entity.keys.filter((key) => key.slot.state === 'ready');
}

function textSchema({ minLength, maxLength, pattern }: FieldOptions, audience: Audience): JsonSchema {
  const longest = pattern === undefined ? longestText : (compilePattern(pattern)?.longestText ?? longestText);
  return present({
    type: 'string',
    'x-storable': audience === 'engine' ? true : undefined,
    minLength,
    maxLength: Math.min(maxLength ?? longestText, longest),
    pattern,
  });
}

function decimalSchema({ precision, scale, min, max }: FieldOptions, audience: Audience): JsonSchema {
  return present({
    // The engine is given text: a number has become one before.
    type: audience === 'client' ? ['string', 'number'] : 'string',
    format: 'decimal',
    'x-precision': precision ?? 38,
    'x-scale': scale ?? 20,
    formatMinimum: textOf(min),
    formatMaximum: textOf(max),
  });
}

function moneySchema(options: FieldOptions, audience: Audience): JsonSchema {
  const { currencies } = options;
  const currency = { type: 'string', ...(currencies ? { enum: currencies } : { format: 'currency-code' }) };
  return {
    type: 'object',
    properties: { amount: decimalSchema(options, audience), currency },
    required: ['amount', 'currency'],
    additionalProperties: false,
  };
}

function momentSchema(format: string, { min, max }: FieldOptions): JsonSchema {
  return present({ type: 'string', format, formatMinimum: textOf(min), formatMaximum: textOf(max) });
}

function choiceSchema({ choices }: Field, audience: Audience): JsonSchema {
  if (audience === 'engine') return { type: 'string', enum: choices.map((choice) => choice.name) };
  return {
    oneOf: choices.map(({ name, label, description }) =>
      present({ const: name, title: label, description: description || undefined }),
    ),
  };
}

/** `{ id }` or `{ by: { iata } }`; what `{ create }` holds is checked as an input of its own (see `validateInput`). */
function linkSchema(registry: Registry, target: Entity, audience: Audience, mayCreate = true): JsonSchema {
  const keys = readyKeys(target);
  const by = exactlyOne(
    Object.fromEntries(keys.map((key) => [key.name, keySchema(registry, key, audience)])),
  );
  const schema = exactlyOne({
    id: { type: 'string', format: 'uuid' },
    ...(keys.length > 0 ? { by } : {}),
    ...(mayCreate ? { create: createSchema(target, audience) } : {}),
  });
  return audience === 'client' ? { ...schema, 'x-link': target.names.type } : schema;
}

/** A schema of its own: it would be endless to repeat it here. */
function createSchema({ names }: Entity, audience: Audience): JsonSchema {
  return { type: 'object', ...(audience === 'client' ? { 'x-input': `Create${names.type}Input` } : {}) };
}

function keySchema(registry: Registry, { fields, nullsEqual }: UniqueKey, audience: Audience): JsonSchema {
  const [first, ...others] = fields;
  if (first !== undefined && others.length === 0) return keyPartSchema(registry, first, audience);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [field.name, keyPartSchema(registry, field, audience)]),
    ),
    // Where nulls are equal, "without a value" is a value to look for.
    required: fields.filter((field) => !nullsEqual || field.required).map((field) => field.name),
    additionalProperties: false,
  };
}

/** To look for a value it need not be one that may be written: bounds and pattern do not count, only the type does. */
function keyPartSchema(registry: Registry, field: Field, audience: Audience): JsonSchema {
  if (field.type === 'link') return { type: 'string', format: 'uuid' };
  const { highest, choices } = field.options;
  const options = present({ highest, choices }) as FieldOptions;
  return fieldSchema(registry, { ...field, options }, audience, 'update') ?? { type: 'integer' };
}

/** A record that is created has no links yet: there is nothing to remove or to replace. */
function linksSchema(
  registry: Registry,
  target: Entity,
  audience: Audience,
  operation: WriteOperation,
): JsonSchema {
  const list = (mayCreate: boolean) => ({
    type: 'array',
    items: linkSchema(registry, target, audience, mayCreate),
  });
  return {
    type: 'object',
    properties: {
      add: list(true),
      ...(operation === 'update' ? { remove: list(false), set: list(true) } : {}),
    },
    additionalProperties: false,
  };
}

function exactlyOne(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, minProperties: 1, maxProperties: 1, additionalProperties: false };
}

function textOf(bound: number | string | undefined): string | undefined {
  return bound === undefined ? undefined : String(bound);
}

function present(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
