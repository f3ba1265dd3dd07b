import type { ConnectionNode, ConnectionSelection, Count, PageInfo, RecordNode } from '../contract.ts';
import type { ReadPage } from './connection-reader.ts';
import type { ListQuery } from './list-query.ts';

/** Whether there are records on the far side of each cursor; false where there is no cursor. */
export interface Outside {
  readonly after: boolean;
  readonly before: boolean;
}

export function assembleConnection(
  query: ListQuery,
  page: ReadPage<RecordNode> | null,
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

/** The same as text: of a page whose records are written. */
export function writeConnection(
  query: ListQuery,
  page: ReadPage<string> | null,
  outside: Outside,
  counts: readonly Count[],
  { write }: ConnectionSelection,
): string {
  if (write === undefined) throw new Error('The selection does not say how a connection is written');
  return write({ edges: page?.edges ?? [], pageInfo: pageInfo(query, page, outside), counts });
}

/**
 * Exact in both directions: the page's own end is known by the record more that was read, the other end by looking
 * past the cursor (without one it is the end of the list).
 */
function pageInfo({ page }: ListQuery, read: ReadPage<unknown> | null, outside: Outside): PageInfo {
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
