import { sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
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
import { compileList, type ListQuery } from './list-query.ts';
import { readNesting } from './nested.ts';
import type { ReadContext } from './read-context.ts';
import { openSearch } from './search.ts';
import { getText } from './select-list.ts';
import { newScope, type StatementScope } from './statement-scope.ts';

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
  const scope = newScope(context);
  const search = args.search === undefined ? null : await openSearch(context, entity, args);
  const query = compileList(scope, { entity }, args, context.cursors, search);
  const requests = countRequests(selection);
  requests.forEach(assertCount);
  const [page, outside, counts] = await Promise.all([
    readPageOf(context, scope, query, selection),
    selection.pageInfo ? isAnythingOutside(context, query) : { after: false, before: false },
    Promise.all(requests.map((request) => readCount(context, scope, query, request))),
  ]);
  return assembleConnection(query, page, outside, counts, selection);
}

async function readPageOf(
  context: ReadContext,
  scope: StatementScope,
  query: ListQuery,
  selection: ConnectionSelection,
): Promise<ReadPage<RecordNode> | null> {
  if (!wantsPage(selection)) return null;
  const statement = { scope, several: true, records: query.page.size };
  return readNesting(context, statement, async (nesting) => {
    const reader = new PageReader(query, selection, nesting);
    const rows = await context.batcher.run(sql`select ${reader.columns} ${query.range} ${reader.limit}`);
    return reader.read(rows, context.cursors);
  });
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
  const [counted] = await batcher.run(countColumn(scope, query.all, request));
  return toCount(request, Number(getText(counted ?? [], 0)));
}
