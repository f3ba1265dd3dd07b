import { reusingPlan, sql, textArray } from '@formwork/pg/sql-text';
import DataLoader from 'dataloader';
import type { ReadContext } from './read-context.ts';

/** Finds of which type records are, by id: the GraphQL type name, or null where there is no such record. */
export class NodeLoader {
  readonly #loader: DataLoader<string, string | null>;

  constructor({ batcher, registry }: ReadContext) {
    this.#loader = new DataLoader(
      async (ids) => {
        const rows = await batcher.run(
          reusingPlan(
            sql`select id, entity_type from formwork.records where id = any (${textArray(ids)}::uuid[])`,
          ),
        );
        const types = new Map(rows.map(([id, type]) => [id, type]));
        return ids.map((id) => registry.entityByStorageKey.get(types.get(id) ?? '')?.names.type ?? null);
      },
      { batchScheduleFn: batcher.schedule },
    );
  }

  load(id: string): Promise<string | null> {
    return this.#loader.load(id);
  }
}
