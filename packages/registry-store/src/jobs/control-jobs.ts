import type { ControlPlane, TransactionSql } from '@formwork/pg';
import { JobError } from '../errors.ts';
import type { Job } from './job.ts';
import { queueJob } from './start-jobs.ts';
import { makeLenient } from './switch-field.ts';

/** The tenant's jobs, the latest first. */
export function readJobs(control: ControlPlane, tenantId: string): Promise<readonly Job[]> {
  return control.withTenant(tenantId, async (sql) => [...(await selectJobs(sql, null))]);
}

/** Null where the tenant has no such job, be it another's. */
export function readJob(control: ControlPlane, tenantId: string, id: string): Promise<Job | null> {
  return control.withTenant(tenantId, (sql) => findJob(sql, id));
}

/** Stops a job after the batch that it is at. */
export function pauseJob(control: ControlPlane, tenantId: string, id: string): Promise<Job> {
  return change(control, tenantId, id, ['waiting', 'running'], 'paused', 'paused');
}

/** Goes on with a job that was paused. */
export function resumeJob(control: ControlPlane, tenantId: string, id: string): Promise<Job> {
  return change(control, tenantId, id, ['paused'], 'waiting', 'resumed');
}

/** Goes on with a job that was blocked or has failed, where it stopped. */
export function retryJob(control: ControlPlane, tenantId: string, id: string): Promise<Job> {
  return change(control, tenantId, id, ['blocked', 'failed'], 'waiting', 'tried again');
}

function change(
  control: ControlPlane,
  tenantId: string,
  id: string,
  from: readonly Job['state'][],
  to: 'paused' | 'waiting',
  what: string,
): Promise<Job> {
  return control.withTenant(tenantId, async (sql) => {
    const before = await findJob(sql, id, true);
    if (before === null) throw new JobError('NOT_FOUND', `There is no job ${JSON.stringify(id)}.`);
    if (!from.includes(before.state)) {
      const message = `The job is ${before.state}, and only one that is ${from.join(' or ')} can be ${what}.`;
      throw new JobError('CONFLICT', message);
    }
    await sql`
      update formwork.jobs set state = ${to}, attempts = 0, error = null, updated_at = now() where id = ${id}::uuid`;
    if (to === 'paused') {
      await makeLenient(sql, before.entityType, before.field);
      await sql`delete from formwork.job_queue where job = ${id}::uuid`;
    } else await queueJob(sql, tenantId, id);
    return (await findJob(sql, id)) as Job;
  });
}

async function findJob(sql: TransactionSql, id: string, locked = false): Promise<Job | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null;
  if (locked) {
    // In the order in which a batch takes them.
    await sql`select from formwork.job_queue where job = ${id}::uuid for update`;
    await sql`select from formwork.jobs where id = ${id}::uuid for update`;
  }
  const [job = null] = await selectJobs(sql, id);
  return job;
}

/** Of the transaction's tenant. */
async function selectJobs(sql: TransactionSql, id: string | null): Promise<readonly Job[]> {
  return sql<Job[]>`
    select id, kind, entity_type as "entityType", field, state, done::float8 as done, total::float8 as total,
      misfits::float8 as misfits, examples, attempts, error, created_by as "createdBy", created_at as "createdAt",
      started_at as "startedAt", updated_at as "updatedAt", finished_at as "finishedAt"
    from formwork.jobs where ${id}::uuid is null or id = ${id}::uuid
    order by created_at desc, id`;
}
