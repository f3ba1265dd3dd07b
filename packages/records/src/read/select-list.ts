import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { LinkSelection, RecordNode, RecordSelection } from '../contract.ts';
import { type Answering, Unplannable } from './answering.ts';
import { columnOf } from './comparable.ts';
import { type EntityView, getColumn, type ViewColumn } from './entity-view.ts';
import { type Asked, type Nested, ReadRecord } from './nested-values.ts';
import { valueReader } from './read-value.ts';
import { storedReader, storedText } from './stored-value.ts';

/** A row: texts as Postgres gave them, then what is nested, as JSON or its text. */
export type Cells = readonly unknown[];

/** What a statement selects. Each expression has a place in its rows, and the same column takes one place only. */
export class SelectList {
  readonly #expressions: SqlFragment[] = [];
  readonly #places = new Map<string, number>();
  readonly #nested: SqlFragment[] = [];

  /** Place of the expression in each row. */
  add(expression: SqlFragment): number {
    const known = this.#places.get(expression.text);
    if (known !== undefined) return known;
    // Expressions with parameters would be numbered differently; columns have none.
    this.#places.set(expression.text, this.#expressions.length);
    return this.#expressions.push(expression) - 1;
  }

  /** An expression that gives JSON, to be read by {@link nestedIn} with the number that this returns. */
  nest(json: SqlFragment): number {
    return this.#nested.push(json) - 1;
  }

  get isEmpty(): boolean {
    return this.#expressions.length === 0;
  }

  get sql(): SqlFragment {
    return sql.join([...this.#expressions, ...this.#nested]);
  }

  /** All of it as one JSON value, for {@link cellsOf}: texts as texts, because JSON numbers would lose digits. */
  get json(): SqlFragment {
    return sql`json_build_array(${sql.join([this.texts, ...this.#nested])})`;
  }

  /** The expressions as one JSON array of texts. */
  get texts(): SqlFragment {
    const texts = sql.join(this.#expressions.map((expression) => sql`${expression}::text`));
    return sql`to_json(array[${texts}]::text[])`;
  }

  /** How many nested values there may be: a function takes a hundred arguments, and one is taken by the texts. */
  get isFull(): boolean {
    return this.#nested.length >= mostNested;
  }

  nestedIn(row: Cells, number: number): unknown {
    const value = row[this.#expressions.length + number];
    return typeof value === 'string' ? JSON.parse(value) : value;
  }
}

const mostNested = 90;

/** A row out of what {@link SelectList.json} gave. */
export function cellsOf(json: unknown): Cells {
  const [texts] = json as readonly [Cells, ...unknown[]];
  const nested = (json as Cells).slice(1);
  return nested.length === 0 ? texts : texts.concat(nested);
}

/** How a record is read from the rows of a statement. */
export interface RecordReader {
  idOf(row: Cells): string;
  read(row: Cells): RecordNode;
  /** The record as the selection has it written. */
  write(row: Cells, answering: Answering): string;
}

/** Puts the columns that the selection needs on the list; with `nesting` what it selects behind links too. */
export function selectRecord(
  list: SelectList,
  view: EntityView,
  alias: SqlFragment,
  selection: RecordSelection,
  nesting: Nesting | null,
): RecordReader {
  const columns = selectedColumns(view, selection);
  const id = list.add(columnOf(alias, 'id'));
  const places = columns.map((column) =>
    list.add(column.stored === undefined ? columnOf(alias, column.column) : storedText(alias, column.stored)),
  );
  const readers = columns.map((column) =>
    column.stored === undefined ? valueReader(column) : storedReader(column),
  );
  const valuesOf = (row: Cells): readonly unknown[] => {
    const values: unknown[] = [];
    for (let index = 0; index < readers.length; index += 1)
      values.push(readers[index]?.(textAt(row, places[index] as number)));
    return values;
  };
  const { links = [], write } = selection;
  const nested = nesting?.select(list, view.entity, alias, links) ?? [];
  if (write !== undefined && nested.length < links.length) throw new Unplannable();
  const asked = nested.map((each) => each.asked);
  const typeName = view.entity.names.type;
  return {
    idOf: (row) => getText(row, id),
    write: (row, answering) => {
      if (write === undefined) throw new Error('The selection does not say how a record is written');
      const behind: string[] = [];
      for (const each of nested) behind.push(each.write(list.nestedIn(row, each.number), answering));
      return write({ id: getText(row, id), values: valuesOf(row), behind });
    },
    read: (row) => {
      const values: Record<string, unknown> = {};
      const read = valuesOf(row);
      columns.forEach((column, index) => {
        values[column.name] = read[index];
      });
      const behind = nested.map(({ number, read }) => read(list.nestedIn(row, number)));
      return new ReadRecord(typeName, getText(row, id), values, asked, behind);
    },
  };
}

/** How what is behind links is selected with a record, to be kept for whoever asks for it. */
export interface Nesting {
  select(
    list: SelectList,
    entity: Entity,
    alias: SqlFragment,
    links: readonly LinkSelection[],
  ): readonly NestedValue[];
}

export interface NestedValue {
  /** In the list. */
  readonly number: number;
  readonly asked: Asked;
  readonly read: (json: unknown) => Nested;
  readonly write: (json: unknown, answering: Answering) => string;
}

/** Columns for the fields of a selection; the id is there anyway, and links to many have none. */
function selectedColumns(view: EntityView, { fields }: RecordSelection): readonly ViewColumn[] {
  return fields
    .filter((name) => name !== 'id' && view.entity.fieldByName.get(name)?.type !== 'links')
    .map((name) => getColumn(view, name));
}

/** A column that is never null. */
export function getText(row: Cells, place: number): string {
  const text = textAt(row, place);
  if (text === null) throw new Error(`Column ${place} of a row is missing`);
  return text;
}

export function textAt(row: Cells, place: number): string | null {
  return (row[place] ?? null) as string | null;
}
