import { type TransactionSql, sql as text } from '@formwork/pg';
import type { EntityStorageRow } from '@formwork/view-compiler';
import { type Finding, findRecords } from './find-records.ts';
import { partsArray } from './storage-values.ts';

/**
 * Living records that share the value of the unique key which has this slot, whatever stands in the slot now. Those
 * whose values have a wrong form, and so no key, are left out.
 */
export function findDuplicates(
  sql: TransactionSql,
  row: EntityStorageRow,
  slot: string,
): Promise<Finding | null> {
  const index = Number(slot.slice(1)) - 1;
  const parts = partsArray(row.uniqueKeys[index] ?? null);
  const nullsEqual = text.raw(String(row.nullsEqual[index] ?? false));
  return findRecords(
    sql,
    text`from (
        select id, value, count(*) over (partition by value) as times from (
          select id, formwork.unique_slot(data, ${parts}::text[], ${nullsEqual}) as value
          from formwork.records where entity_type = ${row.entityType} and deleted_at is null
            and coalesce(data @@ ${row.shape}::jsonpath, false)
        ) keyed where value is not null
      ) counted where times > 1`,
  );
}
