import type { Values } from '@formwork/records';
import type { Entity, Field, Registry, UniqueKey } from '@formwork/registry';
import { didYouMean } from '../did-you-mean.ts';
import { Failure } from '../failure.ts';
import { quote, quoteList } from '../quote.ts';
import { assertWritable, type ColumnTarget, findMappedTarget, findObviousField } from './column-target.ts';
import { compileReader, readList, UnreadableValue, type ValueReader } from './read-value.ts';

export interface RowReaderOptions {
  readonly registry: Registry;
  readonly entity: Entity;
  /** Of an import that changes what is there: then a record need not be whole. */
  readonly key: UniqueKey | null;
  /** From --map: column to path. */
  readonly maps: ReadonlyMap<string, string>;
  readonly skips: ReadonlySet<string>;
  /** For all columns of dates, and for single ones. */
  readonly dateFormat?: string | undefined;
  readonly dateFormats: ReadonlyMap<string, string>;
  readonly listSeparator: string;
  /** Texts that stand for "no value", beside the empty one. */
  readonly nulls: ReadonlySet<string>;
  readonly isJson: boolean;
}

interface Column {
  readonly target: ColumnTarget;
  readonly read: ValueReader;
}

/** Makes inputs of rows. Columns that come up later (JSON objects need not be alike) are looked up when they do. */
export class RowReader {
  readonly #options: RowReaderOptions;
  readonly #columns = new Map<string, Column | Failure | null>();

  /** @throws Failure with everything that is wrong with the columns: before anything is written */
  constructor(columns: readonly string[], options: RowReaderOptions) {
    this.#options = options;
    const problems = [
      ...this.#unknownNames(columns),
      ...columns.flatMap((column) => this.#problemsOf(column)),
      ...this.#doubles(columns),
    ];
    if (problems.length === 0) problems.push(...this.#missing(columns));
    if (problems.length > 0) throw this.#refuse(columns, problems);
  }

  /** @throws UnreadableValue with everything that is wrong with the row */
  read(cells: ReadonlyMap<string, unknown>): Values {
    const input: Record<string, unknown> = {};
    const reasons: string[] = [];
    for (const [name, cell] of cells) {
      const column = this.#column(name);
      if (column === null) continue;
      if (column instanceof Failure) reasons.push(column.message);
      else if (this.#isEmpty(cell)) this.#addNull(input, column.target.field, cell);
      else reasons.push(...this.#add(input, name, column, cell));
    }
    reasons.push(...incompleteKeys(this.#columns.values(), input));
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

  #column(name: string): Column | Failure | null {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const found = this.#findColumn(name);
    this.#columns.set(name, found);
    return found;
  }

  #findColumn(name: string): Column | Failure | null {
    const { registry, entity, maps, skips, dateFormats, dateFormat } = this.#options;
    if (skips.has(name)) return null;
    try {
      const path = maps.get(name);
      const target =
        path === undefined ? this.#obvious(name) : findMappedTarget(registry, entity, name, path);
      const field = target.key === null ? target.field : target.part;
      const isMoment = field.type === 'date' || field.type === 'datetime' || field.type === 'time';
      const format = dateFormats.get(name) ?? (field.type === 'time' ? undefined : dateFormat);
      if (!isMoment && dateFormats.has(name)) {
        throw new Failure(
          `--date-format: column ${quote(name)} goes to ${quote(field.key)}, which is no date but ${field.type}.`,
        );
      }
      return { target, read: compileReader(field, { ...this.#options, dateFormat: format }) };
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  }

  #obvious(column: string): ColumnTarget {
    const { entity } = this.#options;
    const field = findObviousField(entity, column);
    if (field !== null) return { field: assertWritable(column, field), key: null };
    const keys = entity.fields.map(({ key }) => key);
    throw new Failure(
      `Column ${quote(column)} is no field of entity ${quote(entity.key)}.${didYouMean(column, keys)}`,
    );
  }

  #problemsOf(column: string): string[] {
    const found = this.#column(column);
    return found instanceof Failure ? [found.message] : [];
  }

  /** Options that name a column which is not there. In JSON it may still come. */
  #unknownNames(columns: readonly string[]): string[] {
    const { maps, skips, dateFormats, isJson } = this.#options;
    if (isJson || columns.length === 0) return [];
    return Object.entries({ '--map': maps, '--skip': skips, '--date-format': dateFormats }).flatMap(
      ([option, names]) =>
        [...names.keys()]
          .filter((name) => !columns.includes(name))
          .map((name) => `${option}: there is no column ${quote(name)}.${didYouMean(name, columns)}`),
    );
  }

  #doubles(columns: readonly string[]): string[] {
    const first = new Map<string, string>();
    return columns.flatMap((name) => {
      const column = this.#column(name);
      if (column === null || column instanceof Failure) return [];
      const { field, key } = column.target;
      const place = key === null ? field.key : `${field.key}.${key.key}.${column.target.part.key}`;
      const other = first.get(place);
      first.set(place, name);
      return other === undefined
        ? []
        : [`Columns ${quote(other)} and ${quote(name)} both go to ${quote(place)}.`];
    });
  }

  #missing(columns: readonly string[]): string[] {
    if (columns.length === 0) return [];
    const { entity, key } = this.#options;
    const given = new Set(
      columns
        .map((name) => this.#column(name))
        .flatMap((one) => (one !== null && 'target' in one ? one.target.field : [])),
    );
    const needed = key?.fields ?? entity.fields.filter(isNeeded);
    const reason = key === null ? 'which is required' : `which is part of the key ${quote(key.key)}`;
    return needed
      .filter((field) => !given.has(field))
      .map((field) => `No column gives ${quote(field.key)}, ${reason}.`);
  }

  #refuse(columns: readonly string[], problems: readonly string[]): Failure {
    const { entity } = this.#options;
    const fields = entity.fields.map(({ key }) => key);
    return new Failure(`The columns do not fit entity ${quote(entity.key)}; nothing was written.`, {
      problems: [
        ...problems,
        `The file has: ${quoteList(columns, 100)}.`,
        `The entity has: ${quoteList(fields, 300)}.`,
        'Say which is which with --map "column=field", or leave a column out with --skip "column".',
      ],
    });
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
function incompleteKeys(columns: Iterable<Column | Failure | null>, input: Values): string[] {
  const reasons = new Set<string>();
  for (const column of columns) {
    if (column === null || column instanceof Failure || column.target.key === null) continue;
    const { field, key } = column.target;
    if (key.fields.length === 1 || key.nullsEqual) continue;
    const given = (input[field.name] as { by?: Record<string, object> } | null | undefined)?.by?.[key.name];
    const lacking = given === undefined ? [] : key.fields.filter(({ name }) => !(name in given));
    if (lacking.length > 0)
      reasons.add(`link ${quote(field.key)} lacks ${quoteList(lacking.map((one) => one.key))} of its key`);
  }
  return [...reasons];
}

/** No record can be created without a value for it. */
function isNeeded({ required, default: value, type }: Field): boolean {
  return required && type !== 'autonumber' && (value === undefined || value === null);
}
