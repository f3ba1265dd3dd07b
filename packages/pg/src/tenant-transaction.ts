import { setTimeout as sleep } from 'node:timers/promises';
import { assertSendable } from './assert-sendable.ts';
import { DatabaseError, failedCommit } from './errors.ts';
import { StatementFailure } from './message.ts';
import { sql } from './sql-text.ts';
import type { Row, Statement, TenantTransaction, TenantVersions } from './statement.ts';
import { beginAlone, beginWrite, parseVersions, type TenantSession } from './tenant-session.ts';

/** Attempts at a transaction that a deadlock or a serialization failure ends. */
const attempts = 3;
/**
 * 26000: somebody emptied the connection's prepared statements, and the session has forgotten them since.
 * 55P03: records would be locked out of order (see formwork.lock_parents).
 */
const retried = new Set(['40P01', '40001', '55P03', '26000']);

const begin = sql`begin`;
const commit = sql`commit`;

/** Runs `work` in one transaction of the tenant, fenced by `expectedVersion`; see `DataPlane.write`. */
export async function runTransaction<T>(
  session: TenantSession,
  expectedVersion: number,
  work: (transaction: TenantTransaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(session, expectedVersion, work, attempt === attempts);
    } catch (error) {
      const isRetried = error instanceof DatabaseError && retried.has(error.sqlstate ?? '');
      if (!isRetried || attempt === attempts) throw error;
    }
    // Apart by chance, so that two that collided do not collide again.
    await sleep(attempt * 10 + Math.random() * 30);
  }
}

async function runOnce<T>(
  session: TenantSession,
  expectedVersion: number,
  work: (transaction: TenantTransaction) => Promise<T>,
  isLast: boolean,
): Promise<T> {
  // Others were in the way each time: the last attempt has the tenant to itself.
  const alone = isLast ? [beginAlone(session.tenantId)] : [];
  const scope = [begin, ...alone, beginWrite(session.tenantId, expectedVersion)];
  const transaction = new OpenTransaction(session, scope);
  try {
    const value = await session.deadline.race(work(transaction));
    await transaction.settle();
    await commitTransaction(session);
    return value;
  } catch (error) {
    // What ended the transaction counts, even where `work` has swallowed or renamed it.
    const cause = await transaction.settle().then(
      () => error,
      (failure: unknown) => failure,
    );
    await session.rollback();
    throw cause;
  }
}

/** Of a transaction that has failed the answer to COMMIT is ROLLBACK, without an error. */
async function commitTransaction(session: TenantSession): Promise<void> {
  if (!session.inTransaction)
    throw new DatabaseError('DATABASE', 'One of the statements has ended the transaction');
  // One that was lost before is not sent, and so not done.
  const wasBroken = session.isBroken;
  const reply = await session.send([], [commit]);
  if (reply instanceof StatementFailure)
    throw wasBroken ? reply.error : failedCommit(reply.error, session.isBroken);
  if (reply.tag !== 'COMMIT') throw new DatabaseError('DATABASE', `COMMIT was answered by ${reply.tag}`);
}

/** Begins in the message of its first statements: a message of its own would cost a fifth of a single write. */
class OpenTransaction implements TenantTransaction {
  readonly #session: TenantSession;
  /** What begins it, sets the tenant and fences it; the versions are the last answer. */
  readonly #scope: readonly Statement[];
  #versions: TenantVersions | undefined;
  /** Resolves when everything that was run is answered. */
  #answered: Promise<unknown> = Promise.resolve();
  #failure: DatabaseError | undefined;
  #isOver = false;

  constructor(session: TenantSession, scope: readonly Statement[]) {
    this.#session = session;
    this.#scope = scope;
  }

  async begin(): Promise<TenantVersions> {
    if (this.#versions === undefined) await this.run([]);
    return this.#versions as TenantVersions;
  }

  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    if (this.#isOver)
      return Promise.reject(new Error('The transaction is over: nothing more can be run in it'));
    return this.#enqueue(statements);
  }

  /**
   * Lets nothing more be run, and waits for what is still running. One that nothing was run in begins now: whoever found
   * nothing to write, or something to refuse, found it by the registry that it holds. Rejects with what ended the
   * transaction.
   */
  async settle(): Promise<void> {
    this.#isOver = true;
    await this.#answered;
    if (this.#versions === undefined && this.#failure === undefined) await this.#enqueue([]).catch(() => {});
    if (this.#failure !== undefined) throw this.#failure;
  }

  #enqueue(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const answer = this.#answered.then(() => this.#run(statements));
    this.#answered = answer.catch(() => {});
    return answer;
  }

  async #run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    if (this.#failure !== undefined) throw this.#failure;
    assertSendable(statements);
    const scope = this.#versions === undefined ? this.#scope : [];
    const reply = await this.#session.send(scope, statements);
    const versions = reply.results[scope.length - 1];
    if (versions !== undefined) this.#versions = parseVersions(versions);
    if (reply instanceof StatementFailure) {
      this.#failure = reply.error;
      throw reply.error;
    }
    return reply.results.slice(scope.length);
  }
}
