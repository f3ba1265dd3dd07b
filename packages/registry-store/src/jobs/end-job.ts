import type { ControlPlane, TransactionSql } from '@formwork/pg';
import type { Finding } from '../find-records.ts';
import { keepClaim } from './claim-job.ts';
import type { Claim } from './job.ts';

/** In the transaction that serves what was filled, or alone where there is nothing to be served. */
export async function endJob(sql: TransactionSql, jobId: string): Promise<void> {
  await sql`
    update formwork.jobs set state = 'done', misfits = 0, examples = '[]', error = null, total = done,
      finished_at = now(), updated_at = now()
    where id = ${jobId}::uuid`;
  await sql`delete from formwork.job_queue where job = ${jobId}::uuid`;
}

/** The slots are emptied; false where it has been asked for again since the last batch, and has to begin anew. */
export function finishTidy(control: ControlPlane, claim: Claim): Promise<boolean> {
  return control.withTenant(claim.tenantId, async (sql) => {
    if (!(await keepClaim(sql, claim))) return true;
    // Whoever asks for it again changes this row, and is waited for; afterwards they find a job that is done, and leave another.
    await sql`select from formwork.jobs where id = ${claim.jobId}::uuid for update`;
    const [job] = await sql<{ isThrough: boolean }[]>`
      select cursor is not null or not exists (
        select from formwork.records r where r.entity_type = j.entity_type) as "isThrough"
      from formwork.jobs j where id = ${claim.jobId}::uuid`;
    if (job?.isThrough !== true) return false;
    await endJob(sql, claim.jobId);
    return true;
  });
}

/** Nothing is to be served, for what was to be filled has gone. */
export function finishJob(control: ControlPlane, claim: Claim): Promise<void> {
  return control.withTenant(claim.tenantId, async (sql) => {
    if (await keepClaim(sql, claim)) await endJob(sql, claim.jobId);
  });
}

/** Somebody has to change these records; until then nothing is different for anybody. */
export function blockJob(
  control: ControlPlane,
  claim: Claim,
  misfits: Finding,
  error: string,
  also: (sql: TransactionSql) => Promise<void> = async () => {},
): Promise<void> {
  return control.withTenant(claim.tenantId, async (sql) => {
    if (!(await keepClaim(sql, claim))) return;
    await sql`
      update formwork.jobs set state = 'blocked', misfits = ${misfits.count}, examples = ${sql.json([...misfits.examples])},
        error = ${error}, updated_at = now()
      where id = ${claim.jobId}::uuid`;
    await also(sql);
    await sql`delete from formwork.job_queue where job = ${claim.jobId}::uuid`;
  });
}
