import { sql } from '@formwork/pg/sql-text';
import { type Entity, quote } from '@formwork/registry';
import { type Deed, forbidden } from '../access/permissions.ts';
import { RecordError } from '../contract.ts';
import { lockStatement } from './match-records.ts';
import { runWrite, type WriteContext } from './write-context.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id as Postgres writes it. Throws NOT_FOUND for what is no id: no record can have it. */
export function canonicalId(entity: Entity, id: string): string {
  if (!uuid.test(id)) throw notFound(entity, id);
  return id.toLowerCase();
}

/**
 * Throws unless the caller may do that with the record, which is locked then until the transaction ends: NOT_FOUND for one
 * that it may not see, as for one that is not there, else FORBIDDEN.
 */
export async function assertAllowed(
  context: WriteContext,
  deed: Deed,
  entity: Entity,
  id: string,
): Promise<void> {
  const { permissions } = context;
  const rows = permissions.allowed(deed, entity);
  if (rows === null) return;
  const visible = permissions.visible(entity);
  const [, allowed = [], seen = []] = await runWrite(context, entity, [
    lockStatement(entity, [id]),
    sql`select v.id from ${rows} v where v.id = ${id}::uuid`,
    visible
      ? sql`select v.id from ${visible} v where v.id = ${id}::uuid`
      : sql`select r.id from formwork.records r
      where r.id = ${id}::uuid and r.entity_type = ${entity.storageKey} and r.deleted_at is null`,
  ]);
  if (allowed.length > 0) return;
  throw seen.length > 0 ? forbidden(deed, entity, id) : notFound(entity, id);
}

/** Why a write met no record: it is not there (or may not be seen), or it is at another version. */
export async function whyNotWritten(
  context: WriteContext,
  entity: Entity,
  id: string,
  ifVersion: number | null,
): Promise<RecordError> {
  const [rows = []] = await runWrite(context, entity, [
    sql`select version from formwork.records
      where id = ${id}::uuid and entity_type = ${entity.storageKey} and deleted_at is null`,
  ]);
  const version = rows[0]?.[0];
  if (version === undefined || version === null) return notFound(entity, id);
  const actual = Number(version);
  if (actual === ifVersion || ifVersion === null) {
    return new RecordError('CONFLICT', 'Other writes were in the way. Try again.', {}, { retry: true });
  }
  const message = `The "${entity.label}" is at version ${actual}, not ${ifVersion}: somebody has changed it. Read it again.`;
  return new RecordError('VERSION_CONFLICT', message, { id, expected: ifVersion, actual });
}

function notFound(entity: Entity, id: string): RecordError {
  return new RecordError('NOT_FOUND', `There is no "${entity.label}" with id ${quote(id)}.`, { id });
}
