import { reusingPlan } from '@formwork/pg/sql-text';
import { type Entity, groupBy } from '@formwork/registry';
import DataLoader from 'dataloader';
import type { RecordNode, RecordSelection } from '../contract.ts';
import { readNesting } from './nested.ts';
import { compileRecordsRead } from './read-back.ts';
import type { ReadContext } from './read-context.ts';
import { mergeSelections, selectionKey } from './selection-key.ts';
import { newScope } from './statement-scope.ts';

interface Wanted {
  readonly id: string;
  readonly selection: RecordSelection;
}

function keyOf({ id, selection }: Wanted): string {
  return `${id} ${selectionKey(selection)}`;
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
      cacheKeyFn: keyOf,
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
    // What is behind links is read for the records that want it alone.
    const alike = groupBy(wanted, ({ selection }) =>
      selection.links === undefined ? '' : selectionKey(selection),
    );
    const read = new Map<string, RecordNode>();
    const readAlike = async (group: readonly Wanted[]) => {
      const ids = [...new Set(group.map(({ id }) => id))];
      const nodes = await this.#read(ids, mergeSelections(group.map(({ selection }) => selection)));
      for (const each of group) {
        const node = nodes.get(each.id);
        if (node !== undefined) read.set(keyOf(each), node);
      }
    };
    await Promise.all([...alike.values()].map(readAlike));
    return wanted.map((each) => read.get(keyOf(each)) ?? null);
  }

  #read(ids: readonly string[], selection: RecordSelection): Promise<ReadonlyMap<string, RecordNode>> {
    const scope = newScope(this.#context);
    const statement = { scope, several: ids.length > 1, records: ids.length };
    return readNesting(this.#context, statement, async (nesting) => {
      const { statement: text, nodesOf } = compileRecordsRead(this.#entity, ids, selection, nesting);
      const isLookUp = nesting === null || !scope.nestsLists;
      return nodesOf(await this.#context.batcher.run(isLookUp ? reusingPlan(text) : text));
    });
  }
}
