import { isDeepStrictEqual } from 'node:util';
import type { ControlPlane, TransactionSql } from '@formwork/pg';
import {
  diffRegistriesInSteps,
  inSteps,
  type Registry,
  RegistryError,
  toStoredRegistry,
} from '@formwork/registry';
import type { ChangeRequest } from './change-request.ts';
import { RegistryConflictError } from './errors.ts';
import { saveFormerNames } from './former-names.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { findLeftBehind, type LeftBehind } from './left-behind.ts';
import { type Ahead, lookAhead, type PlanOptions, planChange } from './plan-change.ts';
import { readCurrent } from './read-registry.ts';
import { refresh } from './refresh/refresh-tenant.ts';
import { runSteps } from './run-steps.ts';
import { saveRows } from './save-rows.ts';
import { saveVersion } from './save-version.ts';
import { endClosing, holdClosing } from './usage/closings.ts';
import { type Closing, withClosing } from './usage/with-closing.ts';
import { withTenantLock } from './with-tenant-lock.ts';

export interface ApplyOptions extends PlanOptions {
  /** Who applies it, as the history tells it: "key:<id>", "cli". */
  readonly appliedBy: string;
  /** The version that the change was made for; absent: whatever there is. */
  readonly expectedVersion?: number | undefined;
  /** Milliseconds to wait for writers of the tenant (1,000), and how often (10). */
  readonly lockTimeout?: number;
  readonly lockAttempts?: number;
  /** Milliseconds to wait for gateways that do not tell what is used of what is to go (18,000). */
  readonly usagePatience?: number;
}

export interface AppliedRegistry {
  readonly version: number;
  readonly registry: Registry;
  /** False when the registry was like that already; nothing was written then. */
  readonly changed: boolean;
  /** Removed entities and fields that have data: it stays where it is, out of sight. */
  readonly leftBehind: readonly LeftBehind[];
}

/** Makes a document the tenant's registry: see {@link applyChange}. */
export function applyRegistry(
  control: ControlPlane,
  tenantId: string,
  document: unknown,
  options: ApplyOptions,
): Promise<AppliedRegistry> {
  return applyChange(control, tenantId, { document }, options);
}

/**
 * Makes what is asked for the tenant's registry: rows, views, slots, version and notification in one transaction, visible
 * together or not at all. Throws RegistryError with everything that is wrong with the request or does not fit the
 * records, RegistryConflictError for a stale `expectedVersion`, RegistryBusyError when writers held on for too long.
 */
export async function applyChange(
  control: ControlPlane,
  tenantId: string,
  request: ChangeRequest,
  options: ApplyOptions,
): Promise<AppliedRegistry> {
  const { lockTimeout: timeout = 1_000, lockAttempts: attempts = 10, usagePatience: patience } = options;
  const ahead = await control.withTenant(tenantId, (sql) => findAhead(sql, request, options));
  const { contracts } = ahead;
  return withClosing(control, tenantId, { request, contracts }, { patience }, (closing) =>
    withTenantLock(control, tenantId, { timeout, attempts }, async (sql) => {
      const applied = await apply(sql, tenantId, request, { ...options, ahead, closing });
      if (closing) await endClosing(sql, tenantId, closing.contract);
      return applied;
    }),
  );
}

/** What is found by looking through many records, and what would be taken away. What else is wrong is said under the lock. */
async function findAhead(sql: TransactionSql, request: ChangeRequest, options: ApplyOptions): Promise<Ahead> {
  const current = await readCurrent(sql);
  const nothing = { version: current.version, problems: [], contracts: [] };
  if ((options.expectedVersion ?? current.version) !== current.version) return nothing;
  try {
    const ahead = await lookAhead(sql, current, request, options);
    return { ...ahead, problems: ahead.problems.filter(({ records }) => records !== undefined) };
  } catch (error) {
    if (error instanceof RegistryError) return nothing;
    throw error;
  }
}

/** Before the lock. */
interface WhatIsKnown {
  readonly ahead: Ahead;
  readonly closing: Closing | null;
}

async function apply(
  sql: TransactionSql,
  tenantId: string,
  request: ChangeRequest,
  { ahead, closing, ...options }: ApplyOptions & WhatIsKnown,
): Promise<AppliedRegistry> {
  const { appliedBy, expectedVersion } = options;
  const current = await readCurrent(sql);
  if (expectedVersion !== undefined && expectedVersion !== current.version) {
    throw new RegistryConflictError(expectedVersion, current.version);
  }
  if (closing) await holdClosing(sql, closing.contract);
  const planned = planChange(sql, current, request, { ...options, lookForJobs: false });
  const { registry, steps, changed, problems, contracts } = await planned.catch((error: unknown) => {
    throw error instanceof RegistryError ? new RegistryError([...error.problems, ...ahead.problems]) : error;
  });
  // What was not marked nobody has been asked for.
  const things = contracts.map(({ thing }) => thing);
  if (changed && !isDeepStrictEqual(things, closing?.things ?? [])) {
    throw new RegistryConflictError(ahead.version, current.version);
  }
  const found = [...problems, ...ahead.problems];
  if (found.length > 0) throw new RegistryError(found);
  if (!changed) {
    // What is derived from it is content: what somebody has dropped, or an older Formwork made otherwise, is made again.
    await refresh(sql, tenantId, registry);
    return { version: current.version, registry, changed, leftBehind: [] };
  }
  const leftBehind = await findLeftBehind(sql, current.registry, registry);
  await saveRows(sql, toStoredRegistry(registry));
  await runSteps(sql, tenantId, steps);
  const summary = await inSteps(diffRegistriesInSteps(current.registry, registry));
  const version = await saveVersion(sql, tenantId, registry, { appliedBy, summary });
  await saveFormerNames(sql, current.registry, registry, version);
  await startJobs(sql, tenantId, current.registry, registry, appliedBy);
  return { version, registry, changed, leftBehind };
}
