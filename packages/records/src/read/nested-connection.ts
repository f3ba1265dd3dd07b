import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { ConnectionArguments, ConnectionNode, ConnectionSelection } from '../contract.ts';
import type { Answering } from './answering.ts';
import { assembleConnection, wantsPage, writeConnection } from './assemble-connection.ts';
import { PageReader } from './connection-reader.ts';
import { assertCount, countColumn, countRequests, toCount } from './count.ts';
import { compileList, type ListStart } from './list-query.ts';
import type { ReadContext } from './read-context.ts';
import { cellsOf, type Nesting } from './select-list.ts';
import type { StatementScope } from './statement-scope.ts';

/** A connection as a JSON value: `[rows of the page, is anything before it, is anything after it, counts …]`. */
export interface NestedConnection {
  readonly json: SqlFragment;
  readonly read: (json: unknown) => ConnectionNode;
  readonly write: (json: unknown, answering: Answering) => string;
}

/** Throws what `compileList` throws. */
export function compileNestedConnection(
  context: Pick<ReadContext, 'cursors'>,
  scope: StatementScope,
  nesting: Nesting,
  start: ListStart,
  args: ConnectionArguments,
  selection: ConnectionSelection,
): NestedConnection {
  const query = compileList(scope, start, args, context.cursors, null);
  const requests = countRequests(selection);
  requests.forEach(assertCount);
  const reader = new PageReader(query, selection, nesting);
  // An array keeps the order of its query: what is numbered and sorted again costs a tenth of the whole.
  const rows = sql`to_json(array(select ${reader.json} ${query.range} ${reader.limit}))`;
  const outside = (side: 'after' | 'before', isAsked: boolean) =>
    selection.pageInfo && isAsked ? query.outside(side) : sql`false`;
  const parts = [
    wantsPage(selection) ? rows : sql`null`,
    outside('after', query.hasAfter),
    outside('before', query.hasBefore),
    ...requests.map((request) => sql`(${countColumn(scope, query.all, request)})`),
  ];
  const partsOf = (json: unknown) => {
    const [found, after, before, ...counted] = json as [unknown[] | null, boolean, boolean, ...number[]];
    const counts = requests.map((request, index) => toCount(request, counted[index] ?? 0));
    return { rows: found?.map(cellsOf) ?? null, outside: { after, before }, counts };
  };
  return {
    json: sql`json_build_array(${sql.join(parts)})`,
    read: (json) => {
      const { rows: found, outside: far, counts } = partsOf(json);
      const pageRead = found && reader.read(found, context.cursors);
      return assembleConnection(query, pageRead, far, counts, selection);
    },
    write: (json, answering) => {
      const { rows: found, outside: far, counts } = partsOf(json);
      const pageWritten = found && reader.write(found, answering);
      return writeConnection(query, pageWritten, far, counts, selection);
    },
  };
}
