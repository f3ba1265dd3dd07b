import type { Row } from '@formwork/pg';
import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { type Entity, groupBy } from '@formwork/registry';
import type {
  ConnectionArguments,
  ConnectionNode,
  ConnectionSelection,
  Count,
  CountRequest,
  RecordNode,
} from '../contract.ts';
import { assembleConnection, type Outside, wantsPage } from './assemble-connection.ts';
import { PageReader, type ReadPage } from './connection-reader.ts';
import { assertCount, countColumn, countRequests, toCount } from './count.ts';
import { findLinkPath } from './link-path.ts';
import { compileList, type ListQuery } from './list-query.ts';
import { readNesting } from './nested.ts';
import type { ReadContext } from './read-context.ts';
import { openSearch } from './search.ts';
import { getText, type Nesting } from './select-list.ts';
import { newScope, type StatementScope } from './statement-scope.ts';

/**
 * The same connection of many parents: one statement for the pages of all, with arguments, cursors and limit for each
 * of them by `lateral`; and one for all their counts where those are asked for.
 */
export async function readLinkedConnections(
  context: ReadContext,
  parent: Entity,
  fieldName: string,
  args: ConnectionArguments,
  selection: ConnectionSelection,
  parentIds: readonly string[],
): Promise<ConnectionNode[]> {
  const scope = newScope(context);
  const path = findLinkPath(scope, parent, fieldName);
  if (path === null) throw new Error(`"${parent.key}" has no links "${fieldName}"`);
  const parents = scope.alias();
  const start = {
    entity: path.entity,
    link: { path, near: sql`${parents}.id`, several: parentIds.length > 1 },
  };
  const search = args.search === undefined ? null : await openSearch(context, path.entity, args);
  const query = compileList(scope, start, args, context.cursors, search);
  const requests = countRequests(selection);
  requests.forEach(assertCount);
  const family: Family = { context, scope, query, parents, parentIds };
  const [pages, numbers] = await Promise.all([
    wantsPage(selection) ? readPages(family, selection) : null,
    readNumbers(family, requests, selection.pageInfo),
  ]);
  return parentIds.map((_, index) => {
    const { outside, counts } = numbers(index);
    return assembleConnection(query, pages?.[index] ?? null, outside, counts, selection);
  });
}

interface Family {
  readonly context: ReadContext;
  readonly scope: StatementScope;
  readonly query: ListQuery;
  /** Alias of the parents: their `id`, and `place` from 1 in the order of `parentIds`. */
  readonly parents: SqlFragment;
  readonly parentIds: readonly string[];
}

function fromParents({ parents, parentIds }: Family): SqlFragment {
  return sql`from unnest(${textArray(parentIds)}::uuid[]) with ordinality ${parents} (id, place)`;
}

/** In the order of the parents; null for one without a record. */
function readPages(family: Family, selection: ConnectionSelection): Promise<(ReadPage<RecordNode> | null)[]> {
  const { context, scope, query, parentIds } = family;
  const statement = { scope, several: true, records: parentIds.length * query.page.size };
  return readNesting(context, statement, (nesting) => readPagesWith(family, selection, nesting));
}

async function readPagesWith(
  family: Family,
  selection: ConnectionSelection,
  nesting: Nesting | null,
): Promise<(ReadPage<RecordNode> | null)[]> {
  const { context, scope, query, parents, parentIds } = family;
  const reader = new PageReader(query, selection, nesting);
  const page = scope.alias();
  // Rows of a lateral come in its order, but nothing promises it: so each is numbered while the order is at hand.
  const numbered = sql`row_number() over (order by ${query.rowOrder})`;
  const rows = await context.batcher.run(sql`select ${parents}.place, ${page}.* ${fromParents(family)}
    cross join lateral (select ${numbered} as place, ${reader.columns} ${query.range} ${reader.limit}) ${page}
    order by 1, 2`);
  const byParent = groupBy(rows, (row) => getText(row, 0));
  return parentIds.map((_, index) => {
    const own = byParent.get(String(index + 1));
    return own === undefined
      ? null
      : reader.read(
          own.map((row) => row.slice(2)),
          context.cursors,
        );
  });
}

interface Numbers {
  readonly outside: Outside;
  readonly counts: readonly Count[];
}

/** Counts, and what is behind the cursors, of all parents in one statement; none where nothing of it is asked. */
async function readNumbers(
  family: Family,
  requests: readonly CountRequest[],
  wantsOutside: boolean,
): Promise<(index: number) => Numbers> {
  const { context, scope, query, parents } = family;
  const { hasAfter, hasBefore } = query;
  const outside = (side: 'after' | 'before', isAsked: boolean) =>
    wantsOutside && isAsked ? sql`${query.outside(side)}::text` : sql`'false'`;
  const isNeeded = requests.length > 0 || (wantsOutside && (hasAfter || hasBefore));
  const columns = [
    sql`${parents}.place`,
    outside('after', hasAfter),
    outside('before', hasBefore),
    ...requests.map((request) => sql`(${countColumn(scope, query.all, request)})`),
  ];
  const rows: readonly Row[] = isNeeded
    ? await context.batcher.run(sql`select ${sql.join(columns)} ${fromParents(family)}`)
    : [];
  const byPlace = new Map(rows.map((row) => [getText(row, 0), row]));
  return (index) => {
    const row = byPlace.get(String(index + 1)) ?? [];
    return {
      outside: { after: row[1] === 'true', before: row[2] === 'true' },
      counts: requests.map((request, at) => toCount(request, Number(row[at + 3]))),
    };
  };
}
