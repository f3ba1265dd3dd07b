import {
  applyChangesInSteps,
  type Change,
  changeOf,
  inSteps,
  type Problem,
  placeProblems,
  type Registry,
  type RegistryOptions,
  type Steps,
  withReadySlotsInSteps,
} from '@formwork/registry';
import { compileChangeInSteps } from '@formwork/view-compiler';
import { defer, type FillingPlan } from './fill-later.ts';
import { fillReturned } from './returned-things.ts';
import { findTooManyToFill, touchedBy } from './too-many-to-fill.ts';

/** A list of changes that is being planned. */
export interface ListInPlan {
  readonly current: Registry | null;
  readonly changes: readonly Change[];
  /** What is wrong with some of the changes: they are not among what is planned. */
  readonly refused: readonly Problem[];
  readonly known: Pick<RegistryOptions, 'limits' | 'retired' | 'populated'>;
  readonly filling: FillingPlan;
  readonly impatient: ReadonlySet<string>;
  readonly limit: number;
}

/** That a list as a whole touches too many records comes from the first of its changes with which it does. */
export function placeTooMany(problems: readonly Problem[], list: ListInPlan): Promise<readonly Problem[]> {
  return inSteps(
    placeProblems(list.changes, problems, function* (count) {
      return (yield* isTooMuch(list, count)) ? problems : [];
    }),
  );
}

/** Whether so many of the changes are. Records are counted already. */
function* isTooMuch(list: ListInPlan, count: number): Steps<boolean> {
  const { current, known, filling, impatient, limit } = list;
  const wrong = new Set(list.refused.map(changeOf));
  const changes = list.changes.filter((_, index) => index < count && !wrong.has(index));
  const applied = yield* applyChangesInSteps(current, changes, known);
  if ('problems' in applied) return false;
  const compiled = yield* compileChangeInSteps(current, yield* withReadySlotsInSteps(applied.registry));
  const steps = fillReturned(current, known.populated ?? new Set(), compiled);
  const touched = new Set(steps.map(touchedBy));
  const counts = [...filling.now, ...filling.byJobs].filter(({ entityType }) => touched.has(entityType));
  const later = defer(steps, counts, limit, impatient);
  const now = counts.filter(({ entityType }) => !later.has(entityType));
  return findTooManyToFill(now, limit).length > 0;
}
