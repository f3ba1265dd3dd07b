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

/** Nothing is to be served: slots were emptied, or what was to be filled has gone. */
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
