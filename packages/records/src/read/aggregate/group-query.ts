import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type Entity, quote } from '@formwork/registry';
import { type AggregateArguments, type AggregateSelection, RecordError } from '../../contract.ts';
import { entityView } from '../entity-view.ts';
import type { LinkPath } from '../link-path.ts';
import { readPage } from '../page.ts';
import { compileSearch, type Search } from '../search.ts';
import type { StatementScope } from '../statement-scope.ts';
import { compileWhere } from '../where.ts';
import { AggregateSource } from './aggregate-source.ts';
import { compileGroupOrder } from './group-order.ts';
import { GroupReader } from './group-reader.ts';
import { compileGroupStep } from './group-step.ts';
import { compileHaving } from './having.ts';

/** Groups with their arguments understood. */
export interface GroupQuery {
  readonly reader: GroupReader;
  /** `from … group by … having …` */
  readonly groups: SqlFragment;
  /** ` order by …`, or nothing where there is but one group. */
  readonly order: SqlFragment;
  /** `limit …` */
  readonly limit: SqlFragment;
}

/**
 * Checks the arguments and writes the pieces of SQL that they mean. Throws `RecordError` for bad ones. `trusting`: numbers in the
 * data are added up as they are found there, which costs a third less than to see first whether each is one; where one is
 * none, whoever has put it there, Postgres refuses the statement, and it is for whoever sends it to ask without trust.
 */
export function compileGroups(
  scope: StatementScope,
  entity: Entity,
  link: { readonly path: LinkPath; readonly near: SqlFragment } | null,
  args: AggregateArguments,
  selection: AggregateSelection,
  search: Search | null,
  { trusting = false } = {},
): GroupQuery {
  const source = new AggregateSource(scope, entity, { trusting });
  const { alias } = source;
  const page = readPage({ first: args.first ?? null }, scope.limits);
  const steps = limited(scope, args.groupBy, 'groupBy').map((step, index) =>
    compileGroupStep(source, step, `groupBy[${index}]`),
  );
  const reader = new GroupReader(source, steps, selection);
  const having = args.having === undefined ? null : compileHaving(source, args.having, 'having');
  const order = compileGroupOrder(source, steps, limited(scope, args.orderBy, 'orderBy'));
  const where =
    args.where === undefined ? null : compileWhere({ scope, entity, alias, depth: 0 }, args.where, 'where');
  const found = search && compileSearch({ entity, link: link ?? undefined }, alias, search, 'all');
  const near = link?.path.from(link.near, alias);
  const from =
    near === undefined && found === null
      ? source.fromAll(where)
      : source.from(
          near?.tables ?? sql`${entityView(entity).name} ${alias}`,
          [near?.join ?? null, where, found].filter((condition) => condition !== null),
        );
  const by = [...new Map(steps.map((step) => [step.by.text, step.by])).values()];
  const groupBy = by.length === 0 ? sql`` : sql` group by ${sql.join(by)}`;
  return {
    reader,
    groups: sql`${from}${groupBy}${having === null ? sql`` : sql` having ${having}`}`,
    // One group is in order by itself.
    order: steps.length === 0 ? sql`` : sql` order by ${sql.join(order)}`,
    limit: sql` limit ${page.size}::int8`,
  };
}

function limited<Step>(
  { limits }: StatementScope,
  steps: readonly Step[] | null | undefined,
  path: string,
): readonly Step[] {
  const limit = limits.orderings;
  const found = steps?.length ?? 0;
  if (found > limit) {
    throw new RecordError('LIMIT_EXCEEDED', `${quote(path)} may have at most ${limit} steps.`, {
      path,
      limit,
      found,
    });
  }
  return steps ?? [];
}
