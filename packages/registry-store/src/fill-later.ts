import type { TransactionSql } from '@formwork/pg';
import { type Entity, inSteps, type Registry, withReadySlotsInSteps } from '@formwork/registry';
import { type ChangeStep, compileChangeInSteps } from '@formwork/view-compiler';
import { countToFill, type Touched, touchedBy } from './too-many-to-fill.ts';

/** How a change gets its slots and keys filled. */
export interface FillingPlan {
  /** Slots that a job will fill are `filling`, all others `ready`. */
  readonly registry: Registry;
  readonly steps: readonly ChangeStep[];
  /** Storage keys of entities whose slots are filled, or emptied, when the change is long applied. */
  readonly later: ReadonlySet<string>;
  /** What the change touches itself. */
  readonly now: readonly Touched[];
  /** What jobs touch that this change starts, or has begin anew. */
  readonly byJobs: readonly Touched[];
}

export interface FillingOptions {
  /** Records that one change may touch. */
  readonly limit: number;
  /** Entities of which no slot can wait. */
  readonly impatient: ReadonlySet<string>;
  /** What else has to be done, after the steps of the registries. */
  readonly complete: (steps: readonly ChangeStep[]) => Promise<readonly ChangeStep[]>;
}

/**
 * Slots of few records are filled with the change. Of more, those of the largest entities are left for a job, as far as they can
 * wait; so are those that a job is already filling.
 */
export async function planFilling(
  sql: TransactionSql,
  current: Registry | null,
  requested: Registry,
  { limit, impatient, complete }: FillingOptions,
): Promise<FillingPlan> {
  const registry = await inSteps(withReadySlotsInSteps(requested));
  const steps = await complete(await inSteps(compileChangeInSteps(current, registry)));
  const counts = await countToFill(sql, registry, steps);
  const deferred = defer(steps, counts, limit, impatient);
  const later = new Set([...deferred, ...stillFilling(current, requested, steps)]);
  const backfill = {
    now: counts.filter(({ entityType }) => !deferred.has(entityType)),
    byJobs: counts.filter(({ entityType }) => deferred.has(entityType)),
  };
  if (later.size === 0) return { registry, steps, later, ...backfill };
  const others = new Set(
    requested.entities.map(({ storageKey }) => storageKey).filter((one) => !later.has(one)),
  );
  const filling = await inSteps(withReadySlotsInSteps(requested, others));
  const left = await complete(await inSteps(compileChangeInSteps(current, filling)));
  return {
    registry: filling,
    steps: left.flatMap((step) => {
      if (step.do !== 'fill' || !deferred.has(step.entityType)) return step;
      const entity = filling.entityByStorageKey.get(step.entityType);
      // The job that fills slots empties others too.
      return entity && hasFillingSlots(entity) ? [] : { do: 'tidy', entityType: step.entityType };
    }),
    later,
    ...backfill,
  };
}

export function hasFillingSlots(entity: Entity): boolean {
  return fillingSlots(entity).length > 0;
}

/** Columns. */
export function fillingSlots({ allFields, keys }: Entity): readonly string[] {
  return [...allFields, ...keys].flatMap(({ slot }) => (slot?.state === 'filling' ? slot.column : []));
}

/** The largest entities that can wait, until the rest is little enough. */
export function defer(
  steps: readonly ChangeStep[],
  counts: readonly Touched[],
  limit: number,
  impatient: ReadonlySet<string>,
): ReadonlySet<string> {
  const deferred = new Set<string>();
  let total = counts.reduce((sum, { records }) => sum + records, 0);
  for (const { entityType, records } of [...counts].sort((a, b) => b.records - a.records)) {
    if (total <= limit) break;
    const touching = steps.filter((step) => touchedBy(step) === entityType);
    if (impatient.has(entityType) || !touching.every((step) => step.do === 'fill' && step.canWait)) continue;
    deferred.add(entityType);
    total -= records;
  }
  return deferred;
}

/** Of earlier changes, where this one does not touch all of the entity's records anyway. */
function stillFilling(
  current: Registry | null,
  requested: Registry,
  steps: readonly ChangeStep[],
): readonly string[] {
  const isFilled = (entityType: string) =>
    steps.some((step) => step.do === 'fill' && step.entityType === entityType);
  return (current?.entities ?? [])
    .filter(hasFillingSlots)
    .map(({ storageKey }) => storageKey)
    .filter((entityType) => requested.entityByStorageKey.has(entityType) && !isFilled(entityType));
}
