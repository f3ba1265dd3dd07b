import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { sendCancelRequest } from './cancel-request.ts';
import type { Deadline, OnExpired } from './deadline.ts';
import { DatabaseError } from './errors.ts';
import { Message, type Reply, StatementFailure } from './message.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { type Hearing, ReplyReader, type Status } from './reply-reader.ts';
import { sql } from './sql-text.ts';
import type { Statement } from './statement.ts';

/** How long, in milliseconds, a server may take to answer a cancel, or what has no deadline, before its connection is given up. */
const patience = 5_000;

/** How long, in milliseconds, a server may take to close a connection that was ended. */
const farewell = 1_000;

/** How long, in milliseconds, a connection keeps plans: a table may have grown since they were made. */
const plansHold = 10_000;

const discardPlans = sql`discard plans`;

/** What of node-postgres' connection its published types do not know. */
interface Wire {
  readonly stream: Socket;
  on(event: 'end', listener: () => void): void;
  on(event: 'parameterStatus', listener: (status: ParameterStatus) => void): void;
}

/** What the server says of itself, when a connection is made. */
interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

export type { Reply } from './message.ts';

interface Running {
  readonly message: Message;
  readonly deadline: Deadline | undefined;
  readonly onExpired: OnExpired;
  readonly settle: (reply: Reply | StatementFailure) => void;
}

/** A connection of the data plane: one message at a time, and no message while a cancel may still be on its way. */
export class Session {
  readonly #client: Client;
  readonly #wire: Wire;
  readonly #prepared: PreparedStatements;
  readonly #openedAt = performance.now();
  #plansMade = performance.now();
  #current: Running | undefined;
  /** Tells whoever cancels that the running message was answered. */
  #onSettled: (() => void) | undefined;
  /** Resolves when no further cancel request will be sent for the running message. */
  #cancel: Promise<void> | undefined;
  #status: Status = 'I';
  #broken: DatabaseError | undefined;
  #sent = 0;
  #isStandby = false;
  /** Called once, when the connection breaks, in use or not. */
  onBroken: (() => void) | undefined;

  constructor(client: Client, statementCapacity: number) {
    this.#client = client;
    this.#prepared = new PreparedStatements(statementCapacity);
    this.#wire = client.connection as unknown as Wire;
    this.#wire.on('end', () => this.#break('The connection to Postgres has ended'));
    this.#wire.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'in_hot_standby') this.#isStandby = parameterValue === 'on';
    });
    client.on('error', (error: Error) => this.#breakBy(error));
    // At once: what the server says next may come in the same turn.
    client.once('connect', () => this.#listen());
  }

  /** Whether the connection can serve another tenant: whole, outside any transaction, no cancel under way. */
  get isClean(): boolean {
    return this.#broken === undefined && this.#status === 'I' && this.#cancel === undefined && !this.#current;
  }

  /** Whether the server only follows another: what it has may be of a while ago, and nothing can be written. */
  get isStandby(): boolean {
    return this.#isStandby;
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  get inTransaction(): boolean {
    return this.#status !== 'I';
  }

  /** A cancel is under way: the session may serve nobody before it was drained. */
  get isDraining(): boolean {
    return this.#cancel !== undefined;
  }

  /** How many statements this connection was ever asked to parse: catalog memory of a backend only grows. */
  get parsedStatements(): number {
    return this.#prepared.parsed;
  }

  /** How many views it has touched. */
  get touchedViews(): number {
    return this.#prepared.views;
  }

  /** How many messages were sent. */
  get uses(): number {
    return this.#sent;
  }

  /** In milliseconds. */
  get age(): number {
    return performance.now() - this.#openedAt;
  }

  /**
   * Sends statements and one Sync. What Postgres refuses, and what the connection does not survive, is a failure that it
   * resolves with. When time ran out, the failure's error is the deadline's; an answer that was faster than the cancel is
   * an answer all the same.
   */
  send(statements: readonly Statement[], deadline?: Deadline): Promise<Reply | StatementFailure> {
    if (this.#cancel !== undefined) return this.drain().then(() => this.send(statements, deadline));
    if (deadline?.error !== undefined) return Promise.resolve(new StatementFailure(deadline.error, 0));
    const message = new Message(statements, this.#prepared);
    return deadline === undefined ? this.#exchangePatiently(message) : this.#exchange(message, deadline);
  }

  /**
   * Has plans made anew that are no longer young, before a message that relies on them. Statistics tell Postgres by
   * themselves that a plan is out of date, but a table that has just been filled has none yet. Nothing to wait for, nearly
   * always.
   */
  refreshPlans(deadline: Deadline): Promise<unknown> | undefined {
    if (performance.now() - this.#plansMade < plansHold) return undefined;
    this.#plansMade = performance.now();
    return this.send([discardPlans], deadline);
  }

  /** After a cancel: waits until it can hit nothing any more. The session may be broken afterwards. */
  async drain(): Promise<void> {
    if (this.#cancel === undefined) return;
    await this.#cancel;
    // The answer may be the cancel's error: what counts is that the connection is ready afterwards.
    await this.#exchangePatiently(new Message([], this.#prepared));
    this.#cancel = undefined;
  }

  /** Gives the connection up, whatever it is doing. */
  destroy(reason: string): void {
    this.#break(reason);
    this.#wire.stream.destroy();
  }

  /** Ends the connection as one that is idle. A server that does not answer the farewell is not waited for. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.destroy('The server did not answer a farewell'), farewell);
    await this.#client.end().finally(() => clearTimeout(timer));
  }

  /** Whoever waits for it has no time limit of his own, and would wait for ever. */
  async #exchangePatiently(message: Message): Promise<Reply | StatementFailure> {
    const timer = setTimeout(() => this.destroy('The server did not answer'), patience);
    const reply = await this.#exchange(message);
    clearTimeout(timer);
    return reply;
  }

  #exchange(message: Message, deadline?: Deadline): Promise<Reply | StatementFailure> {
    if (this.#broken !== undefined) return Promise.resolve(message.replyOf(this.#broken));
    this.#sent += 1;
    return new Promise((settle) => {
      const onExpired = (): void => {
        this.#cancel ??= this.#cancelUntilAnswered(message).then((delivered) => {
          if (!delivered) this.destroy('The server did not answer a cancel');
        });
      };
      deadline?.onExpired(onExpired);
      this.#current = { message, deadline, onExpired, settle };
      this.#wire.stream.write(message.encode(), 'latin1');
    });
  }

  /**
   * From now on what the server says is read here: node-postgres has made the connection, tells when it ends, and ends it.
   */
  #listen(): void {
    const { stream } = this.#wire;
    const reader = new ReplyReader(this.#hearing());
    stream.removeAllListeners('data');
    stream.on('data', (piece: Buffer) => {
      try {
        reader.read(piece);
      } catch (error) {
        this.destroy(`The connection to Postgres broke: ${(error as Error).message}`);
      }
    });
  }

  #hearing(): Hearing {
    return {
      parsed: () => this.#current?.message.parsed(),
      row: (row) => this.#current?.message.row(row),
      completed: (tag) => this.#current?.message.completed(tag),
      failed: (error) => {
        // To nobody in particular: the server is being shut down, or has been told to end this connection.
        if (this.#current === undefined) this.#breakBy(error);
        else this.#current.message.failed(error);
      },
      // It has swallowed the Sync, or will answer it: nobody can tell.
      copying: () => this.destroy('COPY is not for the data plane'),
      ready: (status) => {
        this.#status = status;
        this.#settle();
      },
    };
  }

  /** `broken`: why the server will not answer the Sync. */
  #settle(broken?: DatabaseError): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    const { message, deadline, onExpired, settle } = current;
    deadline?.offExpired(onExpired);
    settle(message.replyOf(broken, deadline?.error));
    this.#onSettled?.();
  }

  /** Once more and again until the answer is there: a cancel that overtakes its message finds nothing to cancel. */
  async #cancelUntilAnswered(message: Message): Promise<boolean> {
    const giveUp = Date.now() + patience;
    const answered = new Promise<void>((resolve) => {
      this.#onSettled = resolve;
    });
    for (let pause = 10; this.#current?.message === message; pause *= 2) {
      if (Date.now() > giveUp || !(await sendCancelRequest(this.#client, patience))) return false;
      await Promise.race([answered, sleep(pause)]);
    }
    return true;
  }

  #breakBy({ message }: Error): void {
    this.#break(`The connection to Postgres broke: ${message}`);
  }

  #break(reason: string): void {
    const isNew = this.#broken === undefined;
    this.#broken ??= new DatabaseError('UNAVAILABLE', reason);
    this.#settle(this.#broken);
    if (isNew) this.onBroken?.();
  }
}
