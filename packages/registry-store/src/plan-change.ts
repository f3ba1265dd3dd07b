import { isDeepStrictEqual } from 'node:util';
import type { TransactionSql } from '@formwork/pg';
import {
  applyChangesInSteps,
  changeOf,
  inSteps,
  type Limits,
  type Problem,
  type Registry,
  RegistryError,
  type RegistryOptions,
  type RetiredKeys,
  type Steps,
  toStoredRegistry,
  withReadySlotsInSteps,
} from '@formwork/registry';
import type { ChangeStep } from '@formwork/view-compiler';
import {
  type ChangeRequest,
  makeRequested,
  PartlyRefusedError,
  type RequestedRegistry,
} from './change-request.ts';
import { type FillingPlan, planFilling } from './fill-later.ts';
import { findMisfits } from './misfits/find-misfits.ts';
import { findMisfitConversions, findUnfinishedConversions } from './misfits/misfit-conversions.ts';
import { findMisfitDefaults } from './misfits/misfit-defaults.ts';
import { findStaleKeys } from './misfits/misfit-keys.ts';
import { findMisfitReturnedLinks } from './misfits/misfit-returned-links.ts';
import { placeTooMany } from './place-too-many.ts';
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
  /** Of a list: what so many of its changes come to; null where they make no sense by themselves. */
  readonly partOf: (count: number) => Steps<Registry | null>;
}

/**
 * What a request would make of the current registry. Throws RegistryError when the request itself is wrong: of a list with
 * what is in the way of the changes that are right.
 */
export async function planChange(
  sql: TransactionSql,
  snapshot: RegistrySnapshot,
  request: ChangeRequest,
  options: PlanOptions,
): Promise<PlannedChange> {
  const { fillLimit = defaultFillLimit, usageWindow = defaultUsageWindow, lookForJobs = true } = options;
  const { registry: current } = snapshot;
  const asked = await askFor(sql, snapshot, request, options);
  const { requested, filling, retired, refused } = asked;
  const { registry, steps, later } = filling;
  const partOf = partsOf(current, request, asked);
  if (await inSteps(isSame(current, registry))) {
    if (refused.length > 0) throw new RegistryError(refused);
    return { registry, steps, changed: false, problems: [], contracts: [], backfill: [], partOf };
  }
  const unfinished = await findUnfinishedConversions(sql, current, registry, lookForJobs);
  const isUnfinished = ({ path }: Problem) => unfinished.some((one) => one.path === path);
  const problems = [
    ...(
      await findMisfits(sql, current, registry, { keysOf: lookForJobs ? all : (one) => !later.has(one) })
    ).filter((problem) => !isUnfinished(problem)),
    ...(await findMisfitDefaults(current, registry)),
    ...(await findStaleKeys(sql, current, registry)),
    ...(await findMisfitReturnedLinks(sql, current, registry, retired)),
    ...(lookForJobs ? await findMisfitConversions(sql, current, registry) : []),
    ...unfinished,
  ];
  const contracts = contractsOf(request, current, asked, options);
  const inUse = await findInUse(sql, contracts, usageWindow);
  const found = [
    ...problems.map(requested.locate),
    ...(await findTooMany(current, request, asked, fillLimit)),
    ...inUse,
  ];
  if (refused.length > 0) throw new RegistryError([...refused, ...found]);
  // Counted where somebody reads it, and not while writers wait.
  const converted = lookForJobs ? await countToConvert(sql, current, registry) : [];
  return {
    ...{ registry, steps, changed: true, contracts, partOf, problems: found },
    backfill: [...filling.now, ...filling.byJobs, ...converted].map(({ entity, records }) => ({
      entity,
      records,
    })),
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
  const asked = await askFor(sql, snapshot, request, options);
  const { requested, filling, refused } = asked;
  const { registry, later } = filling;
  const problems = [
    ...(await findMisfits(sql, current, registry, { keysOf: (one) => later.has(one), keysAlone: true })),
    ...(await findMisfitConversions(sql, current, registry)),
    ...(await findUnfinishedConversions(sql, current, registry, true)),
  ];
  return {
    version: snapshot.version,
    problems: problems.map(requested.locate),
    contracts: refused.length > 0 ? [] : contractsOf(request, current, asked, options),
  };
}

async function findTooMany(
  current: Registry | null,
  request: ChangeRequest,
  asked: Asked,
  limit: number,
): Promise<readonly Problem[]> {
  const { filling, requested } = asked;
  const problems = findTooManyToFill(filling.now, limit).map(requested.locate);
  if (problems.length === 0 || !('changes' in request)) return problems;
  return placeTooMany(problems, { ...asked, current, changes: request.changes, limit });
}

function contractsOf(
  request: ChangeRequest,
  before: Registry | null,
  { filling, refused }: Asked,
  { force }: PlanOptions,
): readonly Contract[] {
  if (force) return [];
  const wrong = new Set(refused.map(changeOf));
  return findContracts(request, before, filling.registry).filter((one) => !wrong.has(changeOf(one)));
}

interface Asked {
  readonly requested: RequestedRegistry;
  readonly filling: FillingPlan;
  readonly retired: RetiredKeys;
  /** What is wrong with changes of a list; all else is about the others then. */
  readonly refused: readonly Problem[];
  /** Storage keys of entities of which no slot can wait. */
  readonly impatient: ReadonlySet<string>;
  /** What the request is looked at with. */
  readonly known: Pick<RegistryOptions, 'limits' | 'retired' | 'populated'>;
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
  const known = { ...(limits && { limits }), retired, populated };
  let refused: readonly Problem[] = [];
  const requested = await makeRequested(sql, snapshot, request, known).catch((error: unknown) => {
    if (!(error instanceof PartlyRefusedError)) throw error;
    refused = error.problems;
    return error.rest;
  });
  const returned = returnedLinks(current, requested.registry, retired);
  const impatient = new Set(returned.map(({ entity }) => entity.storageKey));
  const filling = await planFilling(sql, current, requested.registry, {
    ...{ limit, impatient },
    complete: (steps) => tidyNow(sql, fillReturned(current, populated, steps), limit),
  });
  return { requested, filling, retired, refused, impatient, known };
}

/** Slots are as the whole list leaves them. */
function partsOf(
  current: Registry | null,
  request: ChangeRequest,
  { filling: { later }, known }: Asked,
): PlannedChange['partOf'] {
  return function* (count) {
    if (!('changes' in request)) return null;
    const applied = yield* applyChangesInSteps(current, request.changes.slice(0, count), known);
    if ('problems' in applied) return null;
    const filled = [...applied.registry.entityByStorageKey.keys()].filter((one) => !later.has(one));
    return yield* withReadySlotsInSteps(applied.registry, new Set(filled));
  };
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
