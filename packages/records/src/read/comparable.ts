import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { ViewColumn } from './entity-view.ts';
import type { ScalarKind } from './operand.ts';

/** A value in SQL that can be compared, with its search key where it has one. */
export interface Comparable {
  /** What the operand must be, and the choices of a select. */
  readonly column: ViewColumn;
  readonly kind: ScalarKind;
  readonly value: SqlFragment;
  readonly key: { readonly expression: SqlFragment; readonly lossless: boolean } | null;
}

/** A column of the view behind `alias`. */
export function comparable(alias: SqlFragment, column: ViewColumn): Comparable {
  const value = columnOf(alias, column.column);
  const kind = column.kind as ScalarKind;
  return {
    column,
    kind,
    value: kind === 'duration' ? asInterval(value) : value,
    key: column.key && { expression: columnOf(alias, column.key.column), lossless: column.key.lossless },
  };
}

/** The amount of a money column: exact, and what its search key is made of. */
export function amountOf(alias: SqlFragment, column: ViewColumn): Comparable {
  const amount = sql`(${columnOf(alias, column.column)} ->> 'amount')::numeric`;
  return {
    ...comparable(alias, column),
    column: { ...column, kind: 'decimal' },
    kind: 'decimal',
    value: amount,
  };
}

/** The currency of a money column. */
export function currencyOf(alias: SqlFragment, column: ViewColumn): Comparable {
  const currency = sql`${columnOf(alias, column.column)} ->> 'currency'`;
  return { column: { ...column, kind: 'text' }, kind: 'text', value: sql`(${currency})`, key: null };
}

export function columnOf(alias: SqlFragment, column: string): SqlFragment {
  return sql`${alias}.${sql.identifier(column)}`;
}

/** What the API lets in (`parseDuration`). A duration of another form compares as none: it must not raise. */
const durationForm = String.raw`^P(\d{1,8}Y)?(\d{1,8}M)?(\d{1,8}W)?(\d{1,8}D)?(T(\d{1,8}H)?(\d{1,8}M)?(\d{1,8}([.]\d{1,6})?S)?)?$`;

export function asInterval(value: SqlFragment): SqlFragment {
  return sql`case when ${value} ~ ${sql.literal(durationForm)} then ${value}::interval end`;
}
