import { sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import { canonicalId, whyNotWritten } from './find-record.ts';
import { runWrite, type WriteContext } from './write-context.ts';

/** Deletes a record; what leads to it goes, is emptied or refuses, as its designer said. Gives the id back. */
export async function deleteRecord(
  context: WriteContext,
  entity: Entity,
  id: string,
  ifVersion: number | null,
): Promise<string> {
  const recordId = canonicalId(entity, id);
  const [rows = []] = await runWrite(context, entity, [
    sql`delete from formwork.records
      where id = ${recordId}::uuid and entity_type = ${entity.storageKey} and deleted_at is null
        and version = coalesce(${ifVersion}::int, version)
      returning id`,
  ]);
  if (rows.length === 0) throw await whyNotWritten(context, entity, recordId, ifVersion);
  return recordId;
}
