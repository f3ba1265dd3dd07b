import { fieldTypeRule } from './field-types.ts';
import type { Field, UniqueKey } from './model.ts';
import { resultType } from './result-type.ts';

/**
 * Columns of a generated view. Storage keys begin with a letter, so a leading underscore never collides with one.
 * Longest: 58 characters of storage key and the underscore, under the 63 bytes at which Postgres cuts.
 */

/** Column with the exact value. For a field of type "links" there is none: its links are rows of `record_links`. */
export function valueColumn(field: Field): string {
  return field.storageKey;
}

/** Column with the search key to filter and sort by, or null while there is none to be used. */
export function keyColumn(field: Field): string | null {
  if (field.slot?.state !== 'ready' || fieldTypeRule(resultType(field)).slot === 'l') {
    return null;
  }
  return `_${field.storageKey}`;
}

/** Column with the text of a unique key ("_u1"), or null while it fills. */
export function uniqueColumn(key: UniqueKey): string | null {
  return key.slot.state === 'ready' ? `_${key.slot.column}` : null;
}

/** Columns that every view has beside its values, so no storage key may be one of them. */
export const systemColumns = [
  'id',
  'tenant_id',
  'entity_type',
  'version',
  'data',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'deleted_at',
] as const;
