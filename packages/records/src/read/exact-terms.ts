import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { asInterval } from './comparable.ts';
import type { ViewColumn } from './entity-view.ts';
import { type ScalarKind, typeOf } from './operand.ts';
import { textKey } from './text-key.ts';

/** Texts that agree so far sort by id: a cursor holds the value, and must not grow with it. */
export const longestSortedText = 1000;

/** A value as something that sorts; null where the value is null. */
export type Sortable = (value: SqlFragment) => SqlFragment;

export interface Exact {
  /** Casts a cursor's text to what the column is. */
  readonly cast: Sortable;
  readonly parts: readonly { readonly of: Sortable; readonly otherwise: SqlFragment }[];
}

/** How values of the column sort by themselves, or null for one that cannot be sorted by. */
export function exactTerms(column: ViewColumn): Exact | null {
  switch (column.kind) {
    case 'multi_select':
    case 'json':
      return null;
    case 'duration':
      return { cast: castTo(sql`text`), parts: [{ of: asInterval, otherwise: sql`interval '0'` }] };
    case 'text':
      return { cast: castTo(sql`text`), parts: [{ of: textKey, otherwise: sql`''` }, beginning] };
    case 'select':
      return { cast: castTo(sql`text`), parts: [choicePosition(column)] };
    case 'money':
      return {
        cast: castTo(sql`jsonb`),
        parts: [
          { of: (value) => sql`(${value} ->> 'amount')::numeric`, otherwise: sql`0` },
          { of: (value) => sql`(${value} ->> 'currency') collate "C"`, otherwise: sql`''` },
        ],
      };
    default:
      return {
        cast: castTo(typeOf(column.kind)),
        parts: [{ of: (value) => value, otherwise: anyValue(column.kind) }],
      };
  }
}

const castTo =
  (type: SqlFragment): Sortable =>
  (value) =>
    sql`${value}::${type}`;

const beginning = {
  of: (value: SqlFragment) => sql`left(${value}, ${sql.raw(String(longestSortedText))}) collate "C"`,
  otherwise: sql`''`,
};

/** In the designer's order. A key that is no choice any more has no position, and sorts like no value. */
function choicePosition(column: ViewColumn) {
  const keys = textArray((column.field?.choices ?? []).map((choice) => choice.key));
  return { of: (value: SqlFragment) => sql`array_position(${keys}::text[], ${value})`, otherwise: sql`0` };
}

const anyValues: Readonly<Partial<Record<ScalarKind, SqlFragment>>> = {
  id: sql`'00000000-0000-0000-0000-000000000000'::uuid`,
  int: sql`0`,
  float: sql`0`,
  decimal: sql`0`,
  boolean: sql`false`,
  date: sql`'infinity'::date`,
  datetime: sql`'infinity'::timestamptz`,
  time: sql`'00:00'::time`,
};

/** Stands for a missing value behind the term that says it is missing; which one does not matter. */
function anyValue(kind: ScalarKind): SqlFragment {
  const value = anyValues[kind];
  if (value === undefined) throw new Error(`Values of the kind "${kind}" do not sort by themselves`);
  return value;
}
