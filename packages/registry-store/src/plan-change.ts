import { isDeepStrictEqual } from 'node:util';
import type { TransactionSql } from '@formwork/pg';
import {
  type Limits,
  type Problem,
  type Registry,
  type RetiredKeys,
  toStoredRegistry,
} from '@formwork/registry';
import { type ChangeStep, compileChange } from '@formwork/view-compiler';
import { type ChangeRequest, makeRequested } from './change-request.ts';
import { finishSlots } from './finish-slots.ts';
import { findMisfits } from './misfits/find-misfits.ts';
import { findMisfitConversions, findUnfinishedConversions } from './misfits/misfit-conversions.ts';
import { findMisfitReturnedLinks } from './misfits/misfit-returned-links.ts';
import type { RegistrySnapshot } from './read-registry.ts';
import { readRetiredKeys } from './retired-keys.ts';
import { fillReturned } from './returned-things.ts';
import {
  type Backfill,
  countToConvert,
  countToFill,
  findTooManyToFill,
  tidyNow,
} from './too-many-to-fill.ts';
import { defaultUsageWindow, findInUse } from './usage/find-in-use.ts';

export interface PlanOptions {
  readonly limits?: Partial<Limits>;
  /** Records that one change may touch to fill slots (200,000). */
  readonly fillLimit?: number;
  /** Days for which nobody may have used a field or name that is to go (30). */
  readonly usageWindow?: number | undefined;
  /** Whether records are looked through for values that cannot be converted (yes): not while writers wait. */
  readonly lookAtConversions?: boolean;
}

export interface PlannedChange {
  /** As it is once the slots are filled, which they are before the transaction of the change ends. */
  readonly registry: Registry;
  readonly steps: readonly ChangeStep[];
  /** False when the registry is like that already. */
  readonly changed: boolean;
  /** What of the records is in the way, each with its place in the request. */
  readonly problems: readonly Problem[];
  /** Records that have to be touched. */
  readonly backfill: readonly Backfill[];
}

/** What a request would make of the current registry. Throws RegistryError when the request itself is wrong. */
export async function planChange(
  sql: TransactionSql,
  snapshot: RegistrySnapshot,
  request: ChangeRequest,
  { limits, fillLimit = 200_000, usageWindow = defaultUsageWindow, lookAtConversions = true }: PlanOptions,
): Promise<PlannedChange> {
  const { registry: current } = snapshot;
  const { requested, registry, retired, populated } = await askFor(sql, snapshot, request, limits);
  const planned = fillReturned(current, populated, compileChange(current, registry));
  const steps = await tidyNow(sql, planned, fillLimit);
  if (isSame(current, registry)) return { registry, steps, changed: false, problems: [], backfill: [] };
  const backfill = await countToFill(sql, registry, steps);
  const unfinished = await findUnfinishedConversions(sql, current, registry, lookAtConversions);
  const isUnfinished = ({ path }: Problem) => unfinished.some((one) => one.path === path);
  const problems = [
    ...(await findMisfits(sql, current, registry)).filter((problem) => !isUnfinished(problem)),
    ...(await findMisfitReturnedLinks(sql, current, registry, retired)),
    ...findTooManyToFill(backfill, fillLimit),
    ...(lookAtConversions ? await findMisfitConversions(sql, current, registry) : []),
    ...unfinished,
  ];
  const inUse = await findInUse(sql, current, request, usageWindow);
  return {
    ...{ registry, steps, changed: true },
    // Counted where somebody reads it, and not while writers wait.
    backfill: lookAtConversions ? [...backfill, ...(await countToConvert(sql, current, registry))] : backfill,
    problems: [...problems.map(requested.locate), ...inUse],
  };
}

/**
 * What of the records is in the way of a conversion, or of its end. Looks through them, so it is asked before writers have
 * to wait: later on the triggers let nothing in that is not alike.
 */
export async function findConversionProblems(
  sql: TransactionSql,
  snapshot: RegistrySnapshot,
  request: ChangeRequest,
  { limits }: PlanOptions,
): Promise<readonly Problem[]> {
  const { registry: current } = snapshot;
  const { requested, registry } = await askFor(sql, snapshot, request, limits);
  const problems = [
    ...(await findMisfitConversions(sql, current, registry)),
    ...(await findUnfinishedConversions(sql, current, registry, true)),
  ];
  return problems.map(requested.locate);
}

async function askFor(
  sql: TransactionSql,
  snapshot: RegistrySnapshot,
  request: ChangeRequest,
  limits: PlanOptions['limits'],
) {
  const retired = await readRetiredKeys(sql);
  const populated = await findPopulated(sql, retired);
  const options = { ...(limits && { limits }), retired, populated };
  const requested = await makeRequested(sql, snapshot, request, options);
  return { requested, registry: finishSlots(requested.registry), retired, populated };
}

/** Those of removed entities among them: their records are still there. */
async function findPopulated(sql: TransactionSql, retired: RetiredKeys): Promise<ReadonlySet<string>> {
  const rows = await sql<{ entity: string }[]>`
    select known.entity from unnest(${[...retired.entities]}::text[]) as known (entity)
    where exists (select from formwork.records r where r.entity_type = known.entity)`;
  return new Set(rows.map(({ entity }) => entity));
}

/** Rows are compared, since positions count as well; the order of properties, which jsonb does not keep, does not. */
function isSame(current: Registry | null, next: Registry): boolean {
  const asJson = (registry: Registry): unknown => JSON.parse(JSON.stringify(toStoredRegistry(registry)));
  return current !== null && isDeepStrictEqual(asJson(current), asJson(next));
}
