import type { Connection, Submittable } from 'pg';
import { type DatabaseError, toDatabaseError } from './errors.ts';
import type { PreparationPlan, PreparedStatements } from './prepared-statements.ts';
import type { Row, Statement } from './statement.ts';
import { encode, type Frame } from './wire.ts';

/** What of node-postgres' connection its published types do not know. */
interface Wire {
  readonly stream: { write(bytes: Buffer): void };
  sendCopyFail(reason: string): void;
}

/** A statement that failed, and where it stood in its message. */
export class StatementFailure {
  readonly error: DatabaseError;
  readonly index: number;
  /** Rows of the statements before it. */
  readonly results: readonly (readonly Row[])[];

  constructor(error: DatabaseError, index: number, results: readonly (readonly Row[])[] = []) {
    this.error = error;
    this.index = index;
    this.results = results;
  }
}

/**
 * Several statements and one Sync: one round trip and, outside a transaction block, one implicit transaction.
 *
 * node-postgres takes it for a query (its `Submittable` interface). It hears of an error through `handleError` and
 * then never through `handleReadyForQuery`; so what ends a message is told by the session, which listens itself.
 */
export class Message implements Submittable {
  readonly #statements: readonly Statement[];
  readonly #prepared: PreparedStatements;
  readonly #plan: PreparationPlan;
  /** Statements whose ParseComplete is still to come, in order. */
  readonly #parsing: { readonly text: string; readonly name: string }[] = [];
  readonly #results: Row[][] = [];
  #rows: Row[] = [];
  #error: DatabaseError | undefined;
  /** Command tag of the last statement that completed. */
  tag = '';

  constructor(statements: readonly Statement[], prepared: PreparedStatements) {
    this.#statements = statements;
    this.#prepared = prepared;
    this.#plan = prepared.plan(statements.map(({ text }) => text));
  }

  /** What came of it, once the connection is ready again. */
  get outcome(): readonly (readonly Row[])[] | StatementFailure {
    return this.#error === undefined
      ? this.#results
      : new StatementFailure(this.#error, this.#results.length, this.#results);
  }

  get error(): DatabaseError | undefined {
    return this.#error;
  }

  submit(connection: Connection): void {
    // First, so that no failing statement can make the server skip them.
    const frames: Frame[] = this.#plan.close.map((name) => ({ kind: 'close', name }));
    this.#plan.preparations.forEach(({ name, parse }, index) => {
      const { text, values } = this.#statements[index] as Statement;
      if (parse) {
        this.#parsing.push({ text, name });
        frames.push({ kind: 'parse', name, text });
      }
      frames.push({ kind: 'run', name, values });
    });
    (connection as unknown as Wire).stream.write(encode(frames));
  }

  handleParseComplete(): void {
    const parsed = this.#parsing.shift();
    if (parsed !== undefined) this.#prepared.confirm(parsed.text, parsed.name);
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#rows.push(message.fields);
  }

  handleCommandComplete(message: { text: string }): void {
    this.tag = message.text;
    this.#results.push(this.#rows);
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleError(error: unknown): void {
    this.#error ??= toDatabaseError(error);
    if (this.#error.sqlstate === '26000') this.#prepared.forget();
  }

  handleCopyInResponse(connection: Connection): void {
    (connection as unknown as Wire).sendCopyFail('COPY is not for the data plane');
  }

  handleCopyData(): void {}
  handleRowDescription(): void {}
  handlePortalSuspended(): void {}
  handleReadyForQuery(): void {}
}
