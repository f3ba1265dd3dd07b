import pg, { type PoolClient } from 'pg';
import type { Deadline } from './deadline.ts';
import { DatabaseError, toDatabaseError } from './errors.ts';
import { Session } from './session.ts';
import { TenantTurns } from './tenant-turns.ts';

export interface PoolOptions {
  readonly url: string;
  /** Connections at most. */
  readonly max: number;
  /** Connections that one tenant may hold at once. */
  readonly maxPerTenant: number;
  /** Callers that may wait for a connection; the next one is refused with code "OVERLOADED". */
  readonly maxWaiting: number;
  /** How long, in milliseconds, a caller waits for a connection; then code "OVERLOADED". */
  readonly waitTimeout: number;
  /** Prepared statements that each connection keeps. */
  readonly preparedStatements: number;
}

/** A backend keeps what it has learnt of every table and view it ever touched; a fresh one has forgotten. */
const recycling = { maxUses: 50_000, maxLifetimeSeconds: 3600, maxParsedStatements: 10_000 };

export class SessionPool {
  readonly #options: PoolOptions;
  readonly #pool: pg.Pool;
  readonly #sessions = new WeakMap<PoolClient, Session>();
  readonly #turns: TenantTurns;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#turns = new TenantTurns(options);
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.max,
      connectionTimeoutMillis: options.waitTimeout,
      idleTimeoutMillis: 60_000,
      maxUses: recycling.maxUses,
      maxLifetimeSeconds: recycling.maxLifetimeSeconds,
      keepAlive: true,
      fallback_application_name: 'formwork gateway',
    });
    this.#pool.on('connect', (client) => {
      const poolClient = client as PoolClient;
      this.#sessions.set(poolClient, new Session(poolClient, options.preparedStatements));
    });
    // An idle connection that breaks is dropped by the pool; the session has noted it already.
    this.#pool.on('error', ignore);
  }

  /**
   * Lends a session to `work`, in the tenant's turn. It returns to the pool only when no cancel can hit the next tenant's
   * statement, and the turn ends with that.
   */
  async withSession<T>(
    tenant: string,
    deadline: Deadline,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const endTurn = await this.#turns.take(tenant, deadline);
    const client = await this.#acquire(deadline).catch((error: unknown) => {
      endTurn();
      throw error;
    });
    const session = this.#sessions.get(client) as Session;
    try {
      return await work(session);
    } finally {
      void this.#release(client, session).finally(endTurn);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #acquire(deadline: Deadline): Promise<PoolClient> {
    const { max, maxWaiting, waitTimeout } = this.#options;
    // Callers are counted as waiting for a moment even where an idle connection is about to be theirs.
    if (this.#pool.waitingCount - this.#pool.idleCount >= maxWaiting) {
      throw new DatabaseError(
        'OVERLOADED',
        `All ${max} connections are busy and ${maxWaiting} callers wait already`,
      );
    }
    const connecting = this.#pool.connect();
    try {
      return await deadline.race(connecting);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('timeout exceeded')) {
        throw new DatabaseError('OVERLOADED', `No connection came free within ${waitTimeout} ms`, {
          cause: error,
        });
      }
      // Whoever gave up waiting leaves a place in the queue behind: what arrives there goes straight back.
      if (error === deadline.error) connecting.then((client) => client.release(), ignore);
      throw toDatabaseError(error);
    }
  }

  async #release(client: PoolClient, session: Session): Promise<void> {
    await session.drain();
    client.release(!session.isClean || session.parsedStatements > recycling.maxParsedStatements);
  }
}

function ignore(): void {}
