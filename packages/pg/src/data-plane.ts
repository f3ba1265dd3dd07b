import { Deadline } from './deadline.ts';
import { KeptPlans } from './kept-plans.ts';
import { readBatch } from './read-batch.ts';
import { SessionPool } from './session-pool.ts';
import type {
  BatchOptions,
  DataPlane,
  PoolLoad,
  ReadOutcome,
  Row,
  Statement,
  TenantTransaction,
  TenantVersions,
} from './statement.ts';
import { type OnBatch, type SessionContext, TenantSession } from './tenant-session.ts';
import { TenantSizes } from './tenant-sizes.ts';
import { runTransaction } from './tenant-transaction.ts';
import { writeWhole } from './whole-write.ts';

export interface DataPlaneOptions {
  /** Of a role that is no superuser, owns nothing and cannot bypass policies: formwork_gateway. */
  readonly url: string;
  /** Connections at most (10). */
  readonly max?: number;
  /** Connections that one tenant may hold at once (two thirds of all), so that there is one for the others. */
  readonly maxPerTenant?: number;
  /** Milliseconds that a batch or a transaction may take (10,000), unless it brings a budget of its own. */
  readonly budget?: number;
  /** Callers that may wait for a connection (1,000). */
  readonly maxWaiting?: number;
  /** Milliseconds that a caller waits for a connection (5,000). */
  readonly waitTimeout?: number;
  /** Prepared statements that each connection keeps (250). */
  readonly preparedStatements?: number;
  /**
   * Records of a tenant up to which its statements are planned once for all values and all such tenants (5,000): what a
   * wrong plan may read, some 4 ms.
   */
  readonly fewRecords?: number;
  /** Hears of every message that was sent, after its answer. */
  readonly onBatch?: OnBatch;
}

/** Opens the data plane. Connections are made when they are needed, so this does not fail; the first use does. */
export function connectDataPlane(options: DataPlaneOptions): DataPlane {
  return new PooledDataPlane(options);
}

class PooledDataPlane implements DataPlane {
  readonly #pool: SessionPool;
  readonly #budget: number;
  readonly #context: SessionContext;

  constructor(options: DataPlaneOptions) {
    this.#budget = options.budget ?? 10_000;
    const preparedStatements = options.preparedStatements ?? 250;
    this.#context = {
      onBatch: options.onBatch,
      plans: new KeptPlans(Math.floor(preparedStatements / 2)),
      sizes: new TenantSizes(),
      fewRecords: options.fewRecords ?? 5_000,
    };
    this.#pool = new SessionPool({
      url: options.url,
      max: options.max ?? 10,
      maxPerTenant: options.maxPerTenant ?? Math.max(1, Math.floor(((options.max ?? 10) * 2) / 3)),
      maxWaiting: options.maxWaiting ?? 1_000,
      waitTimeout: options.waitTimeout ?? 5_000,
      preparedStatements,
    });
  }

  read(tenantId: string, statements: readonly Statement[], options: BatchOptions = {}): Promise<ReadOutcome> {
    return this.#withTenant(tenantId, options, (session) => readBatch(session, statements));
  }

  readAs(slug: string, statements: readonly Statement[], options: BatchOptions = {}): Promise<ReadOutcome> {
    return this.#withTenant(
      slug,
      options,
      (session) => readBatch(session, statements, { by: 'slug', name: slug }),
      logins,
    );
  }

  write<T>(
    tenantId: string,
    expectedVersion: number,
    work: (transaction: TenantTransaction) => Promise<T>,
    options: BatchOptions = {},
  ): Promise<T> {
    return this.#withTenant(tenantId, options, (session) => runTransaction(session, expectedVersion, work));
  }

  writeWhole(
    tenantId: string,
    expected: TenantVersions,
    statements: readonly Statement[],
    options: BatchOptions = {},
  ): Promise<readonly (readonly Row[])[] | null> {
    return this.#withTenant(tenantId, options, (session) => writeWhole(session, expected, statements));
  }

  get load(): PoolLoad {
    return this.#pool.load;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #withTenant<T>(
    tenantId: string,
    { budget = this.#budget, signal }: BatchOptions,
    work: (session: TenantSession) => Promise<T>,
    turns = tenantId,
  ): Promise<T> {
    const deadline = new Deadline(budget, signal);
    try {
      const lent = this.#pool.lend(turns, deadline);
      const session = lent instanceof Promise ? await lent : lent;
      try {
        return await work(new TenantSession(session, tenantId, deadline, this.#context));
      } finally {
        this.#pool.takeBack(turns, session);
      }
    } finally {
      deadline.clear();
    }
  }
}

/**
 * Whose turns are taken by those of whom nothing is known but a slug: they have one share of the connections together.
 * Anybody can make up slugs, and would else have a share for each.
 */
const logins = '?';
