import type { Row, Statement } from '@formwork/pg';
import { sql, textArray } from '@formwork/pg/sql-text';
import { type Entity, groupBy } from '@formwork/registry';
import type { AggregateArguments, AggregateNode, AggregateSelection } from '../../contract.ts';
import { findLinkPath } from '../link-path.ts';
import type { ReadContext } from '../read-context.ts';
import { refusalOf } from '../refusal-of.ts';
import { openSearch } from '../search.ts';
import { getText } from '../select-list.ts';
import { StatementScope } from '../statement-scope.ts';
import { compileGroups } from './group-query.ts';

/** Groups of all records of an entity that match: one statement. */
export async function readAggregate(
  context: ReadContext,
  entity: Entity,
  args: AggregateArguments,
  selection: AggregateSelection,
): Promise<readonly AggregateNode[]> {
  const scope = new StatementScope(context.registry, context.limits);
  const search = args.search === undefined ? null : await openSearch(context, entity, args);
  const { reader, groups, order, limit } = compileGroups(scope, entity, null, args, selection, search);
  const rows = await run(context, sql`select ${reader.columns} ${groups}${order}${limit}`);
  return rows.map(reader.read);
}

/** Groups of what each of the parents is linked with, in the order of the parents: one statement for all of them. */
export async function readLinkedAggregates(
  context: ReadContext,
  parent: Entity,
  fieldName: string,
  args: AggregateArguments,
  selection: AggregateSelection,
  parentIds: readonly string[],
): Promise<(readonly AggregateNode[])[]> {
  const scope = new StatementScope(context.registry, context.limits);
  const path = findLinkPath(scope, parent, fieldName);
  if (path === null) throw new Error(`"${parent.key}" has no links "${fieldName}"`);
  const parents = scope.alias();
  const link = { path, near: sql`${parents}.id` };
  const search = args.search === undefined ? null : await openSearch(context, path.entity, args);
  const { reader, groups, order, limit } = compileGroups(scope, path.entity, link, args, selection, search);
  const group = scope.alias();
  // Numbered while their order is at hand: nothing promises that the rows of a lateral keep it.
  const rows = await run(
    context,
    sql`select ${parents}.place, ${group}.*
      from unnest(${textArray(parentIds)}::uuid[]) with ordinality ${parents} (id, place)
      cross join lateral (select row_number() over (${order}) as place, ${reader.columns} ${groups}${order}${limit}) ${group}
      order by 1, 2`,
  );
  const byParent = groupBy(rows, (row) => getText(row, 0));
  return parentIds.map((_, index) =>
    (byParent.get(String(index + 1)) ?? []).map((row) => reader.read(row.slice(2))),
  );
}

async function run({ batcher }: ReadContext, statement: Statement): Promise<readonly Row[]> {
  try {
    return await batcher.run(statement);
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}
