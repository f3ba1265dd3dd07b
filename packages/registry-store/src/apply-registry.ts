import { isDeepStrictEqual } from 'node:util';
import type { ControlPlane, TransactionSql } from '@formwork/pg';
import {
  createRegistry,
  type Limits,
  type Registry,
  type RegistryDocument,
  RegistryError,
  toStoredRegistry,
} from '@formwork/registry';
import { compileChange } from '@formwork/view-compiler';
import { RegistryConflictError } from './errors.ts';
import { finishSlots } from './finish-slots.ts';
import { findLeftBehind, type LeftBehind } from './left-behind.ts';
import { findMisfits } from './misfits/find-misfits.ts';
import { type RegistrySnapshot, readCurrent } from './read-registry.ts';
import { readRetiredKeys } from './retired-keys.ts';
import { runSteps } from './run-steps.ts';
import { saveRows } from './save-rows.ts';
import { saveVersion } from './save-version.ts';
import { findTooManyToFill } from './too-many-to-fill.ts';
import { withTenantLock } from './with-tenant-lock.ts';

export interface ApplyOptions {
  /** Who applies it, as the history tells it: "key:<id>", "cli". */
  readonly appliedBy: string;
  /** The version that the change was made for; absent: whatever there is. */
  readonly expectedVersion?: number | undefined;
  readonly limits?: Partial<Limits>;
  /** Records that one change may touch to fill slots (200,000). */
  readonly fillLimit?: number;
  /** Milliseconds to wait for writers of the tenant (1,000), and how often (10). */
  readonly lockTimeout?: number;
  readonly lockAttempts?: number;
}

export interface AppliedRegistry {
  readonly version: number;
  readonly registry: Registry;
  /** False when the registry was like that already; nothing was written then. */
  readonly changed: boolean;
  /** Removed entities and fields that have data: it stays where it is, out of sight. */
  readonly leftBehind: readonly LeftBehind[];
}

/**
 * Makes a document the tenant's registry: rows, views, slots, version and notification in one transaction, visible
 * together or not at all. Throws RegistryError with everything that is wrong with the document or does not fit the
 * records, RegistryConflictError for a stale `expectedVersion`, RegistryBusyError when writers held on for too long.
 */
export async function applyRegistry(
  control: ControlPlane,
  tenantId: string,
  input: unknown,
  options: ApplyOptions,
): Promise<AppliedRegistry> {
  const { lockTimeout: timeout = 1_000, lockAttempts: attempts = 10 } = options;
  return withTenantLock(control, tenantId, { timeout, attempts }, (sql) =>
    apply(sql, tenantId, input, options),
  );
}

async function apply(
  sql: TransactionSql,
  tenantId: string,
  input: unknown,
  options: ApplyOptions,
): Promise<AppliedRegistry> {
  const { appliedBy, expectedVersion, limits, fillLimit = 200_000 } = options;
  const current = await readCurrent(sql);
  if (expectedVersion !== undefined && expectedVersion !== current.version) {
    throw new RegistryConflictError(expectedVersion, current.version);
  }
  const registry = await deriveRegistry(sql, current, input, limits);
  const steps = compileChange(current.registry, registry);
  if (isSame(current.registry, registry)) {
    // Views are content: one that somebody has dropped is put back.
    await runSteps(sql, tenantId, steps);
    return { version: current.version, registry, changed: false, leftBehind: [] };
  }
  const problems = [
    ...(await findMisfits(sql, current.registry, registry)),
    ...(await findTooManyToFill(sql, current.registry, steps, fillLimit)),
  ];
  if (problems.length > 0) throw new RegistryError(problems);
  const leftBehind = await findLeftBehind(sql, current.registry, registry);
  await saveRows(sql, toStoredRegistry(registry));
  await runSteps(sql, tenantId, steps);
  const version = await saveVersion(sql, tenantId, registry, appliedBy);
  return { version, registry, changed: true, leftBehind };
}

/** The next registry, as it is once the slots are filled, which they are before this transaction ends. */
async function deriveRegistry(
  sql: TransactionSql,
  { registry: current }: RegistrySnapshot,
  input: unknown,
  limits: Partial<Limits> | undefined,
): Promise<Registry> {
  // createRegistry trusts nothing about the document, whatever its type says.
  const result = createRegistry(input as RegistryDocument, {
    ...(current && { current }),
    ...(limits && { limits }),
    retired: await readRetiredKeys(sql),
    populated: await findPopulated(sql),
  });
  if ('problems' in result) throw new RegistryError(result.problems);
  return finishSlots(result.registry);
}

async function findPopulated(sql: TransactionSql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ entity: string }[]>`
    select e.storage_key as entity from formwork.entity_types e
    where exists (select from formwork.records r where r.entity_type = e.storage_key)`;
  return new Set(rows.map(({ entity }) => entity));
}

/** Rows are compared, since positions count as well; the order of properties, which jsonb does not keep, does not. */
function isSame(current: Registry | null, next: Registry): boolean {
  return current !== null && isDeepStrictEqual(toStoredRegistry(current), toStoredRegistry(next));
}
