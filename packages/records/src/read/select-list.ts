import type { Row } from '@formwork/pg';
import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { RecordNode, RecordSelection } from '../contract.ts';
import { columnOf } from './comparable.ts';
import { type EntityView, getColumn, type ViewColumn } from './entity-view.ts';
import { readValue } from './read-value.ts';

/** What a statement selects. Each expression has a place in its rows, and the same column takes one place only. */
export class SelectList {
  readonly #expressions: SqlFragment[] = [];
  readonly #places = new Map<string, number>();

  /** Place of the expression in each row. */
  add(expression: SqlFragment): number {
    const known = this.#places.get(expression.text);
    if (known !== undefined) return known;
    // Expressions with parameters would be numbered differently; columns have none.
    this.#places.set(expression.text, this.#expressions.length);
    return this.#expressions.push(expression) - 1;
  }

  get isEmpty(): boolean {
    return this.#expressions.length === 0;
  }

  get sql(): SqlFragment {
    return sql.join(this.#expressions);
  }
}

/** How a record is read from the rows of a statement. */
export interface RecordReader {
  read(row: Row): RecordNode;
}

/** Puts the columns that the selection needs on the list. */
export function selectRecord(
  list: SelectList,
  view: EntityView,
  alias: SqlFragment,
  selection: RecordSelection,
): RecordReader {
  const columns = selectedColumns(view, selection);
  const id = list.add(sql`${alias}.id`);
  const places = columns.map((column) => list.add(columnOf(alias, column.column)));
  return {
    read: (row) => ({
      typeName: view.entity.names.type,
      id: getText(row, id),
      values: Object.fromEntries(
        columns.map((column, index) => [column.name, readValue(column, row[places[index] ?? 0] ?? null)]),
      ),
    }),
  };
}

/** Columns for the fields of a selection; the id is there anyway, and links to many have none. */
export function selectedColumns(view: EntityView, { fields }: RecordSelection): readonly ViewColumn[] {
  return fields
    .filter((name) => name !== 'id' && view.entity.fieldByName.get(name)?.type !== 'links')
    .map((name) => getColumn(view, name));
}

/** A column that is never null. */
export function getText(row: Row, place: number): string {
  const text = row[place];
  if (text === null || text === undefined) throw new Error(`Column ${place} of a row is missing`);
  return text;
}
