import pg from 'pg';
import type { Deadline } from './deadline.ts';
import { DatabaseError, toDatabaseError } from './errors.ts';
import { readingSocket } from './reading-socket.ts';
import { Session } from './session.ts';
import type { PoolLoad } from './statement.ts';
import { TenantTurns } from './tenant-turns.ts';
import { WaitingLine } from './waiting-line.ts';

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
const recycling = { maxUses: 50_000, maxAge: 3_600_000, maxParsedStatements: 10_000, maxViews: 1_000 };

/** Connections that nobody has needed for a minute are closed. */
const idleTimeout = 60_000;

/** Milliseconds for which no more connections are asked of a Postgres that has said that it has no room for them. */
const fullFor = 1_000;

interface Idle {
  readonly session: Session;
  readonly since: number;
}

/**
 * The connections of the data plane. A pool of our own, for it lends and takes back without a promise, an event or a
 * timer where a connection is free, which is nearly always; node-postgres makes the connections.
 */
export class SessionPool {
  readonly #options: PoolOptions;
  readonly #turns: TenantTurns;
  readonly #sessions = new Set<Session>();
  /** The one that came back last is lent first, so that those nobody needs grow old. */
  #idle: Idle[] = [];
  readonly #waiting = new WaitingLine<Session>();
  #opening = 0;
  #fullUntil = 0;
  #onClosed: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  readonly #sweep: NodeJS.Timeout;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#turns = new TenantTurns(options);
    this.#sweep = setInterval(() => this.#closeIdle(performance.now() - idleTimeout), idleTimeout / 4);
    this.#sweep.unref();
  }

  get load(): PoolLoad {
    const idle = this.#idle.length;
    return { open: this.#sessions.size, busy: this.#sessions.size - idle, waiting: this.#waiting.size };
  }

  /** Lends a session in the tenant's turn; nothing to wait for where one is free. `takeBack` ends the turn. */
  lend(tenant: string, deadline: Deadline): Session | Promise<Session> {
    const turn = this.#turns.take(tenant, deadline);
    if (turn !== undefined) return turn.then(() => this.#idle.pop()?.session ?? this.#wait(tenant, deadline));
    return this.#idle.pop()?.session ?? this.#wait(tenant, deadline);
  }

  /** It goes to the next only when no cancel can hit the next tenant's statement. */
  takeBack(tenant: string, session: Session): void {
    if (session.isDraining) void this.#drain(tenant, session);
    else this.#release(tenant, session);
  }

  /** Resolves when all connections have come back and are closed. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#onClosed = resolve;
      clearInterval(this.#sweep);
      while (this.#waiting.size > 0) this.#waiting.refuse(closed());
      this.#closeIdle(Number.POSITIVE_INFINITY);
      this.#tellClosed();
    });
    return this.#closing;
  }

  /** For a session that comes free, or is made. Ends the tenant's turn where none comes. */
  async #wait(tenant: string, deadline: Deadline): Promise<Session> {
    try {
      return await this.#waitForOne(deadline);
    } catch (error) {
      this.#turns.end(tenant);
      throw error;
    }
  }

  async #waitForOne(deadline: Deadline): Promise<Session> {
    if (this.#closing !== undefined) throw closed();
    const { max, maxWaiting, waitTimeout } = this.#options;
    const canOpen = this.#isRoom();
    if (!canOpen && this.#waiting.size - this.#opening >= maxWaiting) {
      const busy = Math.min(max, this.#sessions.size);
      const message = `All ${busy} connections are busy and ${maxWaiting} callers wait already`;
      throw new DatabaseError('OVERLOADED', message);
    }
    const tooLong = () => new DatabaseError('OVERLOADED', `No connection came free within ${waitTimeout} ms`);
    const come = this.#waiting.wait({ deadline, timeout: waitTimeout, tooLong });
    if (canOpen) void this.#open();
    return come;
  }

  /** Never rejects: a connection that cannot be made is told to whoever has waited longest. */
  async #open(): Promise<void> {
    this.#opening += 1;
    const { url, waitTimeout, preparedStatements } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: waitTimeout,
      keepAlive: true,
      stream: readingSocket,
      fallback_application_name: 'formwork gateway',
    });
    const session = new Session(client, preparedStatements);
    try {
      await client.connect();
      if (session.isStandby) throw standby(session);
      this.#opening -= 1;
    } catch (error) {
      this.#opening -= 1;
      this.#notOpened(toDatabaseError(error));
      return;
    }
    this.#sessions.add(session);
    session.onBroken = () => this.#forget(session);
    this.#offer(session);
  }

  /** Where Postgres has no room for one more, whoever waits has one of those that there are when it comes free. */
  #notOpened(error: DatabaseError): void {
    if (error.code === 'OVERLOADED' && this.#sessions.size > 0) {
      this.#fullUntil = performance.now() + fullFor;
      return;
    }
    this.#waiting.refuse(error);
    this.#openForWaiting();
    this.#tellClosed();
  }

  #isRoom(): boolean {
    const isFull = this.#sessions.size > 0 && performance.now() < this.#fullUntil;
    return !isFull && this.#sessions.size + this.#opening < this.#options.max;
  }

  #release(tenant: string, session: Session): void {
    this.#offer(session);
    this.#turns.end(tenant);
  }

  async #drain(tenant: string, session: Session): Promise<void> {
    await session.drain();
    this.#release(tenant, session);
  }

  /** To whoever waits, or to whoever comes next; unless it has served its time. */
  #offer(session: Session): void {
    if (!this.#sessions.has(session)) return;
    const isWorn =
      session.uses >= recycling.maxUses ||
      session.parsedStatements > recycling.maxParsedStatements ||
      session.touchedViews > recycling.maxViews ||
      session.age > recycling.maxAge;
    if (!session.isClean || isWorn || this.#closing !== undefined) {
      this.#end(session);
      return;
    }
    if (!this.#waiting.give(session)) this.#idle.push({ session, since: performance.now() });
  }

  #openForWaiting(): void {
    if (this.#isRoom() && this.#waiting.size > this.#opening) void this.#open();
  }

  #closeIdle(before: number): void {
    const old = this.#idle.filter(({ since }) => since < before);
    this.#idle = this.#idle.filter(({ since }) => since >= before);
    for (const { session } of old) this.#end(session);
  }

  /** A session that is not whole is cut off: it would not answer a farewell. */
  #end(session: Session): void {
    session.onBroken = undefined;
    const ended = session.isClean
      ? session.end()
      : Promise.resolve(session.destroy('The session was given up'));
    // It counts until it is gone, so that there are never more connections than there may be.
    ended.catch(ignore).finally(() => this.#forget(session));
  }

  #forget(session: Session): void {
    this.#sessions.delete(session);
    this.#idle = this.#idle.filter((idle) => idle.session !== session);
    this.#openForWaiting();
    this.#tellClosed();
  }

  #tellClosed(): void {
    if (this.#sessions.size + this.#opening === 0) this.#onClosed?.();
  }
}

function closed(): DatabaseError {
  return new DatabaseError('UNAVAILABLE', 'The data plane is closed');
}

/** After a failover the address may lead there for a while. */
function standby(session: Session): DatabaseError {
  session.destroy('A standby is no use');
  return new DatabaseError('UNAVAILABLE', 'Postgres is a standby there, and nothing is read from standbys');
}

function ignore(): void {}
