import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { ViewColumn } from './entity-view.ts';
import { compileOrder, type Ordering } from './order.ts';
import { rankSignature, type Search, unranked } from './search.ts';
import type { StatementScope } from './statement-scope.ts';

const rankColumn: ViewColumn = { name: 'search', column: 'rank', kind: 'float', key: null, field: null };

/** What matches best comes first, by id among equals; by id alone where nothing is ranked. */
export function compileRank(
  scope: StatementScope,
  entity: Entity,
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
  const rank = sql`${found}.rank`;
  // All ranks in one value, made once and looked up for each record: no plan can make a loop of it.
  const ranks = sql`select jsonb_object_agg(f.id, f.rank)
    from formwork.search_records(${entity.storageKey}, ${sql.unseen(text)}, null, true) f`;
  const join = sql` cross join lateral (
    select coalesce(((${ranks}) ->> ${alias}.id::text)::real, 0) as rank offset 0) ${found}`;
  const term = {
    expression: rank,
    ofCursor: (value: SqlFragment) => sql`${value}::real`,
    descending: true,
    indexed: false,
  };
  return {
    joins: sql`${joins}${join}`,
    steps: [{ value: rank, column: rankColumn, terms: [term] }, ...steps],
    signature,
  };
}
