import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '@formwork/pg';
import type { ConvertedPair } from '@formwork/view-compiler';
import { countOf, examplesOf, type Finding } from '../find-records.ts';
import { readCurrent } from '../read-registry.ts';
import { defaultLease, keepClaim, releaseJob } from './claim-job.ts';
import { blockJob, finishJob, finishTidy } from './end-job.ts';
import { countRecords, fillBatch, fillRest } from './fill-batch.ts';
import { fillSlots } from './fill-slots.ts';
import type { Claim, Job } from './job.ts';
import { findDifferences, findMisfits, pairOf } from './parity.ts';
import { type JobPace, repeatBatches } from './repeat-batches.ts';
import { makeLenient, makeStrict, switchField } from './switch-field.ts';

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
  await countRecords(control, claim);
  switch (await findKind(control, claim)) {
    case 'fill':
      return fillSlots(control, claim, pace);
    case 'tidy':
      return tidy(control, claim, pace);
    default:
      return retype(control, claim, pace);
  }
}

async function tidy(control: ControlPlane, claim: Claim, pace: JobPace): Promise<void> {
  do {
    const outcome = await repeatBatches(pace, () => fillBatch(control, claim, pace.batch ?? 500, 'nothing'));
    if (pace.signal?.aborted) return releaseJob(control, claim);
    if (outcome === 'stopped') return;
  } while (!(await finishTidy(control, claim)));
}

/** Fills a field from the one whose place it takes, compares the two, and serves it once they are alike. */
async function retype(control: ControlPlane, claim: Claim, pace: JobPace): Promise<void> {
  const { batch = 500, signal } = pace;
  const outcome = await repeatBatches(pace, () => fillBatch(control, claim, batch));
  if (signal?.aborted) return releaseJob(control, claim);
  if (outcome === 'stopped') return;
  for (let round = 1; round <= mostRounds; round += 1) {
    if (signal?.aborted) return releaseJob(control, claim);
    // Each time anew: what was changed of it meanwhile has made it lenient again, see switchField.
    const pair = await findPair(control, claim);
    if (pair === null) return finishJob(control, claim);
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

function findKind(control: ControlPlane, { tenantId, jobId }: Claim): Promise<Job['kind'] | undefined> {
  return control.withTenant(tenantId, async (sql) => {
    const [job] = await sql<{ kind: Job['kind'] }[]>`
      select kind from formwork.jobs where id = ${jobId}::uuid`;
    return job?.kind;
  });
}

function findPair(control: ControlPlane, { tenantId, jobId }: Claim): Promise<ConvertedPair | null> {
  return control.withTenant(tenantId, async (sql) => {
    const [job] = await sql<{ entityType: string; field: string }[]>`
      select entity_type as "entityType", field from formwork.jobs where id = ${jobId}::uuid and kind = 'retype'`;
    const { registry } = await readCurrent(sql);
    return job ? pairOf(registry, job.entityType, job.field) : null;
  });
}

/** Values are in the way. */
function block(
  control: ControlPlane,
  claim: Claim,
  { source, target, entity }: ConvertedPair,
  misfits: Finding,
): Promise<void> {
  const error =
    `${countOf(misfits)} of "${entity.key}" with a value of "${source.key}" that cannot become "${target.type}": ` +
    `${examplesOf(misfits)}. Change these values and retry the job, or undo the change of the type.`;
  return blockJob(control, claim, misfits, error, (sql) =>
    makeLenient(sql, entity.storageKey, target.storageKey),
  );
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
