import { assertSendable } from './assert-sendable.ts';
import type { Deadline } from './deadline.ts';
import { StatementFailure } from './message.ts';
import type { Reply, Session } from './session.ts';
import { type SqlFragment, sql } from './sql-text.ts';
import type { Row, Statement, TenantVersions } from './statement.ts';

/** One message to Postgres, told after its answer, for logs and for tests that count. */
export interface BatchReport {
  /** Id of the tenant; its slug where only that is known yet. */
  readonly tenantId: string;
  /** Texts of the statements in the message; the one that sets the tenant is left out. */
  readonly statements: readonly string[];
  readonly milliseconds: number;
  readonly failed: boolean;
}

export type OnBatch = (report: BatchReport) => void;

/** A session in the service of one tenant, for one batch or one transaction. */
export class TenantSession {
  readonly tenantId: string;
  readonly deadline: Deadline;
  readonly #session: Session;
  readonly #onBatch: OnBatch | undefined;

  constructor(session: Session, tenantId: string, deadline: Deadline, onBatch: OnBatch | undefined) {
    this.#session = session;
    this.tenantId = tenantId;
    this.deadline = deadline;
    this.#onBatch = onBatch;
  }

  /** Sends one message; `scope` are the statements that set the tenant, the caller's come behind them. */
  async send(
    scope: readonly Statement[],
    statements: readonly Statement[],
  ): Promise<Reply | StatementFailure> {
    const started = performance.now();
    const reply = await this.#session.send([...scope, ...statements], this.deadline);
    this.#onBatch?.({
      tenantId: this.tenantId,
      statements: statements.map(({ text }) => text),
      milliseconds: performance.now() - started,
      failed: reply instanceof StatementFailure,
    });
    return reply;
  }

  get inTransaction(): boolean {
    return this.#session.inTransaction;
  }

  /** Ends whatever transaction is open, deadline or not; a session that cannot even do that is given up. */
  async rollback(): Promise<void> {
    await this.#session.drain();
    if (!this.#session.inTransaction) return;
    const reply = await this.#session.send([rollback]);
    if (reply instanceof StatementFailure) this.#session.destroy('A transaction could not be rolled back');
  }
}

const rollback = sql`rollback`;

/** The call that sets the tenant for the implicit transaction of a batch, and gives the versions back. */
export function beginRead(tenantId: string): SqlFragment {
  return sql`formwork.begin_read(${tenantId}::uuid)`;
}

/** The same by the tenant's slug. */
export function beginReadAs(slug: string): SqlFragment {
  return sql`formwork.begin_read_as(${slug})`;
}

/**
 * The first statement of a batch. Unless all of the batch may reuse their plans, each statement behind it is planned
 * for the tenant and the values at hand.
 */
export function openBatch(begin: SqlFragment, statements: readonly Statement[]): SqlFragment {
  const statement = statements.every(({ reusesPlan }) => reusesPlan)
    ? sql`select ${begin}`
    : sql`select ${begin}, set_config('plan_cache_mode', 'force_custom_plan', true)`;
  assertSendable([statement]);
  return statement;
}

/** Waits until nobody else writes for the tenant, or half a second. */
export function beginAlone(tenantId: string): SqlFragment {
  const statement = sql`select formwork.begin_alone(${tenantId}::uuid)`;
  assertSendable([statement]);
  return statement;
}

/** Sets the tenant for a transaction and fences it by the registry version. */
export function beginWrite(tenantId: string, expectedVersion: number): SqlFragment {
  const statement = sql`select formwork.begin_write(${tenantId}::uuid, ${expectedVersion}::int)`;
  assertSendable([statement]);
  return statement;
}

/** Reads what begin_read and begin_write return: "<registry version>:<access version>". */
export function parseVersions(rows: readonly Row[] | undefined): TenantVersions {
  const [registry, access] = (rows?.[0]?.[0] ?? '').split(':').map(Number);
  if (registry === undefined || access === undefined)
    throw new Error('The database gave no versions of the tenant');
  return { registry, access };
}
