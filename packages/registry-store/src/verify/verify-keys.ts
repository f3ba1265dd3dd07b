import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import type { EntityStorageRow } from '@formwork/view-compiler';
import { findDuplicates } from '../find-duplicates.ts';
import { findRecords } from '../find-records.ts';
import { type Drift, driftOf } from './drift.ts';

/** Unique keys, looked at in the values and not in their slots; and counters, against the numbers given out. */
export async function verifyKeys(
  sql: TransactionSql,
  entity: Entity,
  row: EntityStorageRow,
): Promise<readonly Drift[]> {
  const drifts: Drift[] = [];
  // Of one that a job fills nothing is promised yet.
  for (const key of entity.keys.filter(({ slot }) => slot.state === 'ready')) {
    const found = await findDuplicates(sql, row, key.slot.column);
    drifts.push(
      ...driftOf('key', entity.key, key.key, found, 'Records that share a value which has to be unique.'),
    );
  }
  for (const field of row.autonumbers) {
    const found = await findRecords(
      sql,
      text`from formwork.records
        where entity_type = ${entity.storageKey}
          and case when jsonb_typeof(data -> ${field}) = 'number' then (data -> ${field})::numeric end >= coalesce(
            (select next_number from formwork.autonumbers a
              where a.entity_type = ${entity.storageKey} and a.field = ${field}), 0)`,
    );
    const name = entity.fieldByStorageKey.get(field)?.key ?? field;
    drifts.push(
      ...driftOf('autonumber', entity.key, name, found, 'The counter will give these numbers out again.'),
    );
  }
  return drifts;
}
