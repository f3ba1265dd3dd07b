import { sql, textArray } from '@formwork/pg/sql-text';
import type { Entity, Field } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import { findLinkPath } from '../read/link-path.ts';
import { StatementScope } from '../read/statement-scope.ts';
import { runWrite, type WriteContext } from './write-context.ts';

/** As many as Postgres names (sql/006). */
const mostTold = 5;

/**
 * Runs a deletion. If records that lead here restrict it, those that the caller may see are named, and no others; nor is
 * told which kind of record is in the way where the caller may not see the link. After the refusal the transaction is
 * over, so for a caller who does not see all records they are looked for before.
 */
export async function tellingVisibleBlockers<T>(
  context: WriteContext,
  entity: Entity,
  ids: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  if (context.permissions.isWhole) return work();
  const visible = await findBlockers(context, entity, ids);
  try {
    return await work();
  } catch (error) {
    throw error instanceof RecordError ? censored(context, error, visible) : error;
  }
}

function censored({ permissions }: WriteContext, error: RecordError, visible: Blockers): RecordError {
  const { type, field } = error.details;
  if (error.code === 'LIMIT_EXCEEDED') {
    return new RecordError('LIMIT_EXCEEDED', 'The deletion would touch too many records. Delete in parts.');
  }
  if (error.code !== 'DELETE_RESTRICTED') return error;
  const source = permissions.registry.entityByTypeName.get(String(type));
  const seesAll = source?.fieldByName.has(String(field)) && !source.access?.read;
  if (seesAll) return error;
  const found = visible.get(`${type}.${field}`);
  if (found !== undefined) {
    const records = found.map((id) => ({ type, id }));
    return new RecordError('DELETE_RESTRICTED', error.message, { type, field, records });
  }
  const message = 'This record cannot be deleted: other records lead to it.';
  return new RecordError('DELETE_RESTRICTED', message, { records: [] });
}

/** By the linking type and field: ids of records that the caller may see, and that keep the records from being deleted. */
type Blockers = ReadonlyMap<string, readonly string[]>;

async function findBlockers(
  context: WriteContext,
  entity: Entity,
  ids: readonly string[],
): Promise<Blockers> {
  const { permissions, limits } = context;
  const { registry } = permissions;
  const seen = permissions.seen(entity);
  const links = (seen?.inverses ?? []).flatMap(({ name, source, field }) => {
    const from = registry.entityByStorageKey.get(source);
    const link = from?.fieldByStorageKey.get(field);
    return from?.access?.read && link && restricts(link)
      ? [{ name, key: `${from.names.type}.${link.name}` }]
      : [];
  });
  if (seen === undefined || links.length === 0) return new Map();
  const statements = links.map(({ name }) => {
    const scope = new StatementScope(registry, limits);
    const path = findLinkPath(scope, seen, name);
    if (path === null) throw new Error(`"${entity.key}" has no way back "${name}"`);
    const [far, parents, found] = [scope.alias(), scope.alias(), scope.alias()];
    const { tables, join } = path.from(sql`${parents}.id`, far);
    return sql`select distinct ${found}.id from unnest(${textArray(ids)}::uuid[]) ${parents} (id)
      cross join lateral (select ${far}.id from ${tables} where ${join} limit ${mostTold}) ${found}
      limit ${mostTold}`;
  });
  const results = await runWrite({ ...context, execute: context.read }, entity, statements);
  return new Map(
    links.flatMap(({ key }, index) => {
      const found = (results[index] ?? []).map(([id]) => id as string);
      return found.length === 0 ? [] : [[key, found] as const];
    }),
  );
}

function restricts({ options }: Field): boolean {
  return options.onDelete === undefined || options.onDelete === 'restrict';
}
