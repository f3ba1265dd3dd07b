import { assertSendable } from './assert-sendable.ts';
import type { Deadline } from './deadline.ts';
import type { KeptPlans } from './kept-plans.ts';
import { StatementFailure } from './message.ts';
import type { Reply, Session } from './session.ts';
import { type SqlFragment, sql } from './sql-text.ts';
import type { Row, Statement, TenantVersions } from './statement.ts';
import type { Planning, TenantSizes } from './tenant-sizes.ts';

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

/** What all sessions of a data plane have in common. */
export interface SessionContext {
  readonly onBatch: OnBatch | undefined;
  readonly plans: KeptPlans;
  readonly sizes: TenantSizes;
  /** Records of a tenant that has few. */
  readonly fewRecords: number;
}

/** A session in the service of one tenant, for one batch or one transaction. */
export class TenantSession {
  readonly tenantId: string;
  readonly deadline: Deadline;
  readonly #session: Session;
  readonly #context: SessionContext;

  constructor(session: Session, tenantId: string, deadline: Deadline, context: SessionContext) {
    this.#session = session;
    this.tenantId = tenantId;
    this.deadline = deadline;
    this.#context = context;
  }

  /**
   * Sends reads behind the statement that opens their batch. They are planned once where that does for all values, or
   * where the tenant is small; else by plans that are kept for it, where there are some for all of them, or each time.
   */
  sendReads(scope: Scope, statements: readonly Statement[]): Promise<Reply | StatementFailure> {
    // By its slug a tenant is looked up before anything else is known: by a key, for which there is one plan.
    if (scope.by === 'slug' || statements.every(({ reusesPlan }) => reusesPlan))
      return this.send([openBatch(scope, 'force_generic_plan')], statements);
    return this.#sendBySize(scope, statements);
  }

  async #sendBySize(scope: Scope, statements: readonly Statement[]): Promise<Reply | StatementFailure> {
    const planning = this.#context.sizes.find(this.tenantId);
    if (planning !== 'force_custom_plan') {
      const refreshing = this.#session.refreshPlans(this.deadline);
      if (refreshing !== undefined) await refreshing;
      if (planning === undefined) return this.#askForSize(statements);
      return this.send([openBatch(scope, planning)], statements);
    }
    const kept = this.#context.plans.find(this.tenantId, statements);
    if (kept !== null) {
      const refreshing = this.#session.refreshPlans(this.deadline);
      if (refreshing !== undefined) await refreshing;
      const reply = await this.send([openBatch(scope, 'force_generic_plan')], statements, kept);
      if (!(reply instanceof StatementFailure)) return reply;
      // They are sent as they are, and it is that error which counts.
      this.#context.plans.forget(this.tenantId, statements);
    }
    return this.send([openBatch(scope, planning)], statements);
  }

  /** The database looks at the tenant's size, and says what it has made of it. */
  async #askForSize(statements: readonly Statement[]): Promise<Reply | StatementFailure> {
    const { sizes, fewRecords } = this.#context;
    const reply = await this.send([openBySize(this.tenantId, fewRecords)], statements);
    const planning = reply.results[0]?.[0]?.[1];
    if (planning) sizes.note(this.tenantId, planning as Planning);
    return reply;
  }

  /** Sends one message; `scope` are the statements that set the tenant, the caller's come behind them. */
  send(
    scope: readonly Statement[],
    statements: readonly Statement[],
    sent: readonly Statement[] = statements,
  ): Promise<Reply | StatementFailure> {
    const reply = this.#session.send([...scope, ...sent], this.deadline);
    const { onBatch } = this.#context;
    return onBatch === undefined ? reply : this.#report(onBatch, statements, reply);
  }

  async #report(
    onBatch: OnBatch,
    statements: readonly Statement[],
    answer: Promise<Reply | StatementFailure>,
  ): Promise<Reply | StatementFailure> {
    const started = performance.now();
    const reply = await answer;
    onBatch({
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

  /** Whether the connection was lost, or given up: what was sent last may have been done. */
  get isBroken(): boolean {
    return this.#session.isBroken;
  }

  /** Whether the last message was answered to its end, and nothing of it is left: see `Session.isClean`. */
  get isClean(): boolean {
    return this.#session.isClean;
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

/** How a batch names its tenant. */
export interface Scope {
  readonly name: string;
  readonly by: 'id' | 'slug';
}

const openings = {
  id: openingsOf('select formwork.begin_read($1::uuid)'),
  slug: openingsOf('select formwork.begin_read_as($1)'),
} as const;

function openingsOf(begin: string): Readonly<Record<Planning, string>> {
  const text = (planning: Planning) => `${begin}, set_config('plan_cache_mode', '${planning}', true)`;
  return {
    force_generic_plan: text('force_generic_plan'),
    force_custom_plan: text('force_custom_plan'),
  };
}

/** The first statement of a batch: sets the tenant for the implicit transaction, and gives the versions back. */
function openBatch({ by, name }: Scope, planning: Planning): Statement {
  const statement = { text: openings[by][planning], values: [name] };
  assertSendable([statement]);
  return statement;
}

/** The same, planned by how many records the tenant has: what that comes to stands behind the versions. */
function openBySize(tenantId: string, fewRecords: number): Statement {
  const statement = sql`select versions, planning from formwork.begin_read_by_size(${tenantId}::uuid, ${fewRecords}::int)`;
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

/**
 * The same for a write that is sent whole. Nobody can look at the versions before it is committed, so where the tenant's
 * keys have changed it fails: by a division by zero, as everything in the message then does.
 */
export function beginWholeWrite(tenantId: string, { registry, access }: TenantVersions): SqlFragment {
  const statement = sql`select 1 / (formwork.begin_write(${tenantId}::uuid, ${registry}::int) = ${`${registry}:${access}`})::int`;
  assertSendable([statement]);
  return statement;
}

/** Reads what begin_read and begin_write return: "<registry version>:<access version>". */
export function parseVersions(rows: readonly Row[] | undefined): TenantVersions {
  const text = rows?.[0]?.[0] ?? '';
  const end = text.indexOf(':');
  if (end < 0) throw new Error('The database gave no versions of the tenant');
  return { registry: Number(text.slice(0, end)), access: Number(text.slice(end + 1)) };
}
