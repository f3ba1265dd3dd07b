import { setTimeout as sleep } from 'node:timers/promises';
import { assertSendable } from './assert-sendable.ts';
import { DatabaseError } from './errors.ts';
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
  let transaction: OpenTransaction | undefined;
  try {
    // Others were in the way each time: the last attempt has the tenant to itself.
    const alone = isLast ? [beginAlone(session.tenantId)] : [];
    const reply = await session.send([begin, ...alone, beginWrite(session.tenantId, expectedVersion)], []);
    if (reply instanceof StatementFailure) throw reply.error;
    transaction = new OpenTransaction(session, parseVersions(reply.results.at(-1)));
    const value = await session.deadline.race(work(transaction));
    await transaction.settle();
    await commitTransaction(session);
    return value;
  } catch (error) {
    // What ended the transaction counts, even where `work` has swallowed or renamed it.
    const cause =
      (await transaction?.settle().then(
        () => undefined,
        (failure: unknown) => failure,
      )) ?? error;
    await session.rollback();
    throw cause;
  }
}

/** Of a transaction that has failed the answer to COMMIT is ROLLBACK, without an error. */
async function commitTransaction(session: TenantSession): Promise<void> {
  if (!session.inTransaction)
    throw new DatabaseError('DATABASE', 'One of the statements has ended the transaction');
  const reply = await session.send([], [commit]);
  if (reply instanceof StatementFailure) throw reply.error;
  if (reply.tag !== 'COMMIT') throw new DatabaseError('DATABASE', `COMMIT was answered by ${reply.tag}`);
}

class OpenTransaction implements TenantTransaction {
  readonly versions: TenantVersions;
  readonly #session: TenantSession;
  /** Resolves when everything that was run is answered. */
  #answered: Promise<unknown> = Promise.resolve();
  #failure: DatabaseError | undefined;
  #isOver = false;

  constructor(session: TenantSession, versions: TenantVersions) {
    this.#session = session;
    this.versions = versions;
  }

  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    if (this.#isOver)
      return Promise.reject(new Error('The transaction is over: nothing more can be run in it'));
    const answer = this.#answered.then(() => this.#run(statements));
    this.#answered = answer.catch(() => {});
    return answer;
  }

  /** Lets nothing more be run, and waits for what is still running. Rejects with what ended the transaction. */
  async settle(): Promise<void> {
    const answered = this.#answered;
    this.#isOver = true;
    await answered;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    if (this.#failure !== undefined) throw this.#failure;
    assertSendable(statements);
    const reply = await this.#session.send([], statements);
    if (reply instanceof StatementFailure) {
      this.#failure = reply.error;
      throw reply.error;
    }
    return reply.results;
  }
}
