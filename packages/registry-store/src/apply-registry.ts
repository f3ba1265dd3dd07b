import type { ControlPlane, TransactionSql } from '@formwork/pg';
import {
  diffRegistriesInSteps,
  inSteps,
  type Problem,
  type Registry,
  RegistryError,
  toStoredRegistry,
} from '@formwork/registry';
import type { ChangeRequest } from './change-request.ts';
import { RegistryConflictError } from './errors.ts';
import { saveFormerNames } from './former-names.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { findLeftBehind, type LeftBehind } from './left-behind.ts';
import { findProblemsOfJobs, type PlanOptions, planChange } from './plan-change.ts';
import { readCurrent } from './read-registry.ts';
import { runSteps } from './run-steps.ts';
import { saveRows } from './save-rows.ts';
import { saveVersion } from './save-version.ts';
import { endClosing } from './usage/closings.ts';
import { beginDecision, type Closing, withClosing } from './usage/with-closing.ts';
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
  const found = await control.withTenant(tenantId, (sql) => lookAhead(sql, request, options));
  return withClosing(control, tenantId, request, { patience }, (closing) =>
    withTenantLock(control, tenantId, { timeout, attempts }, async (sql) => {
      const applied = await apply(sql, tenantId, request, { ...options, found, closing });
      if (closing) await endClosing(sql, tenantId, closing.contract);
      return applied;
    }),
  );
}

/** What is found by looking through many records. What else is wrong is said under the lock. */
async function lookAhead(
  sql: TransactionSql,
  request: ChangeRequest,
  options: ApplyOptions,
): Promise<readonly Problem[]> {
  const current = await readCurrent(sql);
  if ((options.expectedVersion ?? current.version) !== current.version) return [];
  try {
    const problems = await findProblemsOfJobs(sql, current, request, options);
    return problems.filter(({ records }) => records !== undefined);
  } catch (error) {
    if (error instanceof RegistryError) return [];
    throw error;
  }
}

/** Before the lock. */
interface WhatIsKnown {
  /** What is in the way of the request. */
  readonly found: readonly Problem[];
  readonly closing: Closing | null;
}

async function apply(
  sql: TransactionSql,
  tenantId: string,
  request: ChangeRequest,
  { found, closing, ...options }: ApplyOptions & WhatIsKnown,
): Promise<AppliedRegistry> {
  const { appliedBy, expectedVersion } = options;
  const current = await readCurrent(sql);
  if (expectedVersion !== undefined && expectedVersion !== current.version) {
    throw new RegistryConflictError(expectedVersion, current.version);
  }
  if (closing) await beginDecision(sql, current, request, closing);
  const { registry, steps, changed, problems } = await planChange(sql, current, request, {
    ...options,
    lookForJobs: false,
  });
  if (problems.length + found.length > 0) throw new RegistryError([...problems, ...found]);
  if (!changed) {
    // Views are content: one that somebody has dropped is put back.
    await runSteps(sql, tenantId, steps);
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
