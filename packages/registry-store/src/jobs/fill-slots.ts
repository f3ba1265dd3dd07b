import { type ControlPlane, DatabaseError } from '@formwork/pg';
import type { Entity, Registry } from '@formwork/registry';
import { compileEntityStorage } from '@formwork/view-compiler';
import { findDuplicates } from '../find-duplicates.ts';
import { countOf, examplesOf, type Finding } from '../find-records.ts';
import { readCurrent } from '../read-registry.ts';
import { releaseJob } from './claim-job.ts';
import { blockJob } from './end-job.ts';
import { fillBatch } from './fill-batch.ts';
import type { Claim } from './job.ts';
import { type JobPace, repeatBatches } from './repeat-batches.ts';
import { serveSlots } from './serve-slots.ts';

/** Fills slots and keys of an entity, and has them served. Records that share the value of a key block the job. */
export async function fillSlots(control: ControlPlane, claim: Claim, pace: JobPace): Promise<void> {
  const { batch = 500, signal } = pace;
  do {
    try {
      const outcome = await repeatBatches(pace, () => fillBatch(control, claim, batch, 'nothing'));
      if (signal?.aborted) return await releaseJob(control, claim);
      if (outcome === 'stopped') return;
    } catch (error) {
      const shared = isTaken(error) ? await findShared(control, claim) : null;
      // Somebody may have changed them since: then it is tried again a little later.
      if (shared === null) throw error;
      return await blockJob(control, claim, shared.records, shared.message);
    }
  } while (!(await serveSlots(control, claim)));
}

function isTaken(error: unknown): boolean {
  return error instanceof DatabaseError && error.sqlstate === '23505';
}

interface Shared {
  readonly records: Finding;
  readonly message: string;
}

/** The first key of which records share a value. */
function findShared(control: ControlPlane, { tenantId, jobId }: Claim): Promise<Shared | null> {
  return control.withTenant(tenantId, async (sql) => {
    const [job] = await sql<{ entityType: string }[]>`
      select entity_type as "entityType" from formwork.jobs where id = ${jobId}::uuid`;
    const { registry } = await readCurrent(sql);
    const entity = registry?.entityByStorageKey.get(job?.entityType ?? '');
    if (!registry || !entity) return null;
    const row = compileEntityStorage(registry, entity);
    for (const { key, slot } of fillingKeys(entity)) {
      const records = await findDuplicates(sql, row, slot.column);
      if (records) return { records, message: tellShared(entity, key, records) };
    }
    return null;
  });
}

function fillingKeys({ keys }: Entity): Registry['entities'][number]['keys'] {
  return keys.filter(({ slot }) => slot.state === 'filling');
}

function tellShared(entity: Entity, key: string, records: Finding): string {
  return (
    `${countOf(records)} of "${entity.key}" that share the value of the unique key "${key}" with another: ` +
    `${examplesOf(records)}. Change or delete all but one of each and retry the job, or give up the key.`
  );
}
