import type { Statement } from '@formwork/pg';
import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { Deed } from '../access/permissions.ts';
import { RecordError, type Values } from '../contract.ts';
import { badInput } from '../read/bad-input.ts';
import { entityView } from '../read/entity-view.ts';
import { refusalOf } from '../read/refusal-of.ts';
import { StatementScope } from '../read/statement-scope.ts';
import { compileWhere } from '../read/where.ts';
import { isPlainObject } from '../validate/plain-object.ts';
import { runWrite, type WriteContext } from './write-context.ts';

/**
 * Ids of the records that match and that the caller may do that with, in order, locked until the transaction ends. Throws LIMIT_EXCEEDED if there are more
 * than `atMost`.
 */
export async function matchRecords(
  context: WriteContext,
  deed: Deed,
  entity: Entity,
  where: Values,
  atMost: number,
): Promise<readonly string[]> {
  context.permissions.assertMay(deed, entity);
  assertAsks(where);
  checkAtMost(atMost, context.limits.writes);
  const matching = matcher(context, deed, entity, where);
  const candidates = idsOf(await find(context, entity, [matching(sql`limit ${atMost + 1}`)]));
  if (candidates.length > atMost) throw tooMany(entity, atMost);
  if (candidates.length === 0) return [];
  // Somebody may have changed one before the lock was had, so that it does not match any more.
  const [, still = []] = await find(context, entity, [
    lockStatement(entity, candidates),
    matching(sql`limit ${atMost + 1}`, candidates),
  ]);
  return idsOf([still]);
}

/** What Postgres refuses here it refuses of the filter: nothing is written yet. */
function find(context: WriteContext, entity: Entity, statements: readonly Statement[]) {
  return runWrite({ ...context, execute: context.read }, entity, statements).catch((error: unknown) => {
    throw refusalOf(error instanceof RecordError ? error.cause : error) ?? error;
  });
}

type Matcher = (limit: SqlFragment, among?: readonly string[]) => Statement;

/** The filter is one of the caller's registry: it can ask for nothing else than what the caller may see. */
function matcher({ permissions, limits }: WriteContext, deed: Deed, whole: Entity, where: Values): Matcher {
  const entity = permissions.seen(whole) ?? whole;
  const rows = permissions.allowed(deed, whole) ?? entityView(entity).name;
  return (limit, among) => {
    const scope = new StatementScope(permissions.registry, limits);
    const alias = scope.alias();
    const condition = compileWhere({ scope, entity, alias, depth: 0 }, where, 'where');
    const known = among === undefined ? sql`` : sql` and ${alias}.id = any (${textArray(among)}::uuid[])`;
    return sql`select ${alias}.id from ${rows} ${alias}
      where ${condition}${known} order by ${alias}.id ${limit}`;
  };
}

/** In the order of ids, so that two who lock the same records do not lock each other out. */
export function lockStatement(entity: Entity, ids: readonly string[]): Statement {
  return sql`select r.id from formwork.records r
    where r.id = any (${textArray(ids)}::uuid[]) and r.entity_type = ${entity.storageKey}
    order by r.id for update`;
}

/** Everything is not what somebody means by saying nothing, and a filter cannot be left out here. */
function assertAsks(where: Values): void {
  const asksNothing = isPlainObject(where) && Object.values(where).every((operand) => operand === undefined);
  if (asksNothing)
    throw badInput(
      'where',
      'is empty. Say which records are meant; all of them are { id: { isNull: false } }.',
    );
}

function checkAtMost(atMost: number, mostRecords: number): void {
  if (!Number.isInteger(atMost) || atMost < 0) {
    throw new RecordError('BAD_USER_INPUT', '"atMost" must be a whole number from 0.');
  }
  if (atMost > mostRecords) {
    const message = `"atMost" may be at most ${mostRecords}. Write in several steps.`;
    throw new RecordError('LIMIT_EXCEEDED', message, {
      limit: mostRecords,
      found: atMost,
      limitOf: 'writes',
    });
  }
}

function tooMany({ label }: Entity, atMost: number): RecordError {
  const more = atMost === 1 ? `1 record of "${label}" matches` : `${atMost} records of "${label}" match`;
  const message = `More than ${more}, so nothing was changed. Narrow the filter, or raise "atMost".`;
  return new RecordError('LIMIT_EXCEEDED', message, { limit: atMost });
}

function idsOf([rows = []]: Awaited<ReturnType<typeof runWrite>>): string[] {
  return rows.map(([id]) => id as string);
}
