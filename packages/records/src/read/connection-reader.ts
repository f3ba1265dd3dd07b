import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { ConnectionSelection, RecordNode } from '../contract.ts';
import type { Answering } from './answering.ts';
import { entityView } from './entity-view.ts';
import { longestSortedText } from './exact-terms.ts';
import { type CursorContext, type ListQuery, placeOf } from './list-query.ts';
import {
  type Cells,
  type Nesting,
  type RecordReader,
  SelectList,
  selectRecord,
  textAt,
} from './select-list.ts';

/** Edges of one page, and whether the list goes on behind it. */
export interface ReadPage<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly hasMore: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** Selects the columns of one page and reads it from its rows: the twin of `ListQuery`, which says which records. */
export class PageReader {
  readonly #query: ListQuery;
  readonly #selection: ConnectionSelection;
  readonly #list = new SelectList();
  readonly #record: RecordReader;
  /** Places of the sort values, where cursors are wanted. */
  readonly #cursor: readonly number[];

  constructor(query: ListQuery, selection: ConnectionSelection, nesting: Nesting | null) {
    this.#query = query;
    this.#selection = selection;
    const node = selection.node ?? { fields: [] };
    this.#record = selectRecord(this.#list, entityView(query.entity), query.alias, node, nesting);
    const wantsCursors = selection.cursors || selection.pageInfo;
    this.#cursor = wantsCursors ? query.ordering.steps.map(({ value }) => this.#list.add(value)) : [];
  }

  get columns(): SqlFragment {
    return this.#list.sql;
  }

  /** All columns as one JSON value, for `cellsOf`. */
  get json(): SqlFragment {
    return this.#list.json;
  }

  /** One more than asked for tells whether there are more. */
  get limit(): SqlFragment {
    return sql`limit ${this.#query.page.size + 1}::int8`;
  }

  read(rows: readonly Cells[], cursors: CursorContext): ReadPage<RecordNode> {
    return this.#read(rows, cursors, (row) => this.#record.read(row));
  }

  /** The same with the records written. */
  write(rows: readonly Cells[], answering: Answering): ReadPage<string> {
    const page = this.#read(rows, answering.cursors, (row) =>
      this.#selection.node === null ? '' : this.#record.write(row, answering),
    );
    answering.take(page.edges.length);
    return page;
  }

  #read<Node>(rows: readonly Cells[], cursors: CursorContext, nodeOf: (row: Cells) => Node): ReadPage<Node> {
    const { page } = this.#query;
    const shown = rows.slice(0, page.size);
    if (page.backward) shown.reverse();
    const cursorOf = (row: Cells | undefined) =>
      row && this.#selection.pageInfo ? this.#writeCursor(row, cursors) : null;
    return {
      edges: shown.map((row) => ({
        cursor: this.#selection.cursors ? this.#writeCursor(row, cursors) : '',
        node: nodeOf(row),
      })),
      hasMore: rows.length > page.size,
      startCursor: cursorOf(shown[0]),
      endCursor: cursorOf(shown.at(-1)),
    };
  }

  #writeCursor(row: Cells, cursors: CursorContext): string {
    const texts = this.#cursor.map((place, index) => {
      const text = textAt(row, place);
      const kind = this.#query.ordering.steps[index]?.column.kind;
      if (kind === 'boolean') return text && longBoolean(text);
      return kind === 'text' && text !== null ? beginningOf(text) : text;
    });
    return cursors.sealer.write(placeOf(cursors, this.#query), texts);
  }
}

/** As Postgres' `left` counts: characters, not UTF-16 units. */
function beginningOf(text: string): string {
  return text.length <= longestSortedText ? text : [...text].slice(0, longestSortedText).join('');
}

/** Postgres' own output is "t", and cast to text it is "true": a place has one cursor, however it was read. */
function longBoolean(text: string): string {
  return text.startsWith('t') ? 'true' : 'false';
}
