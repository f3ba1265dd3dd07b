import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { columnOf } from './comparable.ts';
import type { Direction } from './direction.ts';
import type { ViewColumn } from './entity-view.ts';
import { type Exact, exactTerms, type Sortable } from './exact-terms.ts';
import type { ScalarKind } from './operand.ts';
import { keyRule } from './search-key.ts';
import { noTextKey, textKey } from './text-key.ts';

/**
 * One expression of an `order by`, never null: where a value may be missing, a term before it says so. That makes a
 * cursor's condition plain comparisons, the same text for records with and without a value.
 */
export interface SortTerm {
  /** Over the record's columns. */
  readonly expression: SqlFragment;
  /** The same made from a cursor's text of the value (a parameter, which may be null). */
  readonly ofCursor: (text: SqlFragment) => SqlFragment;
  readonly descending: boolean;
  /** A column of an index with all records of the entity, which the id follows. */
  readonly indexed: boolean;
}

/** The terms for a column, or null for one that cannot be sorted by. `joined`: of a record that may not be there. */
export function sortTerms(
  alias: SqlFragment,
  column: ViewColumn,
  direction: Direction,
  joined: boolean,
): readonly SortTerm[] | null {
  const value = columnOf(alias, column.column);
  if (column.column === 'id' && !joined) return [idTerm(value, direction.descending)];
  const exact = exactTerms(column);
  if (exact === null) return null;
  // The key of a choice is its text, and the order wanted is the designer's.
  if (column.key === null || column.kind === 'select') return withAbsence(value, exact, direction);
  return withKey(columnOf(alias, column.key.column), value, column, exact, direction, joined);
}

function idTerm(id: SqlFragment, descending: boolean): SortTerm {
  return { expression: id, ofCursor: (text) => sql`${text}::uuid`, descending, indexed: true };
}

/** No index: whether there is a value, then the value. */
function withAbsence(value: SqlFragment, exact: Exact, { descending, nullsFirst }: Direction): SortTerm[] {
  const [first = { of: (of: SqlFragment) => of }] = exact.parts;
  const absent: Sortable = (of) => sql`(${first.of(of)} is null)`;
  return [
    {
      expression: absent(value),
      ofCursor: (text) => absent(exact.cast(text)),
      // True comes after false.
      descending: nullsFirst,
      indexed: false,
    },
    ...exactSort(value, exact, descending),
  ];
}

function exactSort(value: SqlFragment, { cast, parts }: Exact, descending: boolean): SortTerm[] {
  return parts.map(({ of, otherwise }) => ({
    expression: sql`coalesce(${of(value)}, ${otherwise})`,
    ofCursor: (text) => sql`coalesce(${of(cast(text))}, ${otherwise})`,
    descending,
    indexed: false,
  }));
}

/** By the search key, which puts missing values last, then by what the key has lost. */
function withKey(
  keyColumn: SqlFragment,
  value: SqlFragment,
  column: ViewColumn,
  exact: Exact,
  { descending, nullsFirst }: Direction,
  joined: boolean,
): readonly SortTerm[] {
  const { none, of } = keyOf(column);
  const key = joined ? sql`coalesce(${keyColumn}, ${none})` : keyColumn;
  const byKey: SortTerm = {
    expression: key,
    ofCursor: (text) => sql`coalesce(${of(text)}, ${none})`,
    descending,
    indexed: !joined && nullsFirst === descending,
  };
  // The first part of a text is its key.
  const lost = column.kind === 'text' ? { ...exact, parts: exact.parts.slice(1) } : exact;
  const terms = column.key?.lossless ? [byKey] : [byKey, ...exactSort(value, lost, descending)];
  if (nullsFirst === descending) return terms;
  const absence: SortTerm = {
    expression: sql`(${key} = ${none})`,
    ofCursor: (text) => sql`(${text}::text is null)`,
    descending: nullsFirst,
    indexed: false,
  };
  return [absence, ...terms];
}

/** How a search key is made of a cursor's text of the value. */
function keyOf(column: ViewColumn): { readonly none: SqlFragment; readonly of: Sortable } {
  switch (column.kind) {
    case 'text':
      return { none: noTextKey, of: (text) => textKey(sql`${text}::text`) };
    case 'money':
      return { none: keyRule('decimal').none, of: (text) => sql`(${text}::jsonb ->> 'amount')::float8` };
    case 'boolean':
      return { none: keyRule('boolean').none, of: (text) => sql`${text}::boolean::int::float8` };
    case 'date':
      return { none: keyRule('date').none, of: (text) => sql`${text}::date::timestamp at time zone 'UTC'` };
    default: {
      const { type, none } = keyRule(column.kind as ScalarKind);
      return { none, of: (text) => sql`${text}::${type}` };
    }
  }
}
