import { type Entity, inSteps, type Steps, toEnd } from '@formwork/registry';
import { assertGiven } from '../access/assert-given.ts';
import { forbiddenOutcome } from '../access/permissions.ts';
import {
  type Awaitable,
  RecordError,
  type RecordNode,
  type RecordSelection,
  type Values,
} from '../contract.ts';
import { MatchingTime } from '../validate/linear-pattern.ts';
import { inputCheck, mostTold } from '../validate/validate-input.ts';
import type { InputPath, Violation } from '../validate/violation.ts';
import { insertOrRefuse } from './insert-plans.ts';
import { ResolvedLinks } from './resolved-links.ts';
import { validationFailed } from './validation-failed.ts';
import type { WriteContext } from './write-context.ts';
import { planCreate, type WritePlan, withCreated } from './write-plan.ts';

/** An input and where it stands among the arguments. */
export interface PlacedInput {
  readonly path: InputPath;
  readonly input: Values;
}

/**
 * Creates records, with what their links create, and reads them back, in the order of the inputs. All or none. One
 * message to Postgres, and one before where a link is named by key.
 */
export async function createAll(
  context: WriteContext,
  entity: Entity,
  inputs: readonly PlacedInput[],
  selection: RecordSelection,
): Promise<readonly RecordNode[]> {
  assertNotTooMany(inputs.length, context);
  return inputs.length === 0
    ? []
    : createPlanned(context, entity, await planAll(context, entity, inputs), selection);
}

/** The same for inputs that are checked and planned. */
export async function createPlanned(
  context: WriteContext,
  entity: Entity,
  plans: readonly WritePlan[],
  selection: RecordSelection,
): Promise<readonly RecordNode[]> {
  const all = withCreated(plans);
  assertNotTooMany(all.length, context);
  const links = new ResolvedLinks(all, (target) => context.permissions.visible(target));
  await links.find(context, entity, all);
  const read = context.readBack(
    entity,
    plans.map(({ id }) => id),
    selection,
  );
  const [rows = []] = await insertOrRefuse(context, plans, links, [read.statement]);
  const nodes = read.nodesOf(rows);
  return plans.map(({ id }) => {
    const node = nodes.get(id);
    if (node === undefined) throw forbiddenOutcome('create', entity);
    return node;
  });
}

/** Those that are created inside others count. */
export function assertNotTooMany(
  found: number,
  { limits: { writes: mostRecords } }: Pick<WriteContext, 'limits'>,
): void {
  if (found <= mostRecords) return;
  const message = `At most ${mostRecords} records can be created at once. Create them in several steps.`;
  throw new RecordError('LIMIT_EXCEEDED', message, { limit: mostRecords, found, limitOf: 'writes' });
}

/** Inputs that are checked and planned between two turns of everybody else. */
const atOnce = 100;

/**
 * Checks inputs, all at once, and plans them; of many, others have their turn in between. Throws FORBIDDEN and
 * VALIDATION_FAILED.
 */
export function planAll(
  context: PlanContext,
  entity: Entity,
  inputs: readonly PlacedInput[],
): Awaitable<readonly WritePlan[]> {
  const steps = planInSteps(context, entity, inputs);
  return inputs.length > atOnce ? inSteps(steps) : toEnd(steps);
}

type PlanContext = Pick<WriteContext, 'registry' | 'permissions'>;

function* planInSteps(
  { registry, permissions }: PlanContext,
  entity: Entity,
  inputs: readonly PlacedInput[],
): Steps<readonly WritePlan[]> {
  for (const { path, input } of inputs) assertGiven(registry, permissions, entity, 'create', path, input);
  const check = inputCheck(registry, entity, 'create');
  const time = MatchingTime.of(registry);
  const plans: WritePlan[] = [];
  const found: Violation[] = [];
  for (const [index, { path, input }] of inputs.entries()) {
    if (index % atOnce === atOnce - 1) yield;
    const checked = time.during(() => check(path, input));
    found.push(...checked.violations);
    if (found.length > mostTold) break;
    // Nothing is written where anything is wrong.
    if (found.length === 0) plans.push(planCreate({ registry, entity, path, input: checked }));
  }
  if (found.length > 0) throw validationFailed(found);
  return plans;
}
