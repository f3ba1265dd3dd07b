import type { TransactionSql } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { fillingSlots } from '../fill-later.ts';
import { type Job, jobsChannel } from './job.ts';

/** Leaves a job for each field, and for the slots of each entity, that are to be filled, and ends those of what is gone. */
export async function startJobs(
  sql: TransactionSql,
  tenantId: string,
  before: Registry | null,
  after: Registry,
  createdBy: string,
): Promise<void> {
  const wanted = wantedJobs(after);
  const ended = await sql<{ id: string }[]>`
    update formwork.jobs j set state = 'cancelled', finished_at = now(), updated_at = now()
    where kind <> 'tidy' and state not in ('done', 'cancelled') and (j.kind, j.entity_type, j.field) not in (
      select w.kind, w."entityType", w.field
      from jsonb_to_recordset(${sql.json(wanted)}) w (kind text, "entityType" text, field text))
    returning id`;
  await sql`delete from formwork.job_queue where job = any (${ended.map(({ id }) => id)}::uuid[])`;
  if (wanted.length === 0) return;
  const started = await sql<{ id: string }[]>`
    insert into formwork.jobs (kind, entity_type, field, created_by)
    select w.kind, w."entityType", w.field, ${createdBy}
    from jsonb_to_recordset(${sql.json(wanted)}) w (kind text, "entityType" text, field text)
    on conflict (tenant_id, entity_type, field, kind) where state not in ('done', 'cancelled') do nothing
    returning id`;
  for (const { id } of started) await queueJob(sql, tenantId, id);
  await beginAnew(sql, tenantId, entitiesWithOtherSlots(before, after));
}

function wantedJobs({ entities }: Registry): { kind: Job['kind']; entityType: string; field: string }[] {
  return entities.flatMap((entity) => {
    const { storageKey: entityType } = entity;
    const retyped = entity.allFields.filter(({ conversion }) => conversion?.state === 'filling');
    return [
      ...retyped.map(({ storageKey: field }) => ({ kind: 'retype' as const, entityType, field })),
      ...(fillingSlots(entity).length > 0 ? [{ kind: 'fill' as const, entityType, field: '' }] : []),
    ];
  });
}

/** Storage keys of entities of which other slots are to be filled than before. */
function entitiesWithOtherSlots(before: Registry | null, after: Registry): readonly string[] {
  return after.entities
    .filter((entity) => {
      const was = before?.entityByStorageKey.get(entity.storageKey);
      return String(was && fillingSlots(was)) !== String(fillingSlots(entity));
    })
    .map(({ storageKey }) => storageKey);
}

/** What was filled already lacks what is new, and what was in the way may be gone. A job that is paused stays so. */
async function beginAnew(
  sql: TransactionSql,
  tenantId: string,
  entityTypes: readonly string[],
): Promise<void> {
  const begun = await sql<{ id: string; state: Job['state'] }[]>`
    update formwork.jobs set cursor = null, last_record = null, done = 0, total = 0, misfits = 0, examples = '[]', error = null, attempts = 0,
      state = case state when 'paused' then state else 'waiting' end, updated_at = now()
    where kind = 'fill' and state not in ('done', 'cancelled') and entity_type = any (${[...entityTypes]}::text[])
    returning id, state`;
  for (const { id } of begun.filter(({ state }) => state === 'waiting')) await queueJob(sql, tenantId, id);
}

/** Leaves a job that empties slots which nobody has any more, or has the one that is there begin anew. One that is paused stays so. */
export async function tidyLater(sql: TransactionSql, tenantId: string, entityType: string): Promise<void> {
  const started = await sql<{ id: string; state: Job['state'] }[]>`
    insert into formwork.jobs as j (kind, entity_type, field, created_by) values ('tidy', ${entityType}, '', '')
    on conflict (tenant_id, entity_type, field, kind) where state not in ('done', 'cancelled')
      do update set cursor = null, last_record = null, done = 0, total = 0, attempts = 0, error = null,
        state = case j.state when 'paused' then j.state else 'waiting' end, updated_at = now()
    returning id, state`;
  for (const { id } of started.filter(({ state }) => state === 'waiting')) await queueJob(sql, tenantId, id);
}

/** Workers hear of it at commit. */
export async function queueJob(sql: TransactionSql, tenantId: string, id: string): Promise<void> {
  await sql`
    insert into formwork.job_queue (job, tenant) values (${id}::uuid, ${tenantId}::uuid) on conflict (job) do nothing`;
  await sql`select pg_notify(${jobsChannel}, '')`;
}
