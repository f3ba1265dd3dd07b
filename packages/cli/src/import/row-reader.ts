import type { Values } from '@formwork/records';
import type { Field } from '@formwork/registry';
import { Failure } from '../failure.ts';
import { quote, quoteList } from '../quote.ts';
import { checkColumns } from './check-columns.ts';
import type { ColumnTarget } from './column-target.ts';
import { type Column, type ColumnOptions, Columns } from './columns.ts';
import { readList } from './read-value.ts';
import { UnreadableValue } from './unreadable-value.ts';

/** Makes inputs of the API out of rows. */
export class RowReader {
  readonly #options: ColumnOptions;
  readonly #columns: Columns;

  /** @throws Failure with everything that is wrong with the columns: before anything is written */
  constructor(names: readonly string[], options: ColumnOptions) {
    this.#options = options;
    this.#columns = new Columns(options);
    checkColumns(names, this.#columns, options);
  }

  /** @throws UnreadableValue with everything that is wrong with the row */
  read(cells: ReadonlyMap<string, unknown>): Values {
    const input: Record<string, unknown> = {};
    const reasons: string[] = [];
    for (const [name, cell] of cells) {
      const column = this.#columns.get(name);
      if (column === null) continue;
      if (column instanceof Failure) reasons.push(column.message);
      else if (this.#isEmpty(cell)) this.#addNull(input, column.target.field, cell);
      else reasons.push(...this.#add(input, name, column, cell));
    }
    reasons.push(...incompleteKeys(this.#columns.known, input));
    if (reasons.length > 0) throw new UnreadableValue(reasons.join('; '));
    return input;
  }

  /** Null of a JSON file is said on purpose, so that no default steps in; an empty cell says nothing. */
  #addNull(input: Record<string, unknown>, field: Field, cell: unknown): void {
    if (cell === null && field.type !== 'links') input[field.name] = null;
  }

  #add(input: Record<string, unknown>, name: string, { target, read }: Column, cell: unknown): string[] {
    try {
      const { field } = target;
      if (field.type === 'links') {
        const items = readList(cell, this.#options.listSeparator);
        input[field.name] = { add: items.map((item) => toLink(target, read(item), undefined)) };
      } else {
        input[field.name] =
          field.type === 'link' ? toLink(target, read(cell), input[field.name]) : read(cell);
      }
      return [];
    } catch (error) {
      if (error instanceof UnreadableValue) return [`column ${quote(name)} ${error.message}`];
      throw error;
    }
  }

  #isEmpty(cell: unknown): boolean {
    if (cell === null || cell === undefined) return true;
    return (
      typeof cell === 'string' && ((cell === '' && !this.#options.isJson) || this.#options.nulls.has(cell))
    );
  }
}

/** `{ id }`, or `{ by: … }`, to which several columns may contribute when the key has several fields. */
function toLink(target: ColumnTarget, value: unknown, before: unknown): unknown {
  const { key } = target;
  if (key === null) return { id: value };
  if (key.fields.length === 1) return { by: { [key.name]: value } };
  const parts = (before as { by?: Record<string, object> } | undefined)?.by?.[key.name];
  return { by: { [key.name]: { ...parts, [target.part.name]: value } } };
}

/** Of a key with several fields all are needed to find the record. */
function incompleteKeys(columns: readonly Column[], input: Values): string[] {
  const reasons = new Set<string>();
  for (const { target } of columns) {
    const { field, key } = target;
    if (key === null || key.fields.length === 1 || key.nullsEqual) continue;
    const given = (input[field.name] as { by?: Record<string, object> } | null | undefined)?.by?.[key.name];
    const lacking = given === undefined ? [] : key.fields.filter(({ name }) => !(name in given));
    if (lacking.length === 0) continue;
    reasons.add(`link ${quote(field.key)} lacks ${quoteList(lacking.map((one) => one.key))} of its key`);
  }
  return [...reasons];
}
