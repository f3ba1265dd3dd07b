import type { Row, Statement } from '@formwork/pg';
import { sql, textArray } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { Values } from '../contract.ts';
import { tellingVisibleBlockers } from './blockers.ts';
import { assertAllowed, canonicalId, whyNotWritten } from './find-record.ts';
import { matchRecords } from './match-records.ts';
import { runWrite, type WriteContext } from './write-context.ts';

/** Deletes a record; what leads to it goes, is emptied or refuses, as its designer said. Gives the id back. */
export async function deleteRecord(
  context: WriteContext,
  entity: Entity,
  id: string,
  ifVersion: number | null,
): Promise<string> {
  context.permissions.assertMay('delete', entity);
  const recordId = canonicalId(entity, id);
  await assertAllowed(context, 'delete', entity, recordId);
  const rows = await remove(context, entity, [recordId], ifVersion);
  if (rows.length === 0) throw await whyNotWritten(context, entity, recordId, ifVersion);
  return recordId;
}

/** See `BulkRecords.deleteMany`. */
export async function deleteMany(
  context: WriteContext,
  entity: Entity,
  where: Values,
  atMost: number,
): Promise<readonly string[]> {
  const ids = await matchRecords(context, 'delete', entity, where, atMost);
  if (ids.length > 0) await remove(context, entity, ids, null);
  return ids;
}

async function remove(
  context: WriteContext,
  entity: Entity,
  ids: readonly string[],
  ifVersion: number | null,
): Promise<readonly Row[]> {
  return tellingVisibleBlockers(context, entity, ids, async () => {
    const [rows = []] = await runWrite(context, entity, [deleteStatement(context, entity, ids, ifVersion)]);
    return rows;
  });
}

/**
 * Where the designer chose so, records are kept and marked; their view, their keys and their links forget them. Who deletes is
 * told to the triggers, which change what led there (sql/038).
 */
export function deleteStatement(
  { actor }: Pick<WriteContext, 'actor'>,
  entity: Entity,
  ids: readonly string[],
  ifVersion: number | null,
): Statement {
  const action = entity.softDelete
    ? sql`update formwork.records set deleted_at = now(), updated_by = ${actor}`
    : sql`delete from formwork.records`;
  return sql`${action}
    where id = any (${textArray(ids)}::uuid[]) and entity_type = ${entity.storageKey} and deleted_at is null
      and version = coalesce(${ifVersion}::int, version)
    returning id, set_config('app.actor', ${actor}, true)`;
}
