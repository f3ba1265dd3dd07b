import { type Entity, quote, type Registry, type UniqueKey } from '@formwork/registry';
import { RecordError, type Values } from '../contract.ts';
import { subject } from '../validate/describe-error.ts';
import { findKey, ownPartName } from '../validate/own-names.ts';
import { isPlainObject } from '../validate/plain-object.ts';
import { validateInput } from '../validate/validate-input.ts';
import type { Violation } from '../validate/violation.ts';
import type { LinkReference } from './link-reference.ts';
import { validationFailed } from './validation-failed.ts';

/** By which key a record is to be changed or created. */
export interface UpsertKey {
  readonly key: UniqueKey;
  /** The values as an input has them: a link as `{ id }`. */
  readonly values: Values;
  readonly reference: LinkReference;
}

/** Checks the key, and that the input does not speak of it again. Throws BAD_USER_INPUT or VALIDATION_FAILED. */
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
  const checked = validateInput(registry, entity, 'update', ['by'], values);
  const violations = [
    ...checked.violations,
    ...missing(entity, key, values),
    ...repeated(entity, key, input),
  ];
  if (violations.length > 0) throw validationFailed(violations);
  return { key, values, reference: referenceOf(entity, key, checked.input.values) };
}

function valuesOf(key: UniqueKey, given: unknown): Values {
  const { fields } = key;
  const [only, ...others] = fields;
  const single = only !== undefined && others.length === 0;
  const parts: Values = single ? { [only.name]: given } : isPlainObject(given) ? given : {};
  const links = new Set(fields.filter(({ type }) => type === 'link').map((field) => field.name));
  const inputs = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    inputs.map(([given, value]) => {
      const name = ownPartName(key, given);
      return [name, links.has(name) ? { id: value } : value];
    }),
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

/** The input would create a record with one value and change one with another. */
function repeated(entity: Entity, { fields }: UniqueKey, input: Values): Violation[] {
  const given = (name: string) => Object.hasOwn(input, name) && input[name] !== undefined;
  const twice = fields.flatMap((field) => [field, ...field.aliases].filter(({ name }) => given(name)));
  return twice.map(({ name }) => {
    const message = `${subject(entity, [name])} is given by the key already. Leave it out of the input.`;
    return { path: ['input', name], code: 'INVALID', message };
  });
}

function referenceOf(entity: Entity, key: UniqueKey, values: Values): LinkReference {
  const parts = key.fields.map(({ name, type }) => {
    const value = values[name];
    return [name, type === 'link' && isPlainObject(value) ? value['id'] : value] as const;
  });
  const [field] = key.fields;
  if (field === undefined) throw new Error(`The key "${key.key}" has no fields.`);
  return { field, target: entity, path: ['by'], id: null, by: { key, values: Object.fromEntries(parts) } };
}
