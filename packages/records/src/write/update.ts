import type { Entity } from '@formwork/registry';
import { assertGiven } from '../access/assert-given.ts';
import type { RecordNode, RecordSelection, Values } from '../contract.ts';
import { MatchingTime } from '../validate/linear-pattern.ts';
import { validateInput } from '../validate/validate-input.ts';
import { applyUpdate } from './apply-update.ts';
import { assertAllowed, canonicalId, whyNotWritten } from './find-record.ts';
import { matchRecords } from './match-records.ts';
import { validationFailed } from './validation-failed.ts';
import type { WriteContext } from './write-context.ts';
import { planUpdate, type WritePlan } from './write-plan.ts';

/** Changes what is given of a record and reads it back. */
export async function updateRecord(
  context: WriteContext,
  entity: Entity,
  id: string,
  input: Values,
  ifVersion: number | null,
  selection: RecordSelection,
): Promise<RecordNode> {
  const recordId = canonicalId(entity, id);
  const plan = planChange(context, entity, recordId, input);
  await assertAllowed(context, 'update', entity, recordId);
  const read = context.readBack(entity, [recordId], selection);
  const { ids, rows } = await applyUpdate(context, plan, [recordId], ifVersion, read.statement);
  const node = read.nodesOf(rows).get(recordId);
  if (ids.length === 0 || node === undefined) throw await whyNotWritten(context, entity, recordId, ifVersion);
  return node;
}

/** See `BulkRecords.updateMany`. */
export async function updateMany(
  context: WriteContext,
  entity: Entity,
  where: Values,
  input: Values,
  atMost: number,
  selection: RecordSelection,
): Promise<readonly RecordNode[]> {
  const plan = planChange(context, entity, '', input);
  const ids = await matchRecords(context, 'update', entity, where, atMost);
  if (ids.length === 0) return [];
  const read = context.readBack(entity, ids, selection);
  const { rows } = await applyUpdate(context, plan, ids, null, read.statement);
  const nodes = read.nodesOf(rows);
  return ids.flatMap((id) => nodes.get(id) ?? []);
}

/** Checks an input and plans the change. Throws FORBIDDEN and VALIDATION_FAILED. */
export function planChange(
  { registry, permissions }: Pick<WriteContext, 'registry' | 'permissions'>,
  entity: Entity,
  id: string,
  input: Values,
): WritePlan {
  const path = ['input'];
  assertGiven(registry, permissions, entity, 'update', path, input);
  const checked = MatchingTime.of(registry).during(() =>
    validateInput(registry, entity, 'update', path, input),
  );
  if (checked.violations.length > 0) throw validationFailed(checked.violations);
  return planUpdate({ registry, entity, path, input: checked }, id);
}
