import { randomUUID } from 'node:crypto';
import { DatabaseError, type DatabaseErrorCode } from '@formwork/pg';
import { type ReadLimits, RecordError, refusalOf } from '@formwork/records';
import { GraphQLError } from 'graphql';
import { type ErrorCode, isErrorCode } from './error-codes.ts';
import type { Logger } from './log.ts';
import { measured, requestError } from './request-error.ts';
import { settings } from './settings.ts';

interface Presentation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Errors as a client may see them: those it can act on with their code, all others masked, with an id that stands in
 * the log beside the cause. Messages of Postgres and of libraries never pass: they would show SQL.
 */
export function presentErrors(errors: readonly GraphQLError[], log: Logger): readonly GraphQLError[] {
  return errors.map((error) => {
    const cause = causeOf(error);
    const { code, message, details } = cause === null ? refused(error) : presentCause(cause, log);
    return new GraphQLError(message, {
      nodes: error.nodes ?? null,
      source: error.source ?? null,
      positions: error.positions ?? null,
      path: error.path ?? null,
      // Keeps what a request error says about status; of others there is nothing to keep.
      extensions: { ...(cause === null ? error.extensions : {}), code, ...details },
    });
  });
}

/** The settings of the limits that `records` is given. */
const settingOf: ReadonlyMap<unknown, string> = new Map<keyof ReadLimits, string>([
  ['largestPage', settings.maxPage.name],
  ['nodes', settings.maxPage.name],
  ['writes', settings.maxBatch.name],
]);

function detailsOf({ code, details: { limitOf, ...details } }: RecordError): Presentation['details'] {
  const { limit, found } = details;
  if (code !== 'LIMIT_EXCEEDED' || typeof limit !== 'number') return details;
  const setting = settingOf.get(limitOf);
  return {
    ...details,
    ...measured(limit, typeof found === 'number' ? found : null),
    ...(setting !== undefined && { setting }),
  };
}

/** An error from outside an operation, as `presentErrors` does it. */
function presentCause(cause: unknown, log: Logger): Presentation {
  if (cause instanceof RecordError)
    return { code: cause.code, message: cause.message, details: detailsOf(cause) };
  if (cause instanceof DatabaseError) {
    const known = cause.sqlstate === tenantIsGone ? unauthenticatedTenant : databaseCodes[cause.code];
    if (known !== undefined) return { ...known, details: {} };
    const refusal = refusalOf(cause);
    if (refusal !== null) return presentCause(refusal, log);
  }
  const id = randomUUID();
  log.error({ errorId: id, err: cause }, 'unexpected error');
  return {
    code: 'INTERNAL',
    message: `${whatHappened(cause)} The log has it under the id "${id}".`,
    details: { id },
  };
}

function whatHappened(cause: unknown): string {
  // Not "try again": a client that does so by itself would do twice what was done.
  if (cause instanceof DatabaseError && cause.code === 'OUTCOME_UNKNOWN')
    return 'The connection to the database broke before it said whether this was done: look before you send it again.';
  return 'Something went wrong on our side.';
}

/** Whatever ended a whole request, as the client may see it. */
export function toRequestError(error: unknown, log: Logger): GraphQLError {
  if (error instanceof GraphQLError && error.originalError === undefined) return error;
  const { code, message, details } = presentCause(error, log);
  return requestError(code, message, { details });
}

/** What was thrown, below the wrappings of graphql-js; null when graphql-js itself refused the request. */
export function causeOf(error: GraphQLError): unknown {
  let inner: unknown = error;
  while (inner instanceof GraphQLError) {
    if (inner.originalError === undefined) return null;
    inner = inner.originalError;
  }
  return inner;
}

/** Refused by graphql-js: a variable, an argument; its sentences are made for clients. */
function refused(error: GraphQLError): Presentation {
  const code = isErrorCode(error.extensions.code) ? error.extensions.code : 'BAD_USER_INPUT';
  return { code, message: error.message, details: {} };
}

/** "There is no such tenant": it was deleted, and its keys with it. */
const tenantIsGone = 'FW002';
const unauthenticatedTenant = {
  code: 'UNAUTHENTICATED',
  message: 'The tenant of this API key does not exist any more.',
} as const;

/** Those of the database's errors that a client can act on. The others are ours to repair. */
const databaseCodes: Partial<Record<DatabaseErrorCode, Omit<Presentation, 'details'>>> = {
  TIMEOUT: { code: 'TIMEOUT', message: 'The request took longer than it may. Ask for less at once.' },
  CANCELLED: { code: 'TIMEOUT', message: 'The request was cancelled.' },
  OVERLOADED: {
    code: 'OVERLOADED',
    message: 'Too many requests wait for the database. Try again in a moment.',
  },
  UNAVAILABLE: {
    code: 'OVERLOADED',
    message: 'The database cannot be reached just now. Try again in a moment.',
  },
  CONFLICT: { code: 'CONFLICT', message: 'Other writes were in the way three times in a row. Try again.' },
  SCHEMA_CHANGED: {
    code: 'SCHEMA_CHANGED',
    message: 'The schema changed while the request ran, more than once; nothing was applied. Try again.',
  },
  BAD_INPUT: {
    code: 'BAD_USER_INPUT',
    message: 'A value holds a character that cannot be stored (NUL, or half of a surrogate pair).',
  },
};
