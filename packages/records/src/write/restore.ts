import { sql } from '@formwork/pg/sql-text';
import { type Entity, quote } from '@formwork/registry';
import { forbidden } from '../access/permissions.ts';
import { RecordError, type RecordNode, type RecordSelection } from '../contract.ts';
import { canonicalId } from './find-record.ts';
import { hideConflicts } from './hide-conflicts.ts';
import { conflictStatement, readConflicts, uniqueViolation } from './key-conflicts.ts';
import { runWrite, type WriteContext } from './write-context.ts';

/**
 * Brings a deleted record back. Its values, its keys and its links are checked like those of a new one: what it led to
 * may be gone, and its place be taken.
 */
export async function restoreRecord(
  context: WriteContext,
  entity: Entity,
  id: string,
  selection: RecordSelection,
): Promise<RecordNode> {
  context.permissions.assertMay('delete', entity);
  const recordId = canonicalId(entity, id);
  await assertKeysAreFree(context, entity, recordId);
  const read = context.readBack(entity, [recordId], selection);
  // Whether the caller may see it can be told only once it is back; it goes again if not, as all of the transaction does.
  const refused = context.permissions.refusedStatement('delete', entity, [recordId]);
  const [restored = [], rows = [], mayNot = []] = await runWrite(context, entity, [
    sql`update formwork.records set deleted_at = null, updated_by = ${context.actor}
      where id = ${recordId}::uuid and entity_type = ${entity.storageKey} and deleted_at is not null
      returning id`,
    read.statement,
    ...(refused === null ? [] : [refused]),
  ]);
  const node = read.nodesOf(rows).get(recordId);
  if (restored.length === 0 || node === undefined) throw noneDeleted(entity, id);
  if (mayNot.length > 0) throw forbidden('delete', entity, recordId);
  return node;
}

function noneDeleted(entity: Entity, id: string): RecordError {
  const message = `There is no deleted "${entity.label}" with id ${quote(id)}.`;
  return new RecordError('NOT_FOUND', message, { id });
}

async function assertKeysAreFree(context: WriteContext, entity: Entity, id: string): Promise<void> {
  if (entity.keys.length === 0) return;
  const [rows = []] = await runWrite(context, entity, [
    conflictStatement(entity, [{ id, removed: [], patch: '{}' }], 'existing'),
  ]);
  const conflicts = await hideConflicts(context, readConflicts(entity, rows));
  if (conflicts.length === 0) return;
  // A deleted record cannot be asked whether the caller may see it, so nothing is told of it.
  if (context.permissions.visible(entity) !== null) throw noneDeleted(entity, id);
  throw uniqueViolation(conflicts, () => ['id']);
}
