import type { Row, Statement } from '@formwork/pg';
import { OpenValue, type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import { forbiddenOutcome } from '../access/permissions.ts';
import { targetOf } from '../validate/link-schema.ts';
import { hideConflicts } from './hide-conflicts.ts';
import { insertOrRefuse } from './insert-plans.ts';
import { conflictStatement, readConflicts, uniqueViolation } from './key-conflicts.ts';
import { manyLinksStatements } from './many-links.ts';
import { placeRefusal } from './place-refusal.ts';
import { dataText, manyLinksChanges } from './plan-data.ts';
import { ResolvedLinks } from './resolved-links.ts';
import { runWrite, type WriteContext } from './write-context.ts';
import { createdBy, type WritePlan, withCreated } from './write-plan.ts';

export interface Applied {
  /** Ids of the records that were changed: those that are there, at the version asked for. */
  readonly ids: readonly string[];
  /** Rows of the statement `after`. */
  readonly rows: readonly Row[];
}

/**
 * Changes records as a plan says. One message to Postgres, and one before for each of these: a link is named by key,
 * a link creates a record, a value of a unique key changes. `after` is sent behind. Throws FORBIDDEN where a record comes
 * out as the caller may not make it.
 */
export async function applyUpdate(
  context: WriteContext,
  plan: WritePlan,
  ids: readonly string[],
  ifVersion: number | null,
  after: Statement,
): Promise<Applied> {
  const { entity } = plan;
  const { permissions } = context;
  const links = new ResolvedLinks(withCreated([plan]), (target) => permissions.visible(target));
  const created = createdBy(plan);
  await links.find(context, entity, withCreated(created));
  if (created.length > 0) await insertOrRefuse(context, created, links);
  await assertKeysAreFree(context, plan, ids, links);
  const checks = links.toBeSent;
  const changes = ids.flatMap((id) => manyLinksChanges({ ...plan, id }, links));
  const refused = permissions.refusedStatement('update', entity, ids);
  const results = await runWrite(context, entity, [
    ...checks,
    updateStatement(context, plan, ids, dataText(plan, links), ifVersion),
    ...manyLinksStatements(changes, (field) => permissions.visible(targetOf(context.registry, field))),
    after,
    ...(refused === null ? [] : [refused]),
  ]).catch((error: unknown) => {
    throw placeRefusal(error, [plan]);
  });
  if (checks.length > 0) links.read(results[0] ?? []);
  const changed = (results[checks.length] ?? []).map(([id]) => id as string);
  const outcome = refused === null ? [] : (results.at(-1) ?? []);
  if (outcome.some(([id]) => changed.includes(id as string))) throw forbiddenOutcome('update', entity);
  return { ids: changed, rows: results.at(refused === null ? -1 : -2) ?? [] };
}

/** `patch`: values and links of the plan as JSON text. */
export function updateStatement(
  { actor }: Pick<WriteContext, 'actor'>,
  plan: WritePlan,
  ids: readonly string[],
  patch: string,
  ifVersion: number | null,
): Statement {
  const { entity, removed } = plan;
  // Links to many are rows of their own: that they change makes a new version of the record all the same.
  const statement = plan.manyLinks.length > 0 ? touching : changing;
  return statement.fill({ entity, ids, removed, patch, actor, ifVersion });
}

interface Change {
  readonly entity: Entity;
  readonly ids: readonly string[];
  readonly removed: readonly string[];
  readonly patch: string;
  readonly actor: string;
  readonly ifVersion: number | null;
}

const removed = new OpenValue((change: Change) => textArray(change.removed));
const patch = new OpenValue((change: Change) => change.patch);
const actor = new OpenValue((change: Change) => change.actor);
const ids = new OpenValue((change: Change) => textArray(change.ids));
const entityKey = new OpenValue(({ entity }: Change) => entity.storageKey);
const version = new OpenValue(({ ifVersion }: Change) => (ifVersion === null ? null : String(ifVersion)));

/** Put together once for all changes. */
const changing = updating(sql``);
const touching = updating(sql`, updated_at = clock_timestamp()`);

function updating(touch: SqlFragment): SqlFragment {
  return sql`
    update formwork.records
    set data = (data - ${removed}::text[]) || ${patch}::jsonb, updated_by = ${actor}${touch}
    where id = any (${ids}::uuid[]) and entity_type = ${entityKey} and deleted_at is null
      and version = coalesce(${version}::int, version)
    returning id`;
}

/** Throws UNIQUE_VIOLATION where the change would meet another record; asks only if it touches a key. */
async function assertKeysAreFree(
  context: WriteContext,
  { entity, path, removed, values, links: planned }: WritePlan,
  ids: readonly string[],
  links: ResolvedLinks,
): Promise<void> {
  const touched = new Set([
    ...values.map(({ key }) => key),
    ...removed,
    ...planned.map(({ field }) => field.storageKey),
  ]);
  if (!touchesKey(entity, touched)) return;
  const patch = dataText({ values, links: planned }, links);
  const proposals = ids.map((id) => ({ id, removed, patch }));
  const [rows = []] = await runWrite(context, entity, [conflictStatement(entity, proposals, 'existing')]);
  const conflicts = await hideConflicts(context, readConflicts(entity, rows));
  if (conflicts.length > 0) {
    throw uniqueViolation(
      conflicts,
      () => path,
      (id) => context.made.get(id) ?? null,
      ids,
    );
  }
}

function touchesKey({ keys }: Entity, touched: ReadonlySet<string>): boolean {
  return keys.some(({ fields }) => fields.some(({ storageKey }) => touched.has(storageKey)));
}
