import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Field } from '@formwork/registry';
import { columnOf } from './comparable.ts';
import type { ViewColumn } from './entity-view.ts';
import { choiceName, findMoney } from './read-value.ts';
import type { ValueKind } from './value-kind.ts';

/*
 * Values out of the data of a record, as the text of JSON. The views' columns never raise, whatever somebody has planted past the
 * triggers, which takes two to five looks into the data for each value; but what is only shown needs no type in Postgres. A text is
 * one look, and whether it is a value of its type is seen here.
 */

type Reader = (text: string, column: ViewColumn) => unknown;

const number = /^-?\d+(\.\d+)?$/;
const fraction = String.raw`(\.\d{1,6})?`;

const asIt =
  (pattern: RegExp): Reader =>
  (text) =>
    pattern.test(text) ? text : null;

/** Kinds whose column costs more than their text; what is none of the type is no value. */
const readers: Readonly<Partial<Record<ValueKind, Reader>>> = {
  int: (text) => {
    const value = number.test(text) ? Number(text) : Number.NaN;
    return (value | 0) === value ? value : null;
  },
  float: (text) => {
    const value = number.test(text) ? Number(text) : Number.NaN;
    return Number.isFinite(value) ? value : null;
  },
  decimal: asIt(number),
  money: findMoney,
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : null),
  date: asIt(/^\d{4}-\d\d-\d\d$/),
  datetime: asIt(new RegExp(String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d${fraction}Z$`)),
  time: asIt(new RegExp(String.raw`^\d\d:\d\d:\d\d${fraction}$`)),
  multi_select: readChoices,
};

/** Whether the field's values are shown from the data. Numbers and booleans in a slot cost less than any look into it. */
export function isReadFromData(field: Field, kind: ValueKind): boolean {
  if (field.computed || readers[kind] === undefined) return false;
  const isInSlot =
    field.slot?.state === 'ready' && (kind === 'int' || kind === 'float' || kind === 'boolean');
  return !isInSlot;
}

/** SQL for the text of the value under a storage key. */
export function storedText(alias: SqlFragment, storageKey: string): SqlFragment {
  return sql`(${columnOf(alias, 'data')} ->> ${sql.literal(storageKey)})`;
}

/** The same as JSON. */
export function storedJson(alias: SqlFragment, storageKey: string): SqlFragment {
  return sql`(${columnOf(alias, 'data')} -> ${sql.literal(storageKey)})`;
}

/** Reads such texts of a column. */
export function storedReader(column: ViewColumn): (text: string | null) => unknown {
  const read = readers[column.kind];
  if (read === undefined) throw new Error(`Values of the kind "${column.kind}" are not read from the data`);
  return (text) => (text === null ? null : read(text, column));
}

function readChoices(text: string, column: ViewColumn): readonly string[] | null {
  const keys = parseList(text);
  return keys === null ? null : keys.map((key) => choiceName(column, String(key)));
}

function parseList(text: string): readonly unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
