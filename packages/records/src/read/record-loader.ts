import { reusingPlan } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import DataLoader from 'dataloader';
import type { RecordNode, RecordSelection } from '../contract.ts';
import { nestingOf } from './nested.ts';
import { compileRecordsRead } from './read-back.ts';
import type { ReadContext } from './read-context.ts';
import { mergeSelections, selectionKey } from './selection-key.ts';
import { newScope } from './statement-scope.ts';

interface Wanted {
  readonly id: string;
  readonly selection: RecordSelection;
}

/** Loads records of one entity by id. What is asked for in one tick is one statement, over all columns that any wants. */
export class RecordLoader {
  readonly #context: ReadContext;
  readonly #entity: Entity;
  readonly #loader: DataLoader<Wanted, RecordNode | null, string>;

  constructor(context: ReadContext, entity: Entity) {
    this.#context = context;
    this.#entity = entity;
    this.#loader = new DataLoader((wanted) => this.#load(wanted), {
      batchScheduleFn: context.batcher.schedule,
      cacheKeyFn: ({ id, selection }) => `${id} ${selectionKey(selection)}`,
    });
  }

  /** Null where there is no such record, or none that may be seen. */
  load(id: string, selection: RecordSelection): Promise<RecordNode | null> {
    return this.#loader.load({ id, selection });
  }

  /** Forgets what was read, after a write. */
  clear(): void {
    this.#loader.clearAll();
  }

  async #load(wanted: readonly Wanted[]): Promise<(RecordNode | null)[]> {
    const ids = [...new Set(wanted.map(({ id }) => id))];
    const selection = mergeSelections(wanted.map((each) => each.selection));
    const nesting =
      selection.links === undefined
        ? null
        : nestingOf(this.#context, newScope(this.#context), ids.length > 1);
    const read = compileRecordsRead(this.#entity, ids, selection, nesting);
    const statement = nesting === null ? reusingPlan(read.statement) : read.statement;
    const byId = read.nodesOf(await this.#context.batcher.run(statement));
    return wanted.map(({ id }) => byId.get(id) ?? null);
  }
}
