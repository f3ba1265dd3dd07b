import { findUnsendable } from './assert-sendable.ts';
import { failedCommit } from './errors.ts';
import { StatementFailure } from './message.ts';
import type { Row, Statement, TenantVersions } from './statement.ts';
import { beginWholeWrite, type TenantSession } from './tenant-session.ts';

/**
 * Sends writes as one message with one Sync, which Postgres runs as one implicit transaction: where the connection is
 * ready again without an error, it is committed, deferred constraints and all. Null where Postgres has refused any of
 * it, for then nothing of it was done. Rejects where the time was up, and where nobody answered: nothing may be done again then.
 */
export async function writeWhole(
  session: TenantSession,
  expected: TenantVersions,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[] | null> {
  if (statements.some((statement) => findUnsendable(statement) !== undefined)) return null;
  const reply = await session.send([beginWholeWrite(session.tenantId, expected)], statements);
  if (!(reply instanceof StatementFailure)) return reply.results.slice(1);
  if (session.isClean && session.deadline.error === undefined) return null;
  throw failedCommit(reply.error, session.isBroken);
}
