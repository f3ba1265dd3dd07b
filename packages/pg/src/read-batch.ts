import { findUnsendable } from './assert-sendable.ts';
import { StatementFailure } from './message.ts';
import type { Reply } from './session.ts';
import type { ReadOutcome, Row, Statement, TenantVersions } from './statement.ts';
import { parseVersions, type Scope, type TenantSession } from './tenant-session.ts';

/**
 * Runs reads in one message. If one fails, the others run again, one message each: a GraphQL answer is partial, and
 * the statements behind an error were never run.
 */
export async function readBatch(
  session: TenantSession,
  statements: readonly Statement[],
  scope: Scope = { by: 'id', name: session.tenantId },
): Promise<ReadOutcome> {
  const refusals = findRefusals(statements);
  if (refusals !== null) return runSeparately(session, scope, statements, refusals);
  let reply = await session.sendReads(scope, statements);
  if (isForgotten(reply)) reply = await session.sendReads(scope, statements);
  if (!(reply instanceof StatementFailure))
    return { versions: parseVersions(reply.results[0]), results: reply.results.slice(1) };
  const failed = failedStatement(session, reply);
  const errors = statements.map((_, index) => (index === failed ? reply.error : undefined));
  return runSeparately(session, scope, statements, errors);
}

/** Null where all of them can be sent. */
function findRefusals(statements: readonly Statement[]): readonly (Error | undefined)[] | null {
  for (const statement of statements) {
    if (findUnsendable(statement) !== undefined) return statements.map(findUnsendable);
  }
  return null;
}

/** Those that have no error yet, one message each. */
async function runSeparately(
  session: TenantSession,
  scope: Scope,
  statements: readonly Statement[],
  refusals: readonly (Error | undefined)[],
): Promise<ReadOutcome> {
  const results: (readonly Row[] | Error)[] = [];
  let versions: TenantVersions | undefined;
  for (const [index, statement] of statements.entries()) {
    const refusal = refusals[index];
    if (refusal !== undefined) {
      results.push(refusal);
      continue;
    }
    const single = await sendRead(session, scope, [statement]);
    if (single instanceof StatementFailure) {
      failedStatement(session, single);
      results.push(single.error);
    } else {
      results.push(single.results[1] ?? []);
      // The latest versions count: if the tenant has moved meanwhile, whoever asked must see it.
      versions = parseVersions(single.results[0]);
    }
  }
  versions ??= await readVersions(session, scope);
  return { versions, results };
}

async function sendRead(
  session: TenantSession,
  scope: Scope,
  statements: readonly Statement[],
): Promise<Reply | StatementFailure> {
  const reply = await session.sendReads(scope, statements);
  return isForgotten(reply) ? session.sendReads(scope, statements) : reply;
}

/** Somebody emptied the connection's prepared statements; the session has forgotten them too, so parse anew. */
function isForgotten(reply: Reply | StatementFailure): boolean {
  return reply instanceof StatementFailure && reply.error.sqlstate === '26000';
}

async function readVersions(session: TenantSession, scope: Scope): Promise<TenantVersions> {
  const reply = await sendRead(session, scope, []);
  if (reply instanceof StatementFailure) throw reply.error;
  return parseVersions(reply.results[0]);
}

/** Which of the caller's statements failed. Throws where it was none of them, but the tenant, time or connection. */
function failedStatement(session: TenantSession, { error, index }: StatementFailure): number {
  if (index === 0 || error === session.deadline.error || error.code === 'UNAVAILABLE') throw error;
  return index - 1;
}
