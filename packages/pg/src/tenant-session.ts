import { assertSendable } from './assert-sendable.ts';
import type { Deadline } from './deadline.ts';
import type { KeptPlans } from './kept-plans.ts';
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
  readonly #plans: KeptPlans;

  constructor(
    session: Session,
    tenantId: string,
    deadline: Deadline,
    { onBatch, plans }: { readonly onBatch: OnBatch | undefined; readonly plans: KeptPlans },
  ) {
    this.#session = session;
    this.tenantId = tenantId;
    this.deadline = deadline;
    this.#onBatch = onBatch;
    this.#plans = plans;
  }

  /** Sends reads behind the statement that opens their batch; by plans that are kept, where there are some for all. */
  async sendReads(scope: Scope, statements: readonly Statement[]): Promise<Reply | StatementFailure> {
    // By its slug a tenant is looked up before anything else is known: by a key, for which there is one plan.
    if (scope.by === 'slug' || statements.every(({ reusesPlan }) => reusesPlan))
      return this.send([openBatch(scope, 'force_generic_plan')], statements);
    const kept = this.#plans.find(this.tenantId, statements);
    if (kept !== null) {
      await this.#session.refreshPlans();
      const reply = await this.send([openBatch(scope, 'force_generic_plan')], statements, kept);
      if (!(reply instanceof StatementFailure)) return reply;
      // They are sent as they are, and it is that error which counts.
      this.#plans.forget(this.tenantId, statements);
    }
    return this.send([openBatch(scope, 'force_custom_plan')], statements);
  }

  /** Sends one message; `scope` are the statements that set the tenant, the caller's come behind them. */
  async send(
    scope: readonly Statement[],
    statements: readonly Statement[],
    sent: readonly Statement[] = statements,
  ): Promise<Reply | StatementFailure> {
    const started = performance.now();
    const reply = await this.#session.send([...scope, ...sent], this.deadline);
    this.#onBatch?.({
      tenantId: this.tenantId,
      // Put together for whoever looks at it, which is nobody where batches are not logged.
      get statements() {
        return statements.map(({ text }) => text);
      },
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

/** How the statements of a batch are planned: once for all values, or each time for the values at hand. */
type Planning = 'force_generic_plan' | 'force_custom_plan';

/** How a batch names its tenant. */
export interface Scope {
  readonly name: string;
  readonly by: 'id' | 'slug';
}

const opening = {
  id: 'select formwork.begin_read($1::uuid)',
  slug: 'select formwork.begin_read_as($1)',
} as const;

/** The first statement of a batch: sets the tenant for the implicit transaction, and gives the versions back. */
export function openBatch({ by, name }: Scope, planning: Planning): Statement {
  const statement = {
    text: `${opening[by]}, set_config('plan_cache_mode', '${planning}', true)`,
    values: [name],
  };
  assertSendable([statement]);
  return statement;
}

/** Waits until nobody else writes for the tenant, or two seconds. */
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
