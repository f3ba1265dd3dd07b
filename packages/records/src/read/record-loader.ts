import { reusingPlan } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import DataLoader from 'dataloader';
import type { RecordNode, RecordSelection } from '../contract.ts';
import { compileRecordsRead } from './read-back.ts';
import type { ReadContext } from './read-context.ts';

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
      cacheKeyFn: ({ id, selection }) => `${id} ${selection.fields.join()}`,
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
    const fields = [...new Set(wanted.flatMap(({ selection }) => selection.fields))];
    const read = compileRecordsRead(this.#entity, ids, { fields });
    const byId = read.nodesOf(await this.#context.batcher.run(reusingPlan(read.statement)));
    return wanted.map(({ id }) => byId.get(id) ?? null);
  }
}
