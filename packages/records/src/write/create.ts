import type { Statement } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import { RecordError, type RecordNode, type RecordSelection, type Values } from '../contract.ts';
import { validateInput } from '../validate/validate-input.ts';
import { insertStatement } from './insert-records.ts';
import { conflictStatement, readConflicts, uniqueViolation } from './key-conflicts.ts';
import { manyLinksStatements } from './many-links.ts';
import { dataText, manyLinksChanges } from './plan-data.ts';
import { ResolvedLinks } from './resolved-links.ts';
import { validationFailed } from './validation-failed.ts';
import { runWrite, type WriteContext } from './write-context.ts';
import { planCreate, type WritePlan } from './write-plan.ts';

/** A unique key was taken, but when asked it was free again: so often the insert is tried before giving up. */
const attempts = 3;

/** Creates a record and reads it back. One message to Postgres, two where a link is named by key. */
export async function createRecord(
  context: WriteContext,
  entity: Entity,
  input: Values,
  selection: RecordSelection,
): Promise<RecordNode> {
  const path = ['input'];
  const checked = validateInput(context.registry, entity, 'create', path, input);
  if (checked.violations.length > 0) throw validationFailed(checked.violations);
  const plan = planCreate({ registry: context.registry, entity, path, input: checked.input });
  const links = new ResolvedLinks([plan]);
  if (links.areToBeFound) links.read((await runWrite(context, entity, links.statements))[0] ?? []);
  return insert(context, plan, links, selection);
}

async function insert(
  context: WriteContext,
  plan: WritePlan,
  links: ResolvedLinks,
  selection: RecordSelection,
): Promise<RecordNode> {
  const { entity, id } = plan;
  const read = context.readBack(entity, [id], selection);
  const checks = links.areToBeFound ? [] : links.statements;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const statements = [...checks, ...insertStatements(context, plan, links), read.statement];
    const results = await runWrite(context, entity, statements);
    if (checks.length > 0) links.read(results[0] ?? []);
    const node = read.nodesOf(results.at(-1) ?? []).get(id);
    if (node !== undefined) return node;
    await assertKeysAreFree(context, plan, links);
  }
  throw new RecordError('CONFLICT', 'Other writes were in the way. Try again.', {}, { retry: true });
}

function insertStatements({ actor }: WriteContext, plan: WritePlan, links: ResolvedLinks): Statement[] {
  const { entity, id, copies } = plan;
  const data = dataText(plan, links);
  return [
    insertStatement(entity, [{ id, data, copies }], actor),
    ...manyLinksStatements(manyLinksChanges(plan, links)),
  ];
}

/** Throws UNIQUE_VIOLATION where a record is in the way. */
async function assertKeysAreFree(
  context: WriteContext,
  plan: WritePlan,
  links: ResolvedLinks,
): Promise<void> {
  const { entity, id, path } = plan;
  if (entity.keys.length === 0) return;
  const proposal = { id, removed: [], patch: dataText(plan, links) };
  const [rows = []] = await runWrite(context, entity, [conflictStatement(entity, [proposal])]);
  const conflicts = readConflicts(entity, rows);
  if (conflicts.length > 0) throw uniqueViolation(entity, path, conflicts);
}
