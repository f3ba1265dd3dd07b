import { type Entity, type Field, quote, type Registry, type UniqueKey } from '@formwork/registry';
import { RecordError, type Values } from '../contract.ts';
import { subject } from '../validate/describe-error.ts';
import { MatchingTime } from '../validate/linear-pattern.ts';
import { findKey, ownParts } from '../validate/own-names.ts';
import { isPlainObject, ownValue } from '../validate/plain-object.ts';
import { prepareValue } from '../validate/prepare-value.ts';
import { validateInput } from '../validate/validate-input.ts';
import type { InputPath, Violation } from '../validate/violation.ts';
import { encodeValue } from './encode-value.ts';
import { keyText } from './key-text.ts';
import type { LinkReference } from './link-reference.ts';
import { validationFailed } from './validation-failed.ts';

/** By which key a record is to be changed or created. */
export interface UpsertKey {
  readonly key: UniqueKey;
  /** The values as an input has them: a link as `{ id }`. */
  readonly values: Values;
  readonly reference: LinkReference;
  /** What is given beside the key. */
  readonly input: Values;
}

/** Checks the key, and that the input says nothing else of it. Throws BAD_USER_INPUT or VALIDATION_FAILED. */
export function readUpsertKey(registry: Registry, entity: Entity, by: Values, input: Values): UpsertKey {
  const [name = '', given] =
    Object.entries(by).find(([, value]) => value !== null && value !== undefined) ?? [];
  const key = findKey(entity, name);
  if (key === undefined) {
    throw new RecordError('BAD_USER_INPUT', `"${entity.label}" has no unique key ${quote(name)}.`, {
      path: ['by'],
    });
  }
  if (key.fields.some(({ type }) => type === 'autonumber')) {
    const message = `The key ${quote(name)} has a number that only a new record is given. Use another key, or the id.`;
    throw new RecordError('BAD_USER_INPUT', message, { path: ['by', name] });
  }
  const values = valuesOf(key, given);
  const checked = MatchingTime.of(registry).during(() =>
    validateInput(registry, entity, 'update', ['by'], values),
  );
  const repeated = repeatedParts(key, input);
  const ofKey = [...checked.violations, ...missing(entity, key, values)];
  const violations = [
    ...ofKey.map((violation) => ({ ...violation, path: pathInKey(key, name, violation.path) })),
    ...contradictions(registry, entity, repeated, values, input),
  ];
  if (violations.length > 0) throw validationFailed(violations);
  const beside = Object.entries(input).filter(([name]) => !repeated.has(name));
  const reference = referenceOf(entity, key, checked.input.values);
  return { key, values, reference, input: Object.fromEntries(beside) };
}

function valuesOf(key: UniqueKey, given: unknown): Values {
  const { fields } = key;
  const [only, ...others] = fields;
  const single = only !== undefined && others.length === 0;
  const parts = single ? { [only.name]: given } : isPlainObject(given) ? given : {};
  const links = new Set(fields.filter(({ type }) => type === 'link').map((field) => field.name));
  return Object.fromEntries(
    Object.entries(ownParts(key, parts)).map(([name, value]) => [
      name,
      links.has(name) ? { id: value } : value,
    ]),
  );
}

function missing(entity: Entity, { fields, nullsEqual }: UniqueKey, values: Values): Violation[] {
  const absent = fields.filter(
    ({ name, required }) => !Object.hasOwn(values, name) && (required || !nullsEqual),
  );
  return absent.map(({ name }) => {
    const message = `${subject(entity, [name])} is part of the key. Give a value.`;
    return { path: ['by', name], code: 'REQUIRED', message };
  });
}

/** Where in `by` it stands, of which the path within a record is known: a key of one field is that value, a link its id. */
function pathInKey({ fields }: UniqueKey, name: string, [, part = '', ...rest]: InputPath): InputPath {
  const isLink = fields.some((field) => field.type === 'link' && field.name === part);
  return ['by', name, ...(fields.length > 1 ? [part] : []), ...(isLink ? [] : rest)];
}

/** Parts of the key that stand in the input too, by the names that they have there. */
function repeatedParts({ fields }: UniqueKey, input: Values): ReadonlyMap<string, Field> {
  const named = fields.flatMap((field) =>
    [field, ...field.aliases].map(({ name }) => [name, field] as const),
  );
  return new Map(named.filter(([name]) => ownValue(input, name) !== undefined));
}

/** Said once more is no harm; but with another value one would be created with the one and changed with the other. */
function contradictions(
  registry: Registry,
  entity: Entity,
  repeated: ReadonlyMap<string, Field>,
  values: Values,
  input: Values,
): Violation[] {
  const others = [...repeated].filter(
    ([name, field]) =>
      textOf(registry, field, input[name]) !== textOf(registry, field, ownValue(values, field.name)),
  );
  return others.map(([name]) => {
    const message = `${subject(entity, [name])} is given by the key already. Leave it out of the input, or give the same value there.`;
    return { path: ['input', name], code: 'INVALID', message };
  });
}

/** To compare by; null for no value. */
function textOf(registry: Registry, field: Field, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (field.type !== 'link')
    return keyText(field, encodeValue(field, prepareValue(registry, field, value)), false);
  const id = isPlainObject(value) ? value['id'] : undefined;
  return typeof id === 'string' ? encodeValue(field, id) : JSON.stringify(value);
}

function referenceOf(entity: Entity, key: UniqueKey, values: Values): LinkReference {
  const parts = key.fields.map(({ name, type }) => {
    const value = ownValue(values, name);
    return [name, type === 'link' && isPlainObject(value) ? value['id'] : value] as const;
  });
  const [field] = key.fields;
  if (field === undefined) throw new Error(`The key "${key.key}" has no fields.`);
  return { field, target: entity, path: ['by'], id: null, by: { key, values: Object.fromEntries(parts) } };
}
