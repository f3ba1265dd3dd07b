import { copiedFrom, type Entity, type Field, type Registry, resultType } from '@formwork/registry';
import { defaultOf } from './field-default.ts';
import { describeTarget, targetOf } from './link-schema.ts';
import type { JsonSchema, WriteOperation } from './schema-types.ts';
import { valueSchema } from './value-schema.ts';

/** The client's schema of a field, with what a form shows; `schema` is null for what clients do not write. */
export function describeField(
  registry: Registry,
  entity: Entity,
  field: Field,
  schema: JsonSchema | null,
  order: number,
  operation: WriteOperation,
): JsonSchema {
  const { label, description, deprecated, type } = field;
  return {
    title: label,
    ...(description === '' ? {} : { description }),
    ...(deprecated === null ? {} : { deprecated: true }),
    ...(schema === null
      ? readOnly(registry, field)
      : {
          ...writable(field, schema, operation),
          ...(operation === 'create' && copied(registry, entity, field)),
        }),
    'x-type': type,
    'x-order': order,
  };
}

/** `not: {}`: a form shows it, and sends it never. */
function readOnly(registry: Registry, field: Field): JsonSchema {
  return {
    ...shown(registry, field),
    ...(field.computed && { 'x-result': resultType(field) }),
    readOnly: true,
    not: {},
  };
}

/** What is needed to show a value: labels of choices, where a link leads. */
function shown(registry: Registry, field: Field): JsonSchema {
  const type = resultType(field);
  switch (type) {
    case 'autonumber':
      return { type: 'integer' };
    case 'select':
    case 'multi_select':
      return valueSchema({ ...field, type }, 'client') ?? {};
    case 'link':
    case 'links':
      return describeTarget(targetOf(registry, field));
    default:
      return {};
  }
}

/** Of a default that is copied once through a link: from where, by GraphQL names. */
function copied(registry: Registry, entity: Entity, field: Field): JsonSchema {
  const from = copiedFrom(field.type, field.default);
  const link = from && entity.fieldByKey.get(from.link);
  const source = link && targetOf(registry, link).fieldByKey.get(from.field);
  return link && source ? { 'x-default-from': `${link.name}.${source.name}` } : {};
}

function writable(field: Field, schema: JsonSchema, operation: WriteOperation): JsonSchema {
  const { transitions } = field.options;
  const name = (key: string) => field.choices.find((choice) => choice.key === key)?.name ?? key;
  const value = operation === 'create' ? defaultOf(field) : undefined;
  const begun = operation === 'create' ? onlyInitial(field, schema) : schema;
  return {
    ...(mayBeNull(field, operation) ? orNull(begun) : begun),
    ...(value === undefined ? {} : { default: value }),
    ...(transitions === undefined
      ? {}
      : {
          'x-transitions': Object.fromEntries(
            Object.entries(transitions).map(([from, to]) => [name(from), to.map(name)]),
          ),
        }),
  };
}

/** Links to many are not a value that an update could take away. */
function mayBeNull({ required, type }: Field, operation: WriteOperation): boolean {
  return !required && (type !== 'links' || operation === 'create');
}

/** States that a record may begin with. */
function onlyInitial({ choices, options: { initial } }: Field, schema: JsonSchema): JsonSchema {
  const { oneOf } = schema;
  if (initial === undefined || !Array.isArray(oneOf)) return schema;
  return { ...schema, oneOf: oneOf.filter((_, index) => initial.includes(choices[index]?.key ?? '')) };
}

/** Null is no value, or clears the one there is. */
function orNull(schema: JsonSchema): JsonSchema {
  const { type, oneOf, ...others } = schema;
  if (type === undefined) return schema;
  const types = { type: [type, 'null'].flat(), ...others };
  // With a constant too, so that form libraries see that it is a choice among constants.
  return Array.isArray(oneOf) ? { ...types, oneOf: [...oneOf, { const: null, title: '–' }] } : types;
}
