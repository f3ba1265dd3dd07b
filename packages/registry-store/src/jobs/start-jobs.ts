import type { TransactionSql } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { jobsChannel } from './job.ts';

/** Leaves a job for each field that is to be filled, and ends those whose field is not there any more. */
export async function startJobs(
  sql: TransactionSql,
  tenantId: string,
  registry: Registry,
  createdBy: string,
): Promise<void> {
  const wanted = registry.entities.flatMap(({ storageKey, allFields }) =>
    allFields
      .filter(({ conversion }) => conversion?.state === 'filling')
      .map((field) => ({ entityType: storageKey, field: field.storageKey })),
  );
  const ended = await sql<{ id: string }[]>`
    update formwork.jobs j set state = 'cancelled', finished_at = now(), updated_at = now()
    where kind = 'retype' and state not in ('done', 'cancelled') and (j.entity_type, j.field) not in (
      select w."entityType", w.field from jsonb_to_recordset(${sql.json(wanted)}) w ("entityType" text, field text))
    returning id`;
  await sql`delete from formwork.job_queue where job = any (${ended.map(({ id }) => id)}::uuid[])`;
  if (wanted.length === 0) return;
  const started = await sql<{ id: string }[]>`
    insert into formwork.jobs (kind, entity_type, field, created_by)
    select 'retype', w."entityType", w.field, ${createdBy}
    from jsonb_to_recordset(${sql.json(wanted)}) w ("entityType" text, field text)
    on conflict (tenant_id, entity_type, field, kind) where state not in ('done', 'cancelled') do nothing
    returning id`;
  for (const { id } of started) await queueJob(sql, tenantId, id);
}

/** Leaves a job that empties slots which nobody has any more. */
export async function tidyLater(sql: TransactionSql, tenantId: string, entityType: string): Promise<void> {
  const started = await sql<{ id: string }[]>`
    insert into formwork.jobs (kind, entity_type, field, created_by) values ('tidy', ${entityType}, '', '')
    on conflict (tenant_id, entity_type, field, kind) where state not in ('done', 'cancelled')
      do update set cursor = null, done = 0
    returning id`;
  for (const { id } of started) await queueJob(sql, tenantId, id);
}

/** Workers hear of it at commit. */
export async function queueJob(sql: TransactionSql, tenantId: string, id: string): Promise<void> {
  await sql`
    insert into formwork.job_queue (job, tenant) values (${id}::uuid, ${tenantId}::uuid) on conflict (job) do nothing`;
  await sql`select pg_notify(${jobsChannel}, '')`;
}
