import type { Statement } from '@formwork/pg';
import { sql, textArray } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { RecordNode, RecordSelection, Values } from '../contract.ts';
import { validateInput } from '../validate/validate-input.ts';
import { canonicalId, whyNotWritten } from './find-record.ts';
import { insertOrRefuse } from './insert-plans.ts';
import { conflictStatement, readConflicts, uniqueViolation } from './key-conflicts.ts';
import { manyLinksStatements } from './many-links.ts';
import { dataText, manyLinksChanges } from './plan-data.ts';
import { ResolvedLinks } from './resolved-links.ts';
import { validationFailed } from './validation-failed.ts';
import { runWrite, type WriteContext } from './write-context.ts';
import { createdBy, planUpdate, type WritePlan, withCreated } from './write-plan.ts';

/**
 * Changes what is given of a record and reads it back. One message to Postgres, and one before where a link is named
 * by key or a value of a unique key changes.
 */
export async function updateRecord(
  context: WriteContext,
  entity: Entity,
  id: string,
  input: Values,
  ifVersion: number | null,
  selection: RecordSelection,
): Promise<RecordNode> {
  const path = ['input'];
  const recordId = canonicalId(entity, id);
  const checked = validateInput(context.registry, entity, 'update', path, input);
  if (checked.violations.length > 0) throw validationFailed(checked.violations);
  const plan = planUpdate({ registry: context.registry, entity, path, input: checked.input }, recordId);
  const links = new ResolvedLinks(withCreated([plan]));
  await links.find(context, entity);
  await createLinked(context, plan, links);
  await assertKeysAreFree(context, plan, links);

  const read = context.readBack(entity, [recordId], selection);
  const checks = links.toBeSent;
  const results = await runWrite(context, entity, [
    ...checks,
    updateStatement(context, plan, links, ifVersion),
    ...manyLinksStatements(manyLinksChanges(plan, links)),
    read.statement,
  ]);
  if (checks.length > 0) links.read(results[0] ?? []);
  const updated = results[checks.length] ?? [];
  const node = read.nodesOf(results.at(-1) ?? []).get(recordId);
  if (updated.length === 0 || node === undefined)
    throw await whyNotWritten(context, entity, recordId, ifVersion);
  return node;
}

/** The records that the change creates. */
async function createLinked(context: WriteContext, plan: WritePlan, links: ResolvedLinks): Promise<void> {
  const created = createdBy(plan);
  if (created.length > 0) await insertOrRefuse(context, created, links);
}

function updateStatement(
  { actor }: WriteContext,
  plan: WritePlan,
  links: ResolvedLinks,
  ifVersion: number | null,
): Statement {
  return sql`
    update formwork.records
    set data = (data - ${textArray(plan.removed)}::text[]) || ${dataText(plan, links)}::jsonb, updated_by = ${actor}
    where id = ${plan.id}::uuid and entity_type = ${plan.entity.storageKey} and deleted_at is null
      and version = coalesce(${ifVersion}::int, version)
    returning version`;
}

/** Throws UNIQUE_VIOLATION where the change would meet another record; asks only if it touches a key. */
async function assertKeysAreFree(
  context: WriteContext,
  plan: WritePlan,
  links: ResolvedLinks,
): Promise<void> {
  const { entity, id, path, removed, values } = plan;
  const touched = new Set([...values.keys(), ...removed, ...plan.links.map(({ field }) => field.storageKey)]);
  if (!entity.keys.some((key) => key.fields.some((field) => touched.has(field.storageKey)))) return;
  const proposal = { id, removed, patch: dataText(plan, links) };
  const [rows = []] = await runWrite(context, entity, [conflictStatement(entity, [proposal])]);
  const conflicts = readConflicts(entity, rows);
  if (conflicts.length > 0) throw uniqueViolation(conflicts, () => path);
}
