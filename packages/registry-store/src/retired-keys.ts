import type { TransactionSql } from '@formwork/pg';
import type { Registry, RetiredKeys } from '@formwork/registry';

/** As registry_versions.changes has it: storage keys that a version was the first to use. */
export interface NewStorageKeys {
  readonly entity: string;
  readonly fields: readonly string[];
}

/** Every storage key that the tenant's registries have ever used. */
export async function readRetiredKeys(sql: TransactionSql): Promise<RetiredKeys> {
  const rows = await sql<{ entity: string; fields: string[] }[]>`
    select change ->> 'entity' as entity, array_agg(field) filter (where field is not null) as fields
    from formwork.registry_versions
    cross join jsonb_array_elements(changes) change
    left join jsonb_array_elements_text(change -> 'fields') field on true
    group by 1`;
  return {
    entities: new Set(rows.map(({ entity }) => entity)),
    fields: new Map(rows.map(({ entity, fields }) => [entity, new Set(fields ?? [])])),
  };
}

/** What the next version is the first to use. */
export function newStorageKeys(retired: RetiredKeys, next: Registry): readonly NewStorageKeys[] {
  return next.entities
    .map(({ storageKey, allFields }) => ({
      entity: storageKey,
      fields: allFields
        .map((field) => field.storageKey)
        .filter((field) => !retired.fields.get(storageKey)?.has(field)),
    }))
    .filter(({ entity, fields }) => fields.length > 0 || !retired.entities.has(entity));
}
