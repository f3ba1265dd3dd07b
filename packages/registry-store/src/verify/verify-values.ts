import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import type { EntityStorageRow } from '@formwork/view-compiler';
import { findRecords } from '../find-records.ts';
import { type Drift, driftOf } from './drift.ts';

/** Values that the triggers would not have let in; a deleted record is looked at when it is restored. One look at the whole record first: nearly always it is right. */
export async function verifyValues(
  sql: TransactionSql,
  entity: Entity,
  { checks, shape }: EntityStorageRow,
): Promise<readonly Drift[]> {
  const misfits = (path: string) =>
    findRecords(
      sql,
      text`from formwork.records
        where entity_type = ${entity.storageKey} and deleted_at is null
          and not coalesce(data @@ ${path}::jsonpath, false)`,
    );
  if ((await misfits(shape)) === null) return [];
  const drifts: Drift[] = [];
  for (const { field, path } of checks) {
    const name = entity.fieldByStorageKey.get(field)?.key ?? field;
    const message = 'Values that are missing, or of a type or form that the field does not have.';
    drifts.push(...driftOf('value', entity.key, name, await misfits(path), message));
  }
  return drifts;
}
