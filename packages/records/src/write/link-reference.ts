import type { Entity, Field, Registry, UniqueKey } from '@formwork/registry';
import { readyKeys, targetOf } from '../validate/link-schema.ts';
import { ownValue } from '../validate/plain-object.ts';
import type { InputPath } from '../validate/violation.ts';
import { encodeValue, objectText } from './encode-value.ts';

/** A record that a link input names: by its id, or by the values of a unique key. */
export interface LinkReference {
  readonly field: Field;
  readonly target: Entity;
  readonly path: InputPath;
  /** Null until it is found by key. */
  readonly id: string | null;
  readonly by: { readonly key: UniqueKey; readonly values: Readonly<Record<string, unknown>> } | null;
}

/** A link input as it was checked: `{ id }`, `{ by: { … } }` or `{ create: { … } }`. */
export interface LinkInput {
  readonly id?: string;
  readonly by?: Readonly<Record<string, unknown>>;
  readonly create?: Readonly<Record<string, unknown>>;
}

/** The reference of a link input that names a record and does not create one. */
export function toReference(
  registry: Registry,
  field: Field,
  path: InputPath,
  input: LinkInput,
): LinkReference {
  const target = targetOf(registry, field);
  const id = input.id?.toLowerCase() ?? null;
  if (input.by === undefined) return { field, target, path, id, by: null };
  const [name = '', given] = Object.entries(input.by)[0] ?? [];
  const key = readyKeys(target).find((candidate) => candidate.name === name);
  return { field, target, path, id, by: id === null && key ? { key, values: keyValues(key, given) } : null };
}

/** The values of a key by GraphQL name; a key of one field is given without a name. */
function keyValues({ fields }: UniqueKey, given: unknown): Readonly<Record<string, unknown>> {
  const [only, ...others] = fields;
  return only !== undefined && others.length === 0
    ? { [only.name]: given }
    : (given as Readonly<Record<string, unknown>>);
}

/** The values of a key as a record's data would have them, for `formwork.unique_slot`. */
export function keyData(key: UniqueKey, values: Readonly<Record<string, unknown>>): string {
  const given = key.fields.map((field) => [field, ownValue(values, field.name) ?? null] as const);
  return objectText(
    given.flatMap(([field, value]) =>
      value === null ? [] : [{ key: field.storageKey, text: encodeValue(field, value) }],
    ),
  );
}
