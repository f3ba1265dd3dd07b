import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { sendCancelRequest } from './cancel-request.ts';
import type { Deadline } from './deadline.ts';
import { DatabaseError } from './errors.ts';
import { Message, StatementFailure } from './message.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { sql } from './sql-text.ts';
import type { Row, Statement } from './statement.ts';

/** How long, in milliseconds, a server may take to answer a cancel before its connection is given up. */
const patience = 5_000;

/** How long, in milliseconds, a connection keeps plans: a table may have grown since they were made. */
const plansHold = 10_000;

const discardPlans = sql`discard plans`;

/** Transaction status as ReadyForQuery tells it: idle, in a transaction block, in a failed one. */
type Status = 'I' | 'T' | 'E';

export interface Reply {
  readonly results: readonly (readonly Row[])[];
  /** Command tag of the last statement: the answer to COMMIT has to be `COMMIT`. */
  readonly tag: string;
}

interface Listenable {
  on(event: 'parseComplete' | 'end', listener: () => void): void;
  on(event: 'readyForQuery', listener: (message: { status: Status }) => void): void;
}

interface Running {
  readonly message: Message;
  /** With whether the server has answered the Sync; if not, the connection is broken. */
  readonly settle: (answered: boolean) => void;
}

/** A connection of the data plane: one message at a time, and no message while a cancel may still be on its way. */
export class Session {
  readonly #client: Client;
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
  /** Called once, when the connection breaks, in use or not. */
  onBroken: (() => void) | undefined;

  constructor(client: Client, statementCapacity: number) {
    this.#client = client;
    this.#prepared = new PreparedStatements(statementCapacity);
    const connection = client.connection as unknown as Listenable;
    connection.on('parseComplete', () => this.#current?.message.handleParseComplete());
    connection.on('readyForQuery', ({ status }) => {
      this.#status = status;
      this.#settle(true);
    });
    connection.on('end', () => this.#break('The connection to Postgres has ended'));
    client.on('error', (error: Error) => this.#break(`The connection to Postgres broke: ${error.message}`));
  }

  /** Whether the connection can serve another tenant: whole, outside any transaction, no cancel under way. */
  get isClean(): boolean {
    return this.#broken === undefined && this.#status === 'I' && this.#cancel === undefined && !this.#current;
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
   * Sends statements and one Sync; never rejects. When time ran out, the failure's error is the deadline's; an answer
   * that was faster than the cancel is an answer all the same.
   */
  async send(statements: readonly Statement[], deadline?: Deadline): Promise<Reply | StatementFailure> {
    if (this.#cancel !== undefined) await this.drain();
    if (deadline?.error !== undefined) return new StatementFailure(deadline.error, 0);
    const message = new Message(statements, this.#prepared);
    const stopListening = deadline?.onExpired(() => {
      this.#cancel ??= this.#cancelUntilAnswered(message).then((delivered) => {
        if (!delivered) this.destroy('The server did not answer a cancel');
      });
    });
    const answered = await this.#exchange(message);
    stopListening?.();
    const { outcome } = message;
    if (answered && !(outcome instanceof StatementFailure)) return { results: outcome, tag: message.tag };
    const error = (deadline?.error ?? message.error ?? this.#broken) as DatabaseError;
    return outcome instanceof StatementFailure
      ? new StatementFailure(error, outcome.index, outcome.results)
      : new StatementFailure(error, 0);
  }

  /**
   * Has plans made anew that are no longer young, before a message that relies on them. Statistics tell Postgres by
   * themselves that a plan is out of date, but a table that has just been filled has none yet.
   */
  async refreshPlans(): Promise<void> {
    if (performance.now() - this.#plansMade < plansHold) return;
    this.#plansMade = performance.now();
    await this.send([discardPlans]);
  }

  /** After a cancel: waits until it can hit nothing any more. Never rejects; the session may be broken afterwards. */
  async drain(): Promise<void> {
    if (this.#cancel === undefined) return;
    await this.#cancel;
    const timer = setTimeout(() => this.destroy('The server did not answer after a cancel'), patience);
    // The answer may be the cancel's error: what counts is that the connection is ready afterwards.
    await this.#exchange(new Message([], this.#prepared));
    clearTimeout(timer);
    this.#cancel = undefined;
  }

  /** Gives the connection up, whatever it is doing. */
  destroy(reason: string): void {
    this.#break(reason);
    this.#client.connection.stream.destroy();
  }

  /** Ends the connection as one that is idle. */
  async end(): Promise<void> {
    await this.#client.end();
  }

  #exchange(message: Message): Promise<boolean> {
    if (this.#broken !== undefined) return Promise.resolve(false);
    this.#sent += 1;
    const answered = new Promise<boolean>((settle) => {
      this.#current = { message, settle };
    });
    this.#client.query(message);
    return answered;
  }

  #settle(answered: boolean): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.settle(answered);
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

  #break(reason: string): void {
    const isNew = this.#broken === undefined;
    this.#broken ??= new DatabaseError('UNAVAILABLE', reason);
    this.#settle(false);
    if (isNew) this.onBroken?.();
  }
}
