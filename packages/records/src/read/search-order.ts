import { OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import { entityView, type ViewColumn } from './entity-view.ts';
import type { ListStart } from './list-query.ts';
import { compileOrder, type Ordering } from './order.ts';
import { foundRecords, rankSignature, type Search, unranked } from './search.ts';
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
  search: Search,
): Ordering {
  const found = scope.alias();
  const isFoundFirst = search.ranked && link === undefined;
  // By the ids that were found: so no more records are read than the page shows.
  const { steps, joins } = compileOrder(scope, entity, isFoundFirst ? found : alias, [], 'orderBy');
  const signature = signatureOf(search);
  if (!search.ranked) {
    const none = { value: sql.literal(unranked), column: rankColumn, terms: [] };
    return { joins, steps: [none, ...steps], signature };
  }
  const matches = foundRecords(entity, search, true);
  const rank = sql`${found}.rank`;
  const term = {
    expression: rank,
    ofCursor: (value: SqlFragment) => sql`${value}::real`,
    descending: true,
    indexed: false,
  };
  const byRank = { steps: [{ value: rank, column: rankColumn, terms: [term] }, ...steps], signature };
  if (isFoundFirst) {
    const record = sql`select * from ${entityView(entity).name} v where v.id = ${found}.id offset 0`;
    return { ...byRank, joins, tables: sql`${matches} ${found} cross join lateral (${record}) ${alias}` };
  }
  // All ranks in one value, made once and looked up for each record.
  const ranks = sql`select jsonb_object_agg(f.id, f.rank) from ${matches} f`;
  const join = sql` cross join lateral (
    select coalesce(((${ranks}) ->> ${alias}.id::text)::real, 0) as rank offset 0) ${found}`;
  return { ...byRank, joins: sql`${joins}${join}` };
}

/** Of words that are not known yet there is none: whoever plans for them asks for no cursors. */
function signatureOf({ text }: Search): string {
  return text instanceof OpenValue ? 'search' : rankSignature(text);
}
