import type { ControlPlane, TransactionSql } from '@formwork/pg';
import type { Claim } from './job.ts';

/** Seconds without a sign of life after which another worker takes a job over. */
export const defaultLease = 15;

/** Takes the job that has waited longest, or that a worker has lost; null where there is none. */
export function claimJob(
  control: ControlPlane,
  worker: string,
  {
    lease = defaultLease,
    tenantId,
  }: { readonly lease?: number | undefined; readonly tenantId?: string | undefined } = {},
): Promise<Claim | null> {
  return control.control(async (sql) => {
    const [row] = await sql<{ tenant: string; job: string }[]>`
      update formwork.job_queue q set claimed_by = ${worker}::uuid, seen_at = now()
      where q.job = (
        select job from formwork.job_queue
        where due_at <= now() and (claimed_by is null or seen_at < now() - make_interval(secs => ${lease}))
          and (${tenantId ?? null}::uuid is null or tenant = ${tenantId ?? null}::uuid)
        order by due_at limit 1 for update skip locked)
      returning tenant, job`;
    return row ? { tenantId: row.tenant, jobId: row.job, worker } : null;
  });
}

/** A sign of life; false where the job is not this worker's any more: paused, cancelled, taken over. */
export async function keepClaim(sql: TransactionSql, { jobId, worker }: Claim): Promise<boolean> {
  const kept = await sql`
    update formwork.job_queue set seen_at = now()
    where job = ${jobId}::uuid and claimed_by = ${worker}::uuid returning job`;
  return kept.length > 0;
}

/** Lets go of the job, so that somebody goes on with it after so many seconds. */
export async function releaseJob(control: ControlPlane, claim: Claim, after = 0): Promise<void> {
  await control.control(
    (sql) => sql`
      update formwork.job_queue set claimed_by = null, seen_at = null, due_at = now() + make_interval(secs => ${after})
      where job = ${claim.jobId}::uuid and claimed_by = ${claim.worker}::uuid`,
  );
}
