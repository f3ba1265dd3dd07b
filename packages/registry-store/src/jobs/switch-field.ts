import type { ControlPlane, TransactionSql } from '@formwork/pg';
import {
  diffRegistries,
  loadRegistry,
  type Registry,
  toStoredRegistry,
  viewNameOf,
} from '@formwork/registry';
import { compileChange } from '@formwork/view-compiler';
import { readCurrent } from '../read-registry.ts';
import { runSteps } from '../run-steps.ts';
import { saveRows } from '../save-rows.ts';
import { saveVersion } from '../save-version.ts';
import { withTenantLock } from '../with-tenant-lock.ts';
import { keepClaim } from './claim-job.ts';
import { endJob } from './end-job.ts';
import type { Claim } from './job.ts';

export interface FilledField {
  /** Storage keys. */
  readonly entityType: string;
  readonly field: string;
}

/** For moments: writers wait, and a gateway's own limits are longer. */
export const patience = { timeout: 500, attempts: 40 };

/**
 * From now on a value without a counterpart is refused, or no longer. While it is, what was once seen to be alike stays so,
 * and records can be looked through at leisure. False where the job is not this worker's any more.
 */
export function makeStrict(
  control: ControlPlane,
  claim: Claim,
  { entityType, field }: FilledField,
  strict: boolean,
): Promise<boolean> {
  return withTenantLock(control, claim.tenantId, patience, async (sql) => {
    if (!(await keepClaim(sql, claim))) return false;
    await sql`
      update formwork.entity_storage
      set strict_conversions = array_remove(strict_conversions, ${field}) || ${strict ? [field] : []}::text[]
      where entity_type = ${entityType}`;
    return true;
  });
}

/** Lets in what has no counterpart: a worker that was lost may have left it refused. Nobody has to wait for that. */
export async function makeLenient(sql: TransactionSql, entityType: string, field: string): Promise<void> {
  await sql`
    update formwork.entity_storage set strict_conversions = array_remove(strict_conversions, ${field})
    where entity_type = ${entityType} and ${field} = any (strict_conversions)`;
}

/**
 * Serves the new field, and deprecates the old one: a new version of the registry. False where it was not strict all the
 * time, because the registry was changed meanwhile: then nothing is known of what was written since.
 */
export function switchField(control: ControlPlane, claim: Claim, filled: FilledField): Promise<boolean> {
  const { tenantId, jobId } = claim;
  return withTenantLock(control, tenantId, patience, async (sql) => {
    const { registry: before } = await readCurrent(sql);
    if (before === null || !(await keepClaim(sql, claim)) || !(await isStrict(sql, filled))) return false;
    const after = withReadyField(before, filled);
    await saveRows(sql, toStoredRegistry(after));
    await runSteps(sql, tenantId, compileChange(before, after));
    const summary = diffRegistries(before, after);
    await saveVersion(sql, tenantId, after, { appliedBy: `job:${jobId}`, summary });
    await endJob(sql, jobId);
    return true;
  });
}

async function isStrict(sql: TransactionSql, { entityType, field }: FilledField): Promise<boolean> {
  const rows = await sql`
    select from formwork.entity_storage
    where entity_type = ${entityType} and ${field} = any (strict_conversions)`;
  return rows.length > 0;
}

/** The registry with the field served; its view is another one then. */
function withReadyField(registry: Registry, { entityType, field }: FilledField): Registry {
  const stored = toStoredRegistry(registry);
  const ready = {
    ...stored,
    fields: stored.fields.map((row) => {
      const { conversion } = row.options;
      return row.entityType === entityType && row.storageKey === field && conversion
        ? { ...row, options: { ...row.options, conversion: { ...conversion, state: 'ready' as const } } }
        : row;
    }),
  };
  const viewNames = new Map(loadRegistry(ready).entities.map((one) => [one.storageKey, viewNameOf(one)]));
  return loadRegistry({
    ...ready,
    entityTypes: ready.entityTypes.map((row) => ({
      ...row,
      viewName: viewNames.get(row.storageKey) ?? row.viewName,
    })),
  });
}
