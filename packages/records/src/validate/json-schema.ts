import {
  copiedFrom,
  deriveEntityNames,
  deriveRootNames,
  type Entity,
  type Field,
  isGivenByClients,
  mayDo,
  mayWrite,
  type Registry,
  twinOf,
} from '@formwork/registry';
import { describeField } from './describe-field.ts';
import { hasDefault } from './field-default.ts';
import { fieldSchema } from './field-schema.ts';
import type { Audience, JsonSchema, WriteOperation } from './schema-types.ts';

/**
 * JSON Schema (draft 2020-12) of what `createX` or `updateX` takes as input, by GraphQL field name: enough to build
 * a form from, and a validator that has only what the draft and the usual formats give judges as the API does. (It
 * cannot compare moments and decimals that are text, count the digits of numbers, or look into Postgres. In three things it is the
 * stricter one: `email` and `uri` are addresses in ASCII, of others the encoded form, and a decimal has no exponent.)
 *
 * Labels are titles, `x-order` is the designer's order and `x-type` the type in the registry, choices are `oneOf` with `const`
 * and `title`. What clients do not write is `readOnly`, and never valid in an input; of what is computed `x-result` is the type that
 * it is shown as. `x-link` names the type that a link leads to, `x-entity` its entity (`/schema/<entity>.json`), `x-list` the root
 * field that lists its records and `x-label-field` the field by which people tell them apart; `x-input` is what creates one. Of the
 * whole `x-entity` is the entity's own key and `x-mutation` what the input is for. Decimals carry `x-precision`, `x-scale`,
 * `x-minimum` and `x-maximum`, moments `formatMinimum` and `formatMaximum`; `x-transitions` says which choice may follow which, and
 * `x-default-from` through which link, and from which field there, a value is copied where none is given.
 */
export function entitySchema(registry: Registry, entity: Entity, operation: WriteOperation): JsonSchema {
  const { key, plural, label, description } = entity;
  const names = deriveEntityNames(key, plural);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: label,
    ...(description === '' ? {} : { description }),
    'x-entity': key,
    ...(mayDo(entity, operation) && { 'x-mutation': deriveRootNames(names).mutation[operation] }),
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
    const schema = isGiven(entity, operation, field)
      ? fieldSchema(registry, field, audience, operation)
      : null;
    if (audience === 'client')
      properties[field.name] = describeField(registry, entity, field, schema, index + 1, operation);
    else if (schema !== null) properties[field.name] = schema;
  });
  const required = entity.fields
    .filter((field) => isRequired(field, operation) && isGiven(entity, operation, field))
    .filter((field) => twinOf(entity, field) === undefined)
    .map((field) => field.name);
  // Of two that are one value in two types, either is given, and a value or the link that it is copied through; the engine says
  // so in words of its own.
  const copied = operation === 'create' ? requiredCopies(entity).filter(([, link]) => !link.required) : [];
  const either = audience === 'client' ? [...requiredTwins(entity, operation), ...copied] : [];
  return {
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    ...(either.length > 0 && {
      allOf: either.map((pair) => ({ anyOf: pair.map(({ name }) => ({ required: [name] })) })),
    }),
  };
}

/**
 * What a role may not write is shown, and cannot be given. One that may do nothing of the kind reads what others give, as
 * far as it may see it.
 */
function isGiven(entity: Entity, operation: WriteOperation, field: Field): boolean {
  return mayDo(entity, operation) ? mayWrite(entity, operation, field) : isGivenByClients(field);
}

/** Fields of which the input must have one or the other: the one of today, then the one that it takes the place of. */
export function requiredTwins(entity: Entity, operation: WriteOperation): readonly (readonly Field[])[] {
  return entity.fields.flatMap((field) => {
    const twin = field.conversion && twinOf(entity, field);
    return twin && [field, twin].every((one) => isRequired(one, operation)) ? [[field, twin]] : [];
  });
}

const copies = new WeakMap<Entity, readonly (readonly [Field, Field])[]>();

/** Fields that are required and have a default that is copied, each with the link that it is copied through. */
export function requiredCopies(entity: Entity): readonly (readonly [Field, Field])[] {
  let found = copies.get(entity);
  if (found === undefined) {
    found = entity.fields.flatMap((field) => {
      const link = entity.fieldByKey.get(copiedFrom(field.type, field.default)?.link ?? '');
      return field.required && link && twinOf(entity, field) === undefined ? [[field, link] as const] : [];
    });
    copies.set(entity, found);
  }
  return found;
}

/** Whether the input must have a value: the record needs one, and neither a default nor Postgres gives it. */
function isRequired(field: Field, operation: WriteOperation): boolean {
  return operation === 'create' && field.required && !hasDefault(field) && field.type !== 'autonumber';
}
