import {
  mapValue,
  type OpenValue,
  reusingPlan,
  type SqlFragment,
  sql,
  textArray,
} from '@formwork/pg/sql-text';
import { type Entity, quote, type UniqueKey, uniqueColumn } from '@formwork/registry';
import DataLoader from 'dataloader';
import { RecordError, type RecordNode, type RecordSelection, type Values } from '../contract.ts';
import { ownValue } from '../validate/plain-object.ts';
import { entityView, getColumn } from './entity-view.ts';
import { encodeKeyPart, keyText } from './key-text.ts';
import { readNesting } from './nested.ts';
import type { ReadContext } from './read-context.ts';
import { getText, type Nesting, type RecordReader, SelectList, selectRecord } from './select-list.ts';
import { mergeSelections, selectionKey } from './selection-key.ts';
import { newScope, type StatementScope } from './statement-scope.ts';

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
      const value = ownValue(values, name) ?? null;
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
    return readNesting(this.#context, statement, (nesting) => this.#read(wanted, scope, nesting));
  }

  async #read(
    wanted: readonly Wanted[],
    scope: StatementScope,
    nesting: Nesting | null,
  ): Promise<(RecordNode | null)[]> {
    const parts = this.#key.fields.map((_, index) => wanted.map((each) => each.parts[index] ?? null));
    const selection = mergeSelections(wanted.map((each) => each.selection));
    const { statement, place, reader } = compileKeyRead(this.#entity, this.#key, parts, selection, nesting);
    const isLookUp = nesting === null || !scope.nestsLists;
    const rows = await this.#context.batcher.run(isLookUp ? reusingPlan(statement) : statement);
    const byPlace = new Map(rows.map((row) => [getText(row, place), row]));
    return wanted.map((_, index) => {
      const row = byPlace.get(String(index + 1));
      return row === undefined ? null : reader.read(row);
    });
  }
}

/** A statement that looks records up by a unique key. */
export interface KeyRead {
  readonly statement: SqlFragment;
  /** Place in each row of the number of the look-up that it answers, from 1. */
  readonly place: number;
  readonly reader: RecordReader;
}

/** `parts`: of each field of the key the JSON texts of all look-ups. */
export function compileKeyRead(
  entity: Entity,
  key: UniqueKey,
  parts: readonly (readonly (string | null)[] | OpenValue<readonly (string | null)[]>)[],
  selection: RecordSelection,
  nesting: Nesting | null,
): KeyRead {
  const column = uniqueColumn(key);
  if (column === null) {
    throw new RecordError(
      'CONFLICT',
      `The key ${quote(key.name)} is still being filled. Try again in a moment.`,
      {},
      { retry: true },
    );
  }
  const list = new SelectList();
  const [alias, lookups] = [sql.identifier('r'), sql.identifier('k')];
  const place = list.add(sql`${lookups}.place`);
  const view = entityView(entity);
  const reader = selectRecord(list, view, alias, selection, nesting);
  const names = key.fields.map((_, index) => sql.identifier(`p${index + 1}`));
  const arrays = parts.map((texts) => sql`${mapValue(texts, textArray)}::text[]`);
  const text = keyText(
    key,
    names.map((name) => sql`${name}::jsonb`),
  );
  // Materialized: a key that is made in the join itself counts as leaking, and its index is then not used.
  // `offset 0`: each key is looked up, however few records the planner believes there are.
  const statement = sql`with ${lookups} as materialized (
        select place, ${text} as key from unnest(${sql.join(arrays)}) with ordinality p (${sql.join(names)}, place))
      select ${list.sql} from ${lookups} cross join lateral (
        select * from ${view.name} v where v.${sql.identifier(column)} = ${lookups}.key offset 0) ${alias}`;
  return { statement, place, reader };
}
