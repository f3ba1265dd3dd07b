import { type Entity, groupBy } from '@formwork/registry';
import { RecordError, type Values } from '../contract.ts';
import { inputCheck } from '../validate/validate-input.ts';
import { findConflicts, insertStatements } from './insert-plans.ts';
import { type KeyConflict, uniqueViolation } from './key-conflicts.ts';
import { manyLinksStatements } from './many-links.ts';
import { manyLinksChanges } from './plan-data.ts';
import { linkNotFound } from './resolve-links.ts';
import { ResolvedLinks } from './resolved-links.ts';
import { validationFailed } from './validation-failed.ts';
import { runWrite, type WriteContext } from './write-context.ts';
import { planCreate, type WritePlan } from './write-plan.ts';

export type ImportContext = Pick<WriteContext, 'registry' | 'execute' | 'actor'>;

/** What became of one input: the record's id, or why there is none. */
export type ImportOutcome = { readonly id: string } | { readonly error: RecordError };

/**
 * Creates many records of one type in one transaction, as `create` would one by one, but with a handful of statements
 * for all of them. An input that does not fit costs nothing but itself: its outcome says what is wrong, and the others
 * are written. Rejects only where Postgres refused a statement; the transaction is lost then.
 */
export async function importRecords(
  context: ImportContext,
  typeName: string,
  inputs: readonly Values[],
): Promise<readonly ImportOutcome[]> {
  const entity = context.registry.entityByTypeName.get(typeName);
  if (entity === undefined) throw new Error(`There is no type "${typeName}".`);
  const check = inputCheck(context.registry, entity, 'create');
  const planned = inputs.map((input): WritePlan | RecordError => {
    const path = ['input'];
    const checked = check(path, input);
    return checked.violations.length > 0
      ? validationFailed(checked.violations)
      : planCreate({ registry: context.registry, entity, path, input: checked });
  });
  const plans = planned.filter(isPlan);
  const links = new ResolvedLinks(plans);
  await links.lookUp(context, entity);
  const linked = plans.filter((plan) => links.missingOf(plan).length === 0);
  const conflicts = linked.length > 0 ? await insertAll(context, entity, linked, links) : new Map();
  return planned.map((plan) => (isPlan(plan) ? outcomeOf(plan, links, conflicts) : { error: plan }));
}

/** Inserts what no key refuses, with its links to many; by id, what stands in the way of the others. */
async function insertAll(
  context: ImportContext,
  entity: Entity,
  plans: readonly WritePlan[],
  links: ResolvedLinks,
): Promise<ReadonlyMap<string, readonly KeyConflict[]>> {
  const results = await runWrite(context, entity, insertStatements(context, plans, links));
  const inserted = new Set(results.flat().map(([id]) => id));
  const [accepted, refused] = [true, false].map((is) => plans.filter(({ id }) => inserted.has(id) === is));
  const changes = (accepted ?? []).flatMap((plan) => manyLinksChanges(plan, links));
  if (changes.length > 0) await runWrite(context, entity, manyLinksStatements(changes));
  const conflicts = groupBy(await findConflicts(context, refused ?? [], links), ({ id }) => id);
  return new Map((refused ?? []).map(({ id }) => [id, conflicts.get(id) ?? []]));
}

function outcomeOf(
  plan: WritePlan,
  links: ResolvedLinks,
  conflicts: ReadonlyMap<string, readonly KeyConflict[]>,
): ImportOutcome {
  const missing = links.missingOf(plan);
  if (missing.length > 0) return { error: linkNotFound(missing) };
  const inTheWay = conflicts.get(plan.id);
  if (inTheWay === undefined) return { id: plan.id };
  // What was in the way has gone in this very moment.
  if (inTheWay.length === 0)
    return { error: new RecordError('CONFLICT', 'Another write was in the way. Try again.') };
  return { error: uniqueViolation(inTheWay, () => plan.path) };
}

function isPlan(planned: WritePlan | RecordError): planned is WritePlan {
  return !(planned instanceof RecordError);
}
