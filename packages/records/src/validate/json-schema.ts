import { copiedFrom, type Entity, type Field, type Registry } from '@formwork/registry';
import { fieldSchema } from './field-schema.ts';
import type { Audience, JsonSchema, WriteOperation } from './schema-types.ts';

/**
 * JSON Schema (draft 2020-12) of what `createX` or `updateX` takes as input, by GraphQL field name: enough to build
 * a form from. Labels are titles, `x-order` is the designer's order and `x-type` the type in the registry, choices are
 * `oneOf` with `const` and `title`; `x-link` names the type that a link leads to, `x-input` what creates one; decimals
 * carry `x-precision`, `x-scale` and their bounds as text (`formatMinimum`, as moments do).
 */
export function entitySchema(registry: Registry, entity: Entity, operation: WriteOperation): JsonSchema {
  const { label, description } = entity;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: label,
    ...(description === '' ? {} : { description }),
    ...inputSchema(registry, entity, operation, 'client'),
  };
}

/** The part that is checked; see {@link Audience} for how the two differ. */
export function inputSchema(
  registry: Registry,
  entity: Entity,
  operation: WriteOperation,
  audience: Audience,
): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  entity.fields.forEach((field, index) => {
    const schema = fieldSchema(registry, field, audience, operation);
    if (schema === null) return;
    properties[field.name] = audience === 'client' ? describeField(field, schema, index + 1) : schema;
  });
  const required = entity.fields.filter((field) => isRequired(field, operation)).map((field) => field.name);
  return { type: 'object', properties, required, additionalProperties: false };
}

/** Whether the input must have a value: the record needs one, and neither a default nor Postgres gives it. */
export function isRequired(field: Field, operation: WriteOperation): boolean {
  return operation === 'create' && field.required && !hasDefault(field) && field.type !== 'autonumber';
}

export function hasDefault(field: Field): boolean {
  return field.default !== undefined && field.default !== null;
}

function describeField(field: Field, schema: JsonSchema, order: number): JsonSchema {
  const { label, description, required, type } = field;
  const value = defaultOf(field);
  return {
    title: label,
    ...(description === '' ? {} : { description }),
    ...(required ? schema : orNull(schema)),
    ...(value === undefined ? {} : { default: value }),
    'x-type': type,
    'x-order': order,
  };
}

/** A constant default as clients write it: choices by name. One that is copied through a link is not known here. */
function defaultOf(field: Field): unknown {
  const name = (key: unknown) => field.choices.find((choice) => choice.key === key)?.name;
  if (field.type === 'select') return name(field.default);
  if (field.type === 'multi_select' && Array.isArray(field.default)) return field.default.map(name);
  return isCopied(field) ? undefined : (field.default ?? undefined);
}

/** `{ "from": "product.price" }` */
export function isCopied(field: Field): boolean {
  return copiedFrom(field.type, field.default) !== null;
}

/** Null clears the value. */
function orNull(schema: JsonSchema): JsonSchema {
  const { type, oneOf, ...others } = schema;
  if (Array.isArray(oneOf)) return { ...others, oneOf: [...oneOf, { type: 'null' }] };
  if (type === undefined) return schema;
  return { type: [type, 'null'].flat(), ...others };
}
