import { type Entity, type Field, quote, type UniqueKey } from '@formwork/registry';
import { RecordError, type Values } from '../contract.ts';
import { readyKeys } from './link-schema.ts';
import { ownValue } from './plain-object.ts';

/* Clients may still use the former names of what was renamed. Inside, everything has its name of today. */

/** A key that can be looked up by, under its name or a former one. */
export function findKey(entity: Entity, name: string): UniqueKey | undefined {
  return readyKeys(entity).find((key) => [key, ...key.aliases].some((one) => one.name === name));
}

/** The name of today of a part of a key. */
export function ownPartName({ fields }: UniqueKey, name: string): string {
  return fields.find((field) => namesOf(field).includes(name))?.name ?? name;
}

/** The values of a key by the names of today. Throws BAD_USER_INPUT where a part is given twice, or by none of its names. */
export function ownKeyValues(key: UniqueKey, values: Values): Values {
  if (key.fields.every(({ aliases }) => aliases.length === 0)) return values;
  return Object.fromEntries(
    key.fields.flatMap((field) => {
      const given = namesOf(field).filter((name) => (ownValue(values, name) ?? null) !== null);
      const [name, other] = given;
      if (other !== undefined)
        throw badPart(field, `${quote(name)} and ${quote(other)} are one field. Give one.`);
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
