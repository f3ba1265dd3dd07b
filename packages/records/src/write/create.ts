import type { Entity } from '@formwork/registry';
import type { RecordNode, RecordSelection, Values } from '../contract.ts';
import { validateInput } from '../validate/validate-input.ts';
import type { InputPath } from '../validate/violation.ts';
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
  if (inputs.length === 0) return [];
  const plans = planAll(context, entity, inputs);
  const links = new ResolvedLinks(withCreated(plans));
  await links.find(context, entity);
  const read = context.readBack(
    entity,
    plans.map(({ id }) => id),
    selection,
  );
  const [rows = []] = await insertOrRefuse(context, plans, links, [read.statement]);
  const nodes = read.nodesOf(rows);
  return plans.map(({ id }) => nodes.get(id) as RecordNode);
}

function planAll({ registry }: WriteContext, entity: Entity, inputs: readonly PlacedInput[]): WritePlan[] {
  const checked = inputs.map(({ path, input }) => validateInput(registry, entity, 'create', path, input));
  const violations = checked.flatMap((one) => one.violations);
  if (violations.length > 0) throw validationFailed(violations);
  return checked.map(({ input }, index) => {
    return planCreate({ registry, entity, path: inputs[index]?.path ?? [], input });
  });
}
