import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { Values } from '../contract.ts';
import { columnOf } from './comparable.ts';
import { entityView } from './entity-view.ts';
import type { Ordering } from './order.ts';
import { pinnedPart } from './pinned.ts';
import type { StatementScope } from './statement-scope.ts';

/**
 * Whether a filter may leave so many records to be sorted that it is worth reading the values of those alone that come first:
 * it asks for a choice or a boolean, which many share, and for nothing that pins a few.
 */
export function mayLeaveMany(entity: Entity, ordering: Ordering, where: Values | undefined): boolean {
  if (where === undefined || ordering.joins.text !== '' || pinnedPart(entity, where) !== null) return false;
  const { columns } = entityView(entity);
  const asked = Object.keys(where).map((name) => columns.get(name));
  return (
    asked.some((column) => column?.kind === 'select' || column?.kind === 'boolean') &&
    asked.every((column) => column !== undefined && column.field?.type !== 'link')
  );
}

/**
 * The records of `range` that come first, in order: found by what they are sorted by, then read by their ids. Postgres computes all
 * that is selected before it sorts, for each record that matches: 3.2 ms for the first 20 of 2,000, and 1.6 so.
 */
export function firstByKeys(
  scope: StatementScope,
  entity: Entity,
  alias: SqlFragment,
  ordering: Ordering,
  {
    range,
    size,
    reversed,
  }: { readonly range: SqlFragment; readonly size: number; readonly reversed: boolean },
): SqlFragment {
  const first = scope.alias();
  const terms = ordering.steps.flatMap((step) => step.terms);
  const name = (index: number) => `k${index + 1}`;
  const keys = terms.map(({ expression }, index) => sql`${expression} as ${sql.identifier(name(index))}`);
  const order = terms.map(
    ({ descending }, index) =>
      sql`${columnOf(first, name(index))} ${descending === reversed ? sql`asc` : sql`desc`}`,
  );
  return sql`from (select ${sql.join([sql`${alias}.id`, ...keys])} ${range} limit ${size}::int8) ${first}
    cross join lateral (select * from ${entityView(entity).name} v where v.id = ${first}.id offset 0) ${alias}
    order by ${sql.join(order)}`;
}
