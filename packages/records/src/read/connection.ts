import { reusingPlan, sql } from '@formwork/pg/sql-text';
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
import { openSearch, readOutcome, type Search, searchOfFew, searchOutcome, wordless } from './search.ts';
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
  const read = (search: Search | null) => readList(context, entity, args, selection, search);
  if (args.search === undefined) return read(null);
  const few = searchOfFew(context.limits, entity, args);
  if (few === null) return read(await openSearch(context, entity, args));
  // What was found stands where few match, which most searches do. Else it is known by now how to go about it.
  const [found, outcome] = await Promise.all([
    read(few),
    context.batcher.run(reusingPlan(searchOutcome)).then(readOutcome),
  ]);
  switch (outcome) {
    case 'few':
      return found;
    case 'many':
      return read({ text: few.text, ranked: false });
    case 'wordless':
      throw wordless(String(few.text));
    case 'unknown':
      return read(await openSearch(context, entity, args));
  }
}

/** `search`: what was made of the one in the arguments. Sends what it sends before anything else can. */
async function readList(
  context: ReadContext,
  entity: Entity,
  args: ConnectionArguments,
  selection: ConnectionSelection,
  search: Search | null,
): Promise<ConnectionNode> {
  const scope = newScope(context);
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
    const text = sql`select ${reader.columns} ${query.range} ${reader.limit}`;
    const isLookUp = query.isLookUp && !scope.nestsLists;
    return reader.read(await context.batcher.run(isLookUp ? reusingPlan(text) : text), context.cursors);
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
  const text = countColumn(scope, query.all, request);
  const [counted] = await batcher.run(query.isLookUp ? reusingPlan(text) : text);
  return toCount(request, Number(getText(counted ?? [], 0)));
}
