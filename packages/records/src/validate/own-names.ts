import { type Entity, type Field, quote, type UniqueKey } from '@formwork/registry';
import { RecordError, type Values } from '../contract.ts';
import { readyKeys } from './link-schema.ts';
import { ownValue } from './plain-object.ts';

/* Clients may still use the former names of what was renamed. Inside, everything has its name of today. */

/** A key that can be looked up by, under its name or a former one. */
export function findKey(entity: Entity, name: string): UniqueKey | undefined {
  return readyKeys(entity).find((key) => [key, ...key.aliases].some((one) => one.name === name));
}

/**
 * What is given of the parts of a key, by the names of today. Null for one of a part's names says nothing where it is given by
 * another. Throws BAD_USER_INPUT where it is given by two.
 */
export function ownParts({ fields }: UniqueKey, given: Values): Values {
  const parts = new Map<string, unknown>();
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue;
    const field = fields.find((one) => namesOf(one).includes(name));
    if (field !== undefined) assertOneName(field, given);
    parts.set(field?.name ?? name, value);
  }
  return Object.fromEntries(parts);
}

function assertOneName(field: Field, given: Values): void {
  const [name, other] = namesOf(field).filter((one) => (ownValue(given, one) ?? null) !== null);
  if (name !== undefined && other !== undefined)
    throw badPart(field, `${quote(name)} and ${quote(other)} are one field. Give one.`);
}

/** The values of a key by the names of today. Throws BAD_USER_INPUT where a part is given twice, or by none of its names. */
export function ownKeyValues(key: UniqueKey, values: Values): Values {
  if (key.fields.every(({ aliases }) => aliases.length === 0)) return values;
  return Object.fromEntries(
    key.fields.flatMap((field) => {
      assertOneName(field, values);
      const name = namesOf(field).find((one) => (ownValue(values, one) ?? null) !== null);
      if (name !== undefined) return [[field.name, values[name]] as const];
      if (field.required || !key.nullsEqual)
        throw badPart(field, `${quote(field.name)} is part of the key. Give a value.`);
      return [];
    }),
  );
}

function namesOf(field: Field): readonly string[] {
  return [field, ...field.aliases].map(({ name }) => name);
}

function badPart({ name }: Field, message: string): RecordError {
  return new RecordError('BAD_USER_INPUT', message, { path: name });
}
