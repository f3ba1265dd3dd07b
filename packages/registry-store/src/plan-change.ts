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
import { findMisfitReturnedLinks } from './misfits/misfit-returned-links.ts';
import type { RegistrySnapshot } from './read-registry.ts';
import { readRetiredKeys } from './retired-keys.ts';
import { fillReturned } from './returned-things.ts';
import { type Backfill, countToFill, findTooManyToFill } from './too-many-to-fill.ts';
import { defaultUsageWindow, findInUse } from './usage/find-in-use.ts';

export interface PlanOptions {
  readonly limits?: Partial<Limits>;
  /** Records that one change may touch to fill slots (200,000). */
  readonly fillLimit?: number;
  /** Days for which nobody may have used a field or name that is to go (30). */
  readonly usageWindow?: number | undefined;
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
  { limits, fillLimit = 200_000, usageWindow = defaultUsageWindow }: PlanOptions,
): Promise<PlannedChange> {
  const { registry: current } = snapshot;
  const retired = await readRetiredKeys(sql);
  const populated = await findPopulated(sql, retired);
  const requested = await makeRequested(sql, snapshot, request, {
    ...(limits && { limits }),
    retired,
    populated,
  });
  const registry = finishSlots(requested.registry);
  const steps = fillReturned(current, populated, compileChange(current, registry));
  if (isSame(current, registry)) return { registry, steps, changed: false, problems: [], backfill: [] };
  const backfill = await countToFill(sql, registry, steps);
  const problems = [
    ...(await findMisfits(sql, current, registry)),
    ...(await findMisfitReturnedLinks(sql, current, registry, retired)),
    ...findTooManyToFill(backfill, fillLimit),
  ];
  const inUse = await findInUse(sql, current, request, usageWindow);
  return {
    ...{ registry, steps, changed: true, backfill },
    problems: [...problems.map(requested.locate), ...inUse],
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
function isSame(current: Registry | null, next: Registry): boolean {
  const asJson = (registry: Registry): unknown => JSON.parse(JSON.stringify(toStoredRegistry(registry)));
  return current !== null && isDeepStrictEqual(asJson(current), asJson(next));
}
