import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { findRecords } from './find-records.ts';

/** Data that a change puts out of sight. */
export interface LeftBehind {
  /** Key of the entity. */
  readonly entity: string;
  /** Key of the field; null where the whole entity is removed. */
  readonly field: string | null;
  readonly records: number;
}

/** What of the data belongs to entities and fields that the next registry has no more. */
export async function findLeftBehind(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
): Promise<readonly LeftBehind[]> {
  const found: LeftBehind[] = [];
  const note = async (entity: string, field: string | null, source: Parameters<typeof findRecords>[1]) => {
    const finding = await findRecords(sql, source);
    if (finding) found.push({ entity, field, records: finding.count });
  };
  for (const entity of before?.entities ?? []) {
    const kept = after.entityByStorageKey.get(entity.storageKey);
    const records = text`from formwork.records where entity_type = ${entity.storageKey}`;
    if (kept === undefined) {
      await note(entity.key, null, records);
      continue;
    }
    for (const { key, storageKey, type, computed } of entity.fields) {
      // What was computed is no loss.
      if (kept.fieldByStorageKey.has(storageKey) || computed !== null) continue;
      // Another field has the values, in its type.
      if (kept.allFields.some(({ conversion }) => conversion?.from === storageKey)) continue;
      await note(
        entity.key,
        key,
        type === 'links'
          ? text`from (select source_id as id from formwork.record_links
              where entity_type = ${entity.storageKey} and field = ${storageKey}) linked`
          : text`${records} and data ? ${storageKey}`,
      );
    }
  }
  return found;
}
