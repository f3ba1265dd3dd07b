import type { ControlPlane, TransactionSql } from '@formwork/pg';
import {
  type Entity,
  type Registry,
  type RegistryChange,
  toStoredRegistry,
  withReadySlots,
} from '@formwork/registry';
import { compileChange } from '@formwork/view-compiler';
import { hasFillingSlots } from '../fill-later.ts';
import { readCurrent } from '../read-registry.ts';
import { runSteps } from '../run-steps.ts';
import { saveRows } from '../save-rows.ts';
import { saveVersion } from '../save-version.ts';
import { withTenantLock } from '../with-tenant-lock.ts';
import { keepClaim } from './claim-job.ts';
import { endJob } from './end-job.ts';
import type { Claim } from './job.ts';
import { patience } from './switch-field.ts';

/**
 * Has reads use the slots and keys of the entity, all of whose records the job has touched: a new version of the registry. False where
 * other slots are to be filled since, and it has to begin anew.
 */
export function serveSlots(control: ControlPlane, claim: Claim): Promise<boolean> {
  const { tenantId, jobId } = claim;
  return withTenantLock(control, tenantId, patience, async (sql) => {
    if (!(await keepClaim(sql, claim))) return true;
    const [job] = await sql<{ entityType: string; isThrough: boolean }[]>`
      select entity_type as "entityType", cursor is not null or not exists (
        select from formwork.records r where r.entity_type = j.entity_type) as "isThrough"
      from formwork.jobs j where id = ${jobId}::uuid`;
    if (job?.isThrough !== true) return false;
    const { registry: before } = await readCurrent(sql);
    const entity = before?.entityByStorageKey.get(job.entityType);
    if (before && entity && hasFillingSlots(entity)) await serve(sql, claim, before, entity);
    await endJob(sql, jobId);
    return true;
  });
}

async function serve(
  sql: TransactionSql,
  { tenantId, jobId }: Claim,
  before: Registry,
  entity: Entity,
): Promise<void> {
  const after = withReadySlots(before, new Set([entity.storageKey]));
  await saveRows(sql, toStoredRegistry(after));
  await runSteps(sql, tenantId, compileChange(before, after));
  await saveVersion(sql, tenantId, after, { appliedBy: `job:${jobId}`, summary: served(entity) });
}

/** Nothing that a designer says has changed, so no comparison of two designs would tell it. */
function served({ key: entity, fields, keys }: Entity): readonly RegistryChange[] {
  const isFilling = ({ slot }: Entity['fields'][number] | Entity['keys'][number]) =>
    slot?.state === 'filling';
  const tell = (what: 'field' | 'key', key: string, message: string): RegistryChange => ({
    ...{ kind: 'changed', what, name: `${entity}.${key}`, message },
  });
  return [
    ...fields
      .filter(isFilling)
      .map(({ key }) => tell('field', key, `Field "${entity}.${key}": its index is filled, and used.`)),
    ...keys
      .filter(isFilling)
      .map(({ key }) =>
        tell('key', key, `Unique key "${entity}.${key}": filled, and records are found by it.`),
      ),
  ];
}
