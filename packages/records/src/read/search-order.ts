import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { entityView, type ViewColumn } from './entity-view.ts';
import type { ListStart } from './list-query.ts';
import { compileOrder, type Ordering } from './order.ts';
import { rankSignature, type Search, unranked } from './search.ts';
import type { StatementScope } from './statement-scope.ts';

const rankColumn: ViewColumn = { name: 'search', column: 'rank', kind: 'float', key: null, field: null };

/**
 * What matches best comes first, by id among equals; by id alone where nothing is ranked. Behind a link the records are
 * found by its index, and else by the search itself, each read by its id: no plan can make a loop of that.
 */
export function compileRank(
  scope: StatementScope,
  { entity, link }: Pick<ListStart, 'entity' | 'link'>,
  alias: SqlFragment,
  { text, ranked }: Search,
): Ordering {
  const { steps, joins } = compileOrder(scope, entity, alias, [], 'orderBy');
  const signature = rankSignature(text);
  if (!ranked) {
    const none = { value: sql.literal(unranked), column: rankColumn, terms: [] };
    return { joins, steps: [none, ...steps], signature };
  }
  const found = scope.alias();
  const search = sql`formwork.search_records(${entity.storageKey}, ${sql.unseen(text)}, null, true)`;
  const rank = sql`${found}.rank`;
  const term = {
    expression: rank,
    ofCursor: (value: SqlFragment) => sql`${value}::real`,
    descending: true,
    indexed: false,
  };
  const byRank = { steps: [{ value: rank, column: rankColumn, terms: [term] }, ...steps], signature };
  if (link === undefined) {
    const record = sql`select * from ${entityView(entity).name} v where v.id = ${found}.id offset 0`;
    return { ...byRank, joins, tables: sql`${search} ${found} cross join lateral (${record}) ${alias}` };
  }
  // All ranks in one value, made once and looked up for each record.
  const ranks = sql`select jsonb_object_agg(f.id, f.rank) from ${search} f`;
  const join = sql` cross join lateral (
    select coalesce(((${ranks}) ->> ${alias}.id::text)::real, 0) as rank offset 0) ${found}`;
  return { ...byRank, joins: sql`${joins}${join}` };
}
