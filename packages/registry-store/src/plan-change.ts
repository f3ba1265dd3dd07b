import { isDeepStrictEqual } from 'node:util';
import type { TransactionSql } from '@formwork/pg';
import {
  inSteps,
  type Limits,
  type Problem,
  type Registry,
  type RetiredKeys,
  type Steps,
  toStoredRegistry,
} from '@formwork/registry';
import type { ChangeStep } from '@formwork/view-compiler';
import { type ChangeRequest, makeRequested, type RequestedRegistry } from './change-request.ts';
import { type FillingPlan, planFilling } from './fill-later.ts';
import { findMisfits } from './misfits/find-misfits.ts';
import { findMisfitConversions, findUnfinishedConversions } from './misfits/misfit-conversions.ts';
import { findStaleKeys } from './misfits/misfit-keys.ts';
import { findMisfitReturnedLinks } from './misfits/misfit-returned-links.ts';
import type { RegistrySnapshot } from './read-registry.ts';
import { readRetiredKeys } from './retired-keys.ts';
import { fillReturned, returnedLinks } from './returned-things.ts';
import { type Backfill, countToConvert, findTooManyToFill, tidyNow } from './too-many-to-fill.ts';
import { type Contract, findContracts } from './usage/contracts.ts';
import { defaultUsageWindow, findInUse } from './usage/find-in-use.ts';

export interface PlanOptions {
  readonly limits?: Partial<Limits>;
  /** Records that one change may touch to fill slots (200,000); slots and keys of more are filled by jobs. */
  readonly fillLimit?: number | undefined;
  /** Days for which nobody may have used a field or name that is to go (30). */
  readonly usageWindow?: number | undefined;
  /** What the request takes away goes although clients have used it lately. */
  readonly force?: boolean | undefined;
  /** Whether records that jobs will work on are looked through for what is in the way (yes): not while writers wait. */
  readonly lookForJobs?: boolean;
}

const defaultFillLimit = 200_000;

const all = () => true;

export interface PlannedChange {
  /** As it is at the end of the transaction of the change. */
  readonly registry: Registry;
  readonly steps: readonly ChangeStep[];
  /** False when the registry is like that already. */
  readonly changed: boolean;
  /** What of the records, and of clients, is in the way, each with its place in the request. */
  readonly problems: readonly Problem[];
  /** What clients may use and could not any more. */
  readonly contracts: readonly Contract[];
  /** Records that have to be touched. */
  readonly backfill: readonly Backfill[];
}

/** What a request would make of the current registry. Throws RegistryError when the request itself is wrong. */
export async function planChange(
  sql: TransactionSql,
  snapshot: RegistrySnapshot,
  request: ChangeRequest,
  options: PlanOptions,
): Promise<PlannedChange> {
  const { fillLimit = defaultFillLimit, usageWindow = defaultUsageWindow, lookForJobs = true } = options;
  const { registry: current } = snapshot;
  const { requested, filling, retired } = await askFor(sql, snapshot, request, options);
  const { registry, steps, later } = filling;
  if (await inSteps(isSame(current, registry))) {
    return { registry, steps, changed: false, problems: [], contracts: [], backfill: [] };
  }
  const unfinished = await findUnfinishedConversions(sql, current, registry, lookForJobs);
  const isUnfinished = ({ path }: Problem) => unfinished.some((one) => one.path === path);
  const problems = [
    ...(
      await findMisfits(sql, current, registry, { keysOf: lookForJobs ? all : (one) => !later.has(one) })
    ).filter((problem) => !isUnfinished(problem)),
    ...(await findStaleKeys(sql, current, registry)),
    ...(await findMisfitReturnedLinks(sql, current, registry, retired)),
    ...findTooManyToFill(filling.now, fillLimit),
    ...(lookForJobs ? await findMisfitConversions(sql, current, registry) : []),
    ...unfinished,
  ];
  const contracts = contractsOf(request, current, registry, options);
  const inUse = await findInUse(sql, contracts, usageWindow);
  // Counted where somebody reads it, and not while writers wait.
  const converted = lookForJobs ? await countToConvert(sql, current, registry) : [];
  return {
    ...{ registry, steps, changed: true, contracts },
    backfill: [...filling.now, ...filling.byJobs, ...converted].map(({ entity, records }) => ({
      entity,
      records,
    })),
    problems: [...problems.map(requested.locate), ...inUse],
  };
}

/** What is to be known of a request before the tenant's writers have to wait for it. */
export interface Ahead {
  /** Of the registry that it was looked at with. */
  readonly version: number;
  /** What of the records is in the way of jobs: of a conversion or its end, of keys that are filled later. */
  readonly problems: readonly Problem[];
  /** What clients may use and could not any more. */
  readonly contracts: readonly Contract[];
}

/**
 * Looks through many records, and so ahead: what comes in meanwhile the triggers refuse, or the job will find. Throws
 * RegistryError when the request itself is wrong.
 */
export async function lookAhead(
  sql: TransactionSql,
  snapshot: RegistrySnapshot,
  request: ChangeRequest,
  options: PlanOptions,
): Promise<Ahead> {
  const { registry: current } = snapshot;
  const { requested, filling } = await askFor(sql, snapshot, request, options);
  const { registry, later } = filling;
  const problems = [
    ...(await findMisfits(sql, current, registry, { keysOf: (one) => later.has(one), keysAlone: true })),
    ...(await findMisfitConversions(sql, current, registry)),
    ...(await findUnfinishedConversions(sql, current, registry, true)),
  ];
  return {
    version: snapshot.version,
    problems: problems.map(requested.locate),
    contracts: contractsOf(request, current, registry, options),
  };
}

function contractsOf(
  request: ChangeRequest,
  before: Registry | null,
  after: Registry,
  { force }: PlanOptions,
): readonly Contract[] {
  return force ? [] : findContracts(request, before, after);
}

interface Asked {
  readonly requested: RequestedRegistry;
  readonly filling: FillingPlan;
  readonly retired: RetiredKeys;
}

async function askFor(
  sql: TransactionSql,
  snapshot: RegistrySnapshot,
  request: ChangeRequest,
  { limits, fillLimit: limit = defaultFillLimit }: PlanOptions,
): Promise<Asked> {
  const { registry: current } = snapshot;
  const retired = await readRetiredKeys(sql);
  const populated = await findPopulated(sql, retired);
  const options = { ...(limits && { limits }), retired, populated };
  const requested = await makeRequested(sql, snapshot, request, options);
  const returned = returnedLinks(current, requested.registry, retired);
  const filling = await planFilling(sql, current, requested.registry, {
    limit,
    impatient: new Set(returned.map(({ entity }) => entity.storageKey)),
    complete: (steps) => tidyNow(sql, fillReturned(current, populated, steps), limit),
  });
  return { requested, filling, retired };
}

/** Those of removed entities among them: their records are still there. */
async function findPopulated(sql: TransactionSql, retired: RetiredKeys): Promise<ReadonlySet<string>> {
  const rows = await sql<{ entity: string }[]>`
    select known.entity from unnest(${[...retired.entities]}::text[]) as known (entity)
    where exists (select from formwork.records r where r.entity_type = known.entity)`;
  return new Set(rows.map(({ entity }) => entity));
}

/** Rows are compared, since positions count as well; the order of properties, which jsonb does not keep, does not. */
function* isSame(current: Registry | null, next: Registry): Steps<boolean> {
  if (current === null) return false;
  const asJson = (registry: Registry): unknown => JSON.parse(JSON.stringify(toStoredRegistry(registry)));
  const was = asJson(current);
  yield;
  const is = asJson(next);
  yield;
  return isDeepStrictEqual(was, is);
}
