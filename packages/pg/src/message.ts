import { type DatabaseError, toDatabaseError } from './errors.ts';
import type { PreparationPlan, PreparedStatements } from './prepared-statements.ts';
import type { ServerError } from './reply-reader.ts';
import type { Row, Statement } from './statement.ts';
import { encode, type Frame } from './wire.ts';

/** Rows of each statement. */
export interface Reply {
  readonly results: readonly (readonly Row[])[];
  /** Command tag of the last statement: the answer to COMMIT has to be `COMMIT`. */
  readonly tag: string;
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

/** Several statements and one Sync: one round trip and, outside a transaction block, one implicit transaction. */
export class Message implements Reply {
  readonly #statements: readonly Statement[];
  readonly #prepared: PreparedStatements;
  readonly #plan: PreparationPlan;
  /** Statements whose ParseComplete is still to come, in order. */
  readonly #parsing: { readonly text: string; readonly name: string }[] = [];
  readonly results: Row[][] = [];
  #rows: Row[] = [];
  #error: DatabaseError | undefined;
  tag = '';

  constructor(statements: readonly Statement[], prepared: PreparedStatements) {
    this.#statements = statements;
    this.#prepared = prepared;
    this.#plan = prepared.plan(statements.map(({ text }) => text));
  }

  /**
   * What came of it, once the connection is ready again; or, where it is `broken`, never will be. `expired`: the error of a
   * deadline that has passed, which counts where there is none of a statement.
   */
  replyOf(broken?: DatabaseError, expired?: DatabaseError): Reply | StatementFailure {
    const failure = this.#error ?? broken;
    if (failure === undefined) return this;
    return this.#error === undefined
      ? new StatementFailure(expired ?? failure, 0)
      : new StatementFailure(expired ?? failure, this.results.length, this.results);
  }

  /** As it goes over the wire, each character a byte; asked for once. */
  encode(): string {
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
    return encode(frames);
  }

  parsed(): void {
    const parsed = this.#parsing.shift();
    if (parsed !== undefined) this.#prepared.confirm(parsed.text, parsed.name);
  }

  row(row: Row): void {
    this.#rows.push(row);
  }

  completed(tag: string): void {
    this.tag = tag;
    this.results.push(this.#rows);
    this.#rows = [];
  }

  failed(error: ServerError): void {
    this.#error ??= toDatabaseError(error);
    if (this.#error.sqlstate === '26000') this.#prepared.forget();
  }
}
