/** What went wrong, for whoever decides what to do about it. Every error of this room carries one of these. */
export type DatabaseErrorCode =
  /** The budget ran out, or the server's own time limit. */
  | 'TIMEOUT'
  /** The caller's AbortSignal fired. */
  | 'CANCELLED'
  /** No connection came free in time, or too many callers wait already. */
  | 'OVERLOADED'
  /** Deadlock or serialization failure, three times in a row. */
  | 'CONFLICT'
  /** The tenant's registry is not at the version that the write was made for. */
  | 'SCHEMA_CHANGED'
  /** A parameter that no Postgres text can hold. */
  | 'BAD_INPUT'
  /** The connection broke, or none could be made. */
  | 'UNAVAILABLE'
  /** The connection broke when the commit had been sent: nobody knows whether it was done. */
  | 'OUTCOME_UNKNOWN'
  /** Postgres refused the statement: `sqlstate` says why. */
  | 'DATABASE';

/** Fields of Postgres' ErrorResponse; null where the server sent none (under RLS it leaves out much). */
export interface ServerReport {
  readonly sqlstate: string | null;
  readonly constraint: string | null;
  readonly table: string | null;
  readonly column: string | null;
  /** For our own SQLSTATEs (class FW) the parsed JSON of the server's DETAIL, else its text. */
  readonly detail: unknown;
}

const silence: ServerReport = { sqlstate: null, constraint: null, table: null, column: null, detail: null };

export class DatabaseError extends Error implements ServerReport {
  readonly code: DatabaseErrorCode;
  readonly sqlstate: string | null;
  readonly constraint: string | null;
  readonly table: string | null;
  readonly column: string | null;
  readonly detail: unknown;

  constructor(
    code: DatabaseErrorCode,
    message: string,
    options: { readonly report?: ServerReport; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'DatabaseError';
    this.code = code;
    const report = options.report ?? silence;
    this.sqlstate = report.sqlstate;
    this.constraint = report.constraint;
    this.table = report.table;
    this.column = report.column;
    this.detail = report.detail;
  }
}

/** The registry moved between planning and writing (FW001): read it again, plan again. Nothing was written. */
export class SchemaChangedError extends DatabaseError {
  readonly expected: number;
  readonly actual: number;

  constructor(message: string, report: ServerReport, cause: unknown) {
    super('SCHEMA_CHANGED', message, { report, cause });
    this.name = 'SchemaChangedError';
    const { expected, actual } = (report.detail ?? {}) as { expected?: number; actual?: number };
    this.expected = expected ?? 0;
    this.actual = actual ?? 0;
  }
}

/** What became of a commit that `error` is the answer to. `isBroken`: there was none, even where `error` says that time was up. */
export function failedCommit(error: DatabaseError, isBroken: boolean): DatabaseError {
  if (!isBroken && error.code !== 'UNAVAILABLE') return error;
  return new DatabaseError('OUTCOME_UNKNOWN', `Nobody knows whether it was committed. ${error.message}`, {
    cause: error,
  });
}

/** Postgres could not be found, started or made ready. The message says what to do. */
export class SetupError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'SetupError';
  }
}

/** SQLSTATEs that mean something to us beyond "refused". Classes (two characters) stand behind whole states. */
const codes: Readonly<Record<string, DatabaseErrorCode>> = {
  '57014': 'TIMEOUT', // query_canceled: statement_timeout, or our own cancel (whoever sent it says so instead)
  '25P03': 'TIMEOUT', // idle_in_transaction_session_timeout
  '25P04': 'TIMEOUT', // transaction_timeout
  '40001': 'CONFLICT',
  '40P01': 'CONFLICT',
  '55P03': 'CONFLICT',
  '53300': 'OVERLOADED', // too_many_connections
  FW001: 'SCHEMA_CHANGED',
  '08': 'UNAVAILABLE',
  '57P': 'UNAVAILABLE', // shutting down, starting up, terminated by an administrator
};

/** Any driver's error as ours; ours come back as they are. */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const fields = (error ?? {}) as Readonly<Record<string, unknown>>;
  // Where every address of a host refuses, Node's error has a code and no message. (Asked for by their fields, for
  // `instanceof Error` is false for Node's own errors under Jest.)
  const message = (textOf(fields.message) ?? String(error)) || String(fields.code);
  const sqlstate = typeof fields.severity === 'string' ? textOf(fields.code) : null;
  if (sqlstate === null) return new DatabaseError('UNAVAILABLE', message, { cause: error });
  const report: ServerReport = {
    sqlstate,
    // node-postgres says `table`, postgres.js `table_name`.
    constraint: textOf(fields.constraint ?? fields.constraint_name),
    table: textOf(fields.table ?? fields.table_name),
    column: textOf(fields.column ?? fields.column_name),
    detail: parseDetail(sqlstate, textOf(fields.detail)),
  };
  if (sqlstate === 'FW001') return new SchemaChangedError(message, report, error);
  const code = codes[sqlstate] ?? codes[sqlstate.slice(0, 3)] ?? codes[sqlstate.slice(0, 2)] ?? 'DATABASE';
  return new DatabaseError(code, message, { report, cause: error });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function parseDetail(sqlstate: string, detail: string | null): unknown {
  if (detail === null || !sqlstate.startsWith('FW')) return detail;
  try {
    return JSON.parse(detail);
  } catch {
    return detail;
  }
}
