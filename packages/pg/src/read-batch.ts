import { findUnsendable } from './assert-sendable.ts';
import { StatementFailure } from './message.ts';
import type { Reply } from './session.ts';
import type { SqlFragment } from './sql-text.ts';
import type { ReadOutcome, Row, Statement, TenantVersions } from './statement.ts';
import { beginRead, openBatch, parseVersions, type TenantSession } from './tenant-session.ts';

/**
 * Runs reads in one message. If one fails, the others run again, one message each: a GraphQL answer is partial, and
 * the statements behind an error were never run.
 */
export async function readBatch(
  session: TenantSession,
  statements: readonly Statement[],
  begin: SqlFragment = beginRead(session.tenantId),
): Promise<ReadOutcome> {
  const results: (readonly Row[] | Error | undefined)[] = statements.map(findUnsendable);
  const sendable = [...statements.keys()].filter((index) => results[index] === undefined);
  const pick = (indexes: readonly number[]) => indexes.map((index) => statements[index] as Statement);

  const reply = await sendRead(session, begin, pick(sendable));
  if (!(reply instanceof StatementFailure)) {
    sendable.forEach((index, position) => {
      results[index] = reply.results[position + 1];
    });
    return { versions: parseVersions(reply.results[0]), results: results as ReadOutcome['results'] };
  }

  const failed = sendable[failedStatement(session, reply)] as number;
  results[failed] = reply.error;
  let versions: TenantVersions | undefined;
  for (const index of sendable.filter((candidate) => candidate !== failed)) {
    const single = await sendRead(session, begin, pick([index]));
    if (single instanceof StatementFailure) {
      failedStatement(session, single);
      results[index] = single.error;
    } else {
      results[index] = single.results[1];
      // The latest versions count: if the tenant has moved meanwhile, whoever asked must see it.
      versions = parseVersions(single.results[0]);
    }
  }
  versions ??= await readVersions(session, begin);
  return { versions, results: results as ReadOutcome['results'] };
}

async function sendRead(
  session: TenantSession,
  begin: SqlFragment,
  statements: readonly Statement[],
): Promise<Reply | StatementFailure> {
  const scope = openBatch(begin, statements);
  const reply = await session.send([scope], statements);
  // Somebody emptied the connection's prepared statements; the session has forgotten them too, so parse anew.
  if (reply instanceof StatementFailure && reply.error.sqlstate === '26000')
    return session.send([scope], statements);
  return reply;
}

async function readVersions(session: TenantSession, begin: SqlFragment): Promise<TenantVersions> {
  const reply = await sendRead(session, begin, []);
  if (reply instanceof StatementFailure) throw reply.error;
  return parseVersions(reply.results[0]);
}

/** Which of the caller's statements failed. Throws where it was none of them, but the tenant, time or connection. */
function failedStatement(session: TenantSession, { error, index }: StatementFailure): number {
  if (index === 0 || error === session.deadline.error || error.code === 'UNAVAILABLE') throw error;
  return index - 1;
}
