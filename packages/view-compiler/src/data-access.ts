import { literal } from '@formwork/pg/sql-text';

/** SQL for the JSON value under a storage key; null where there is none. */
export function jsonAt(key: string): string {
  return `data -> ${literal(key)}`;
}

/** SQL for the same as text. */
export function textAt(key: string): string {
  return `data ->> ${literal(key)}`;
}

/** jsonpath accessor of a storage key. */
export function pathTo(key: string): string {
  return `$.${quoted(key)}`;
}

/** A string of jsonpath, which reads the escapes of JSON. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
