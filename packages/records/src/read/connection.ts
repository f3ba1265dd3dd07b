import { sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type {
  ConnectionArguments,
  ConnectionNode,
  ConnectionSelection,
  Count,
  CountRequest,
  PageInfo,
} from '../contract.ts';
import { PageReader, type ReadPage } from './connection-reader.ts';
import {
  assertCount,
  countColumn,
  countRequests,
  estimateStatement,
  readEstimate,
  toCount,
} from './count.ts';
import { compileList, type ListQuery } from './list-query.ts';
import type { ReadContext } from './read-context.ts';
import { getText } from './select-list.ts';
import { StatementScope } from './statement-scope.ts';

/**
 * A page of all records of an entity. One statement for the page, one for each count, and one where a cursor leaves
 * open whether the list goes on behind it; all of them in one batch, and only what is selected.
 */
export async function readConnection(
  context: ReadContext,
  entity: Entity,
  args: ConnectionArguments,
  selection: ConnectionSelection,
): Promise<ConnectionNode> {
  const scope = new StatementScope(context.registry, context.limits);
  const query = compileList(scope, { entity }, args, context.cursors);
  const requests = countRequests(selection);
  requests.forEach(assertCount);
  const [page, outside, counts] = await Promise.all([
    readPageOf(context, query, selection),
    selection.pageInfo ? isAnythingOutside(context, query) : { after: false, before: false },
    Promise.all(requests.map((request) => readCount(context, scope, query, request))),
  ]);
  return assembleConnection(query, page, outside, counts, selection);
}

/** Whether there are records on the far side of each cursor; false where there is no cursor. */
export interface Outside {
  readonly after: boolean;
  readonly before: boolean;
}

export function assembleConnection(
  query: ListQuery,
  page: ReadPage | null,
  outside: Outside,
  counts: readonly Count[],
  selection: ConnectionSelection,
): ConnectionNode {
  return {
    edges: page?.edges ?? [],
    pageInfo: pageInfo(query, page, outside),
    totalCount: selection.totalCount ? (counts[0]?.count ?? null) : null,
    counts,
  };
}

/**
 * Exact in both directions: the page's own end is known by the record more that was read, the other end by looking
 * past the cursor (without one it is the end of the list).
 */
function pageInfo({ page }: ListQuery, read: ReadPage | null, outside: Outside): PageInfo {
  const more = read?.hasMore ?? false;
  return {
    hasNextPage: outside.before || (!page.backward && more),
    hasPreviousPage: outside.after || (page.backward && more),
    startCursor: read?.startCursor ?? null,
    endCursor: read?.endCursor ?? null,
  };
}

/** Whether anything of the page itself is asked for. */
export function wantsPage({ node, cursors, pageInfo: info }: ConnectionSelection): boolean {
  return node !== null || cursors || info;
}

async function readPageOf(
  context: ReadContext,
  query: ListQuery,
  selection: ConnectionSelection,
): Promise<ReadPage | null> {
  if (!wantsPage(selection)) return null;
  const reader = new PageReader(query, context.cursors.sealer, selection);
  const rows = await context.batcher.run(sql`select ${reader.columns} ${query.range} ${reader.limit}`);
  return reader.read(rows);
}

async function isAnythingOutside(context: ReadContext, query: ListQuery): Promise<Outside> {
  const exists = async (side: 'after' | 'before', isAsked: boolean): Promise<boolean> => {
    if (!isAsked) return false;
    const rows = await context.batcher.run(sql`select ${query.outside(side)}::text`);
    return rows[0]?.[0] === 'true';
  };
  const [after, before] = await Promise.all([
    exists('after', query.hasAfter),
    exists('before', query.hasBefore),
  ]);
  return { after, before };
}

async function readCount(
  { batcher }: ReadContext,
  scope: StatementScope,
  query: ListQuery,
  request: CountRequest,
): Promise<Count> {
  const [counted, estimate] = await Promise.all([
    batcher.run(countColumn(scope, query.all, request)),
    request.mode === 'ESTIMATE' ? batcher.run(estimateStatement(query.all)).then(readEstimate) : 0,
  ]);
  return toCount(request, Number(getText(counted[0] ?? [], 0)), estimate);
}
