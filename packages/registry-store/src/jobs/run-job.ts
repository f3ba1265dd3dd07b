import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '@formwork/pg';
import type { ConvertedPair } from '@formwork/view-compiler';
import { countOf, examplesOf, type Finding } from '../find-records.ts';
import { readCurrent } from '../read-registry.ts';
import { defaultLease, keepClaim, releaseJob } from './claim-job.ts';
import { type BatchOutcome, countRecords, fillBatch, fillRest } from './fill-batch.ts';
import type { Claim } from './job.ts';
import { findDifferences, findMisfits, pairOf } from './parity.ts';
import { makeLenient, makeStrict, switchField } from './switch-field.ts';

export interface JobPace {
  /** Records of one batch, which is one transaction (500). */
  readonly batch?: number | undefined;
  /** Per cent of the time that a worker works, from 1 to 100 (50); it rests the remainder. */
  readonly load?: number | undefined;
  /** Seconds without a sign of life after which another worker takes a job over (15). */
  readonly lease?: number | undefined;
  /** Ends the work after the batch that it is at. */
  readonly signal?: AbortSignal | undefined;
}

/** Batches that may go wrong in a row. */
const mostAttempts = 20;

/** Records that were being written all the time are looked at again so often. */
const mostRounds = 100;

/** Works on a job until it is done, blocked or taken away, or the signal says to end. Never throws. */
export async function runJob(control: ControlPlane, claim: Claim, pace: JobPace = {}): Promise<void> {
  const { lease = defaultLease } = pace;
  const beat = setInterval(() => void sign(control, claim), (lease * 1000) / 4);
  try {
    await work(control, claim, pace);
  } catch (error) {
    await fail(control, claim, error).catch(() => {});
  } finally {
    clearInterval(beat);
  }
}

async function work(control: ControlPlane, claim: Claim, pace: JobPace): Promise<void> {
  const { batch = 500, signal } = pace;
  await countRecords(control, claim);
  const outcome = await repeat(pace, () => fillBatch(control, claim, batch));
  if (signal?.aborted) return releaseJob(control, claim);
  if (outcome === 'stopped') return;
  for (let round = 1; round <= mostRounds; round += 1) {
    if (signal?.aborted) return releaseJob(control, claim);
    // Each time anew: what was changed of it meanwhile has made it lenient again, see switchField.
    const pair = await findPair(control, claim);
    if (pair === null) return finish(control, claim);
    const filled = { entityType: pair.entity.storageKey, field: pair.target.storageKey };
    // First while everything may still be written, so that nobody is refused where it comes to nothing.
    if (!(await isAlike(control, claim, pair, pace))) return;
    if (!(await makeStrict(control, claim, filled, true))) return;
    const late = await look(control, claim, (sql) => findDifferences(sql, pair));
    if (late === null && (await switchField(control, claim, filled))) return;
    if (!(await makeStrict(control, claim, filled, false))) return;
  }
  throw new Error('Records were written again and again while they were compared.');
}

/** Batch after batch, resting in between. */
async function repeat(
  { load = 50, signal }: JobPace,
  batch: () => Promise<BatchOutcome>,
): Promise<BatchOutcome> {
  for (;;) {
    const start = performance.now();
    const outcome = await batch();
    if (outcome !== 'more' || signal?.aborted) return outcome;
    const took = performance.now() - start;
    await sleep((took * (100 - load)) / load, undefined, { signal }).catch(() => {});
  }
}

/** True once all living records are filled; false where values are in the way, or the job has gone. */
async function isAlike(
  control: ControlPlane,
  claim: Claim,
  pair: ConvertedPair,
  { batch = 500, signal }: JobPace,
): Promise<boolean> {
  for (let round = 1; ; round += 1) {
    const differences = await look(control, claim, (sql) => findDifferences(sql, pair));
    if (differences === null) return true;
    const misfits = await look(control, claim, (sql) => findMisfits(sql, pair));
    if (misfits !== null) {
      await block(control, claim, pair, misfits);
      return false;
    }
    if (round === mostRounds) throw new Error(`${countOf(differences)} that cannot be filled.`);
    if (signal?.aborted) {
      await releaseJob(control, claim);
      return false;
    }
    if ((await fillRest(control, claim, pair, batch)) === 'stopped') return false;
    await sleep(Math.min(20 * round, 500));
  }
}

function look(
  control: ControlPlane,
  { tenantId }: Claim,
  find: (sql: Parameters<typeof findDifferences>[0]) => Promise<Finding | null>,
): Promise<Finding | null> {
  return control.withTenant(tenantId, find);
}

function findPair(control: ControlPlane, { tenantId, jobId }: Claim): Promise<ConvertedPair | null> {
  return control.withTenant(tenantId, async (sql) => {
    const [job] = await sql<{ entityType: string; field: string }[]>`
      select entity_type as "entityType", field from formwork.jobs where id = ${jobId}::uuid and kind = 'retype'`;
    const { registry } = await readCurrent(sql);
    return job ? pairOf(registry, job.entityType, job.field) : null;
  });
}

/** Nothing is to be served: slots were emptied, or the field has gone. */
async function finish(control: ControlPlane, claim: Claim): Promise<void> {
  await control.withTenant(claim.tenantId, async (sql) => {
    if (!(await keepClaim(sql, claim))) return;
    await sql`
      update formwork.jobs set state = 'done', total = done, finished_at = now(), updated_at = now()
      where id = ${claim.jobId}::uuid`;
    await sql`delete from formwork.job_queue where job = ${claim.jobId}::uuid`;
  });
}

/** Somebody has to change these values; until then nothing is different for anybody. */
async function block(
  control: ControlPlane,
  claim: Claim,
  { source, target, entity }: ConvertedPair,
  misfits: Finding,
): Promise<void> {
  const error =
    `${countOf(misfits)} of "${entity.key}" with a value of "${source.key}" that cannot become "${target.type}": ` +
    `${examplesOf(misfits)}. Change these values and retry the job, or undo the change of the type.`;
  await control.withTenant(claim.tenantId, async (sql) => {
    if (!(await keepClaim(sql, claim))) return;
    await sql`
      update formwork.jobs set state = 'blocked', misfits = ${misfits.count}, examples = ${sql.json([...misfits.examples])},
        error = ${error}, updated_at = now()
      where id = ${claim.jobId}::uuid`;
    await makeLenient(sql, entity.storageKey, target.storageKey);
    await sql`delete from formwork.job_queue where job = ${claim.jobId}::uuid`;
  });
}

/** Is tried again a little later, and later still; too often, and somebody has to look at it. */
async function fail(control: ControlPlane, claim: Claim, failure: unknown): Promise<void> {
  const error = failure instanceof Error ? failure.message : String(failure);
  const attempts = await control.withTenant(claim.tenantId, async (sql) => {
    if (!(await keepClaim(sql, claim))) return null;
    const [job] = await sql<{ attempts: number }[]>`
      update formwork.jobs set attempts = attempts + 1, error = ${error}, updated_at = now(),
        state = case when attempts + 1 >= ${mostAttempts} then 'failed' else state end
      where id = ${claim.jobId}::uuid returning attempts`;
    if ((job?.attempts ?? mostAttempts) < mostAttempts) return job?.attempts ?? 0;
    await sql`delete from formwork.job_queue where job = ${claim.jobId}::uuid`;
    return null;
  });
  if (attempts !== null) await releaseJob(control, claim, Math.min(0.1 * 2 ** attempts, 30));
}

/** While records are compared no batch gives a sign of life. */
async function sign(control: ControlPlane, claim: Claim): Promise<void> {
  await control.control((sql) => keepClaim(sql, claim)).catch(() => {});
}
