import type { Row, Statement } from '@formwork/pg';
import { type Entity, groupBy } from '@formwork/registry';
import { forbiddenOutcome } from '../access/permissions.ts';
import { RecordError } from '../contract.ts';
import { hideConflicts } from './hide-conflicts.ts';
import { insertStatement, type OnConflict } from './insert-records.ts';
import { conflictStatement, type KeyConflict, readConflicts, uniqueViolation } from './key-conflicts.ts';
import { manyLinksStatements } from './many-links.ts';
import { placeRefusal } from './place-refusal.ts';
import { dataText, manyLinksChanges } from './plan-data.ts';
import type { ResolvedLinks } from './resolved-links.ts';
import { runWrite, type WriteContext } from './write-context.ts';
import { type WritePlan, withCreated } from './write-plan.ts';

export interface Inserted {
  /** Plans that a unique key refused. What is in the way of each is told by {@link findConflicts}. */
  readonly refused: readonly WritePlan[];
  /** Rows of each of the statements `after`. */
  readonly after: readonly (readonly Row[])[];
}

/** Rows, and characters of JSON, that one statement inserts at most. */
const most = { rows: 1000, characters: 4_000_000 };

/**
 * Inserts the records of plans and of all that they create, with their links to many, in one message; a statement for
 * each entity, so that the number of statements does not grow with that of the records. `after` is sent behind.
 */
async function insertPlans(
  context: WriteContext,
  plans: readonly WritePlan[],
  links: ResolvedLinks,
  after: readonly Statement[],
): Promise<Inserted> {
  const all = withCreated(plans);
  const checks = links.toBeSent;
  const inserts = insertStatements(context, all, links);
  const manyLinks = manyLinksStatements(all.flatMap((plan) => manyLinksChanges(plan, links)));
  const entity = (plans[0] as WritePlan).entity;
  const statements = [...checks, ...inserts, ...manyLinks, ...after];
  const results = await runWrite(context, entity, statements).catch((error: unknown) => {
    throw placeRefusal(error, all);
  });
  if (checks.length > 0) links.read(results[0] ?? []);
  const inserted = new Set(
    results
      .slice(checks.length, checks.length + inserts.length)
      .flat()
      .map(([id]) => id),
  );
  for (const { id, path } of all) if (inserted.has(id)) context.made.set(id, path);
  return {
    refused: all.filter(({ id }) => !inserted.has(id)),
    after: results.slice(results.length - after.length),
  };
}

/**
 * The same, all or none: throws UNIQUE_VIOLATION for what a key refuses, and FORBIDDEN for records that the caller may not
 * make like that. Gives the rows of the statements `after`.
 */
export async function insertOrRefuse(
  context: WriteContext,
  plans: readonly WritePlan[],
  links: ResolvedLinks,
  after: readonly Statement[] = [],
): Promise<Inserted['after']> {
  const checks = outcomeChecks(context, plans);
  const { refused, after: rows } = await insertPlans(context, plans, links, [
    ...after,
    ...checks.map(({ statement }) => statement),
  ]);
  if (refused.length === 0) {
    const forbidden = checks.find((_, index) => (rows[after.length + index] ?? []).length > 0);
    if (forbidden) throw forbiddenOutcome('create', forbidden.entity);
    return rows.slice(0, after.length);
  }
  const conflicts = await hideConflicts(context, await findConflicts(context, refused, links));
  const paths = new Map(withCreated(plans).map(({ id, path }) => [id, path]));
  throw conflicts.length > 0
    ? uniqueViolation(
        conflicts,
        (id) => paths.get(id) ?? [],
        (id) => paths.get(id) ?? context.made.get(id) ?? null,
      )
    : // What was in the way is gone: another attempt will do.
      new RecordError('CONFLICT', 'Other writes were in the way. Try again.', {}, { retry: true });
}

/** For each entity of which records are made, what finds those that the caller may not make like that. */
function outcomeChecks({ permissions }: WriteContext, plans: readonly WritePlan[]) {
  if (permissions.isWhole) return [];
  return [...groupBy(withCreated(plans), ({ entity }) => entity)].flatMap(([entity, made]) => {
    const ids = made.map(({ id }) => id);
    const statement = permissions.refusedStatement('create', entity, ids);
    return statement === null ? [] : [{ entity, statement }];
  });
}

/** What is in the way of plans now. */
export async function findConflicts(
  context: Pick<WriteContext, 'registry' | 'execute'>,
  plans: readonly WritePlan[],
  links: ResolvedLinks,
): Promise<readonly KeyConflict[]> {
  const groups = [...groupBy(plans, ({ entity }) => entity)].filter(([entity]) => entity.keys.length > 0);
  const conflicts: KeyConflict[] = [];
  for (const [entity, ofEntity] of groups) {
    const proposals = ofEntity.map((plan) => ({ id: plan.id, removed: [], patch: dataText(plan, links) }));
    const [rows = []] = await runWrite(context, entity, [conflictStatement(entity, proposals, 'new')]);
    conflicts.push(...readConflicts(entity, rows));
  }
  return conflicts;
}

/** Runs of one entity, in the order of the plans: what is created inside comes before what it stands in. */
export function insertStatements(
  { actor }: Pick<WriteContext, 'actor'>,
  plans: readonly WritePlan[],
  links: ResolvedLinks,
  onConflict: OnConflict = 'leave out',
): Statement[] {
  const records = plans.map((plan) => {
    const { entity, id, path, copies } = plan;
    return { entity, id, path, copies, data: dataText(plan, links) };
  });
  return groupsOf(records)
    .flatMap(chunks)
    .map((chunk) => {
      const { entity } = chunk[0] as { readonly entity: Entity };
      return insertStatement(entity, chunk, actor, onConflict);
    });
}

/** By entity, those that are created inside others first: the deepest of all. */
function groupsOf<Record extends Pick<WritePlan, 'entity' | 'path'>>(
  records: readonly Record[],
): readonly (readonly Record[])[] {
  // All that were given, and none inside another: as it mostly is.
  if (records.every(({ path }) => !path.includes('create'))) return [records];
  return [...groupBy(records, (record) => `${depthOf(record)} ${record.entity.storageKey}`)]
    .sort(([left], [right]) => Number.parseInt(right, 10) - Number.parseInt(left, 10))
    .map(([, ofEntity]) => ofEntity);
}

/** How deep a record is created inside others. */
function depthOf({ path }: Pick<WritePlan, 'path'>): number {
  return path.filter((step) => step === 'create').length;
}

function chunks<Item extends { readonly data: string }>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const part = parts.at(-1);
    if (part === undefined || part.length >= most.rows || size + item.data.length > most.characters) {
      parts.push([item]);
      size = item.data.length;
    } else {
      part.push(item);
      size += item.data.length;
    }
  }
  return parts;
}
