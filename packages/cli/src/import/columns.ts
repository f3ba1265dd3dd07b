import { didYouMean, type Entity, type Registry, type UniqueKey } from '@formwork/registry';
import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';
import { assertWritable, type ColumnTarget, findMappedTarget, findObviousField } from './column-target.ts';
import { compileReader, type ValueReader } from './read-value.ts';

export interface ColumnOptions {
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

export interface Column {
  readonly target: ColumnTarget;
  readonly read: ValueReader;
}

/** What becomes of each column, looked up when it first comes up: JSON objects need not be alike. */
export class Columns {
  readonly #options: ColumnOptions;
  readonly #found = new Map<string, Column | Failure | null>();

  constructor(options: ColumnOptions) {
    this.#options = options;
  }

  /** Null for a column that is left out, a Failure for one that goes nowhere. */
  get(name: string): Column | Failure | null {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const found = this.#find(name);
    this.#found.set(name, found);
    return found;
  }

  /** Those that were looked up and go somewhere. */
  get known(): readonly Column[] {
    return [...this.#found.values()].filter(isColumn);
  }

  #find(name: string): Column | Failure | null {
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
}

export function isColumn(found: Column | Failure | null): found is Column {
  return found !== null && !(found instanceof Failure);
}
