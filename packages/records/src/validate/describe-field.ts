import type { Field } from '@formwork/registry';
import { defaultOf } from './field-default.ts';
import type { JsonSchema, WriteOperation } from './schema-types.ts';

/** The client's schema of a field, with what a form shows; `schema` is null for what clients do not write. */
export function describeField(
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
    ...(schema === null ? readOnly(field) : writable(field, schema, operation)),
    'x-type': type,
    'x-order': order,
  };
}

function readOnly({ type }: Field): JsonSchema {
  // `not: {}`: a form shows it, and sends it never.
  return { ...(type === 'autonumber' ? { type: 'integer' } : {}), readOnly: true, not: {} };
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
