import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { Values } from '../contract.ts';
import { holdsOfNothing } from './absent-record.ts';
import { entityView } from './entity-view.ts';
import { type FilterTarget, filterEntries } from './filter-target.ts';
import { existsIn } from './link-path.ts';
import { pinnedPart, pinsOne } from './pinned.ts';
import { compileWhere } from './where.ts';
import { booleanOperand } from './where-scalar.ts';

/**
 * A filter on the record that a link to one leads to. It matches where there is such a record and the record matches;
 * and where the link leads nowhere, if `isNull` in it asks for that.
 */
export function compileLinkFilter(
  target: FilterTarget,
  entity: Entity,
  id: SqlFragment,
  filter: unknown,
  path: string,
): SqlFragment {
  const entries = filterEntries(filter, path);
  const rest = Object.fromEntries(entries.filter(([name]) => name !== 'isNull'));
  const isNull = entries.find(([name]) => name === 'isNull');
  const leads = isNull && !booleanOperand(isNull[1], `${path}.isNull`);
  const isEmpty = leadsNowhere(entity, id);
  if (leads !== undefined && Object.keys(rest).length === 0) return leads ? sql`not (${isEmpty})` : isEmpty;
  // Compiled even where a record cannot match, so that what is wrong in it is told.
  const matches = compileTarget(target, entity, id, rest, path);
  const found = leads === false ? sql`false` : matches;
  return holdsOfNothing(filter) ? sql`(${isEmpty} or ${found})` : found;
}

/** A record that the caller may not see is not there. */
function leadsNowhere(entity: Entity, id: SqlFragment): SqlFragment {
  if (!entity.access?.read) return sql`${id} is null`;
  return sql`not (${existsIn(sql`from ${entityView(entity).name} v where v.id = ${id}`)})`;
}

/** Whether the record with that id matches. Records that are pinned are found first, and the link compared to them. */
function compileTarget(
  target: FilterTarget,
  entity: Entity,
  id: SqlFragment,
  filter: Values,
  path: string,
): SqlFragment {
  const view = entityView(entity).name;
  const compile = (part: Values) => {
    const alias = target.scope.alias();
    return { alias, sql: compileWhere({ ...target, entity, alias }, part, path) };
  };
  const pins = pinnedPart(entity, filter);
  const conditions: SqlFragment[] = [];
  if (pins !== null) {
    const { alias, sql: pinned } = compile(pins);
    const ids = sql`select ${alias}.id from ${view} ${alias} where ${pinned}`;
    // Of a list made by a query the planner expects ten ids, whatever the query: too many to go by the link's index.
    conditions.push(pinsOne(entity, pins) ? sql`${id} = (${ids} limit 1)` : sql`${id} = any (array(${ids}))`);
  }
  if (pins !== filter) {
    const { alias, sql: matches } = compile(filter);
    conditions.push(existsIn(sql`from ${view} ${alias} where ${alias}.id = ${id} and (${matches}) is true`));
  }
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}
