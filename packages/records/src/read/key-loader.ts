import { sql, textArray } from '@formwork/pg/sql-text';
import { type Entity, type UniqueKey, uniqueColumn } from '@formwork/registry';
import DataLoader from 'dataloader';
import { RecordError, type RecordNode, type RecordSelection, type Values } from '../contract.ts';
import { quote } from '../quote.ts';
import { entityView, getColumn } from './entity-view.ts';
import { encodeKeyPart, keyText } from './key-text.ts';
import { readNesting } from './nested.ts';
import type { ReadContext } from './read-context.ts';
import { getText, type Nesting, SelectList, selectRecord } from './select-list.ts';
import { mergeSelections, selectionKey } from './selection-key.ts';
import { newScope } from './statement-scope.ts';

interface Wanted {
  /** JSON text of each part, null for one without a value. */
  readonly parts: readonly (string | null)[];
  readonly selection: RecordSelection;
}

/** Loads records by one unique key. Lookups of one tick are one statement. */
export class KeyLoader {
  readonly #context: ReadContext;
  readonly #entity: Entity;
  readonly #key: UniqueKey;
  readonly #loader: DataLoader<Wanted, RecordNode | null, string>;

  constructor(context: ReadContext, entity: Entity, key: UniqueKey) {
    this.#context = context;
    this.#entity = entity;
    this.#key = key;
    this.#loader = new DataLoader((wanted) => this.#load(wanted), {
      batchScheduleFn: context.batcher.schedule,
      cacheKeyFn: ({ parts, selection }) => `${JSON.stringify(parts)} ${selectionKey(selection)}`,
    });
  }

  /** Null where there is no such record, or none that may be seen. Throws BAD_USER_INPUT for values of other types. */
  async load(values: Values, selection: RecordSelection): Promise<RecordNode | null> {
    const view = entityView(this.#entity);
    const parts = this.#key.fields.map(({ name }) => {
      const value = values[name] ?? null;
      return value === null ? null : encodeKeyPart(getColumn(view, name), value, name);
    });
    // A record without one of the values is not in the index, so it cannot be asked for.
    if (parts.includes(null) && !this.#key.nullsEqual) return null;
    return this.#loader.load({ parts, selection });
  }

  clear(): void {
    this.#loader.clearAll();
  }

  #load(wanted: readonly Wanted[]): Promise<(RecordNode | null)[]> {
    const scope = newScope(this.#context);
    const statement = { scope, several: wanted.length > 1, records: wanted.length };
    return readNesting(this.#context, statement, (nesting) => this.#read(wanted, nesting));
  }

  async #read(wanted: readonly Wanted[], nesting: Nesting | null): Promise<(RecordNode | null)[]> {
    const column = uniqueColumn(this.#key);
    if (column === null) {
      const name = quote(this.#key.name);
      throw new RecordError(
        'CONFLICT',
        `The key ${name} is still being filled. Try again in a moment.`,
        {},
        { retry: true },
      );
    }
    const selection = mergeSelections(wanted.map((each) => each.selection));
    const list = new SelectList();
    const [alias, lookups] = [sql.identifier('r'), sql.identifier('k')];
    const place = list.add(sql`${lookups}.place`);
    const view = entityView(this.#entity);
    const reader = selectRecord(list, view, alias, selection, nesting);
    const names = this.#key.fields.map((_, index) => sql.identifier(`p${index + 1}`));
    const arrays = names.map(
      (_, index) => sql`${textArray(wanted.map(({ parts }) => parts[index] ?? null))}::text[]`,
    );
    const text = keyText(
      this.#key,
      names.map((name) => sql`${name}::jsonb`),
    );
    // Materialized: a key that is made in the join itself counts as leaking, and its index is then not used.
    // `offset 0`: each key is looked up, however few records the planner believes there are.
    const rows = await this.#context.batcher.run(sql`with ${lookups} as materialized (
        select place, ${text} as key from unnest(${sql.join(arrays)}) with ordinality p (${sql.join(names)}, place))
      select ${list.sql} from ${lookups} cross join lateral (
        select * from ${view.name} v where v.${sql.identifier(column)} = ${lookups}.key offset 0) ${alias}`);
    const byPlace = new Map(rows.map((row) => [getText(row, place), row]));
    return wanted.map((_, index) => {
      const row = byPlace.get(String(index + 1));
      return row === undefined ? null : reader.read(row);
    });
  }
}
