import { GraphQLError } from 'graphql';
import { codeRules, type ErrorCode } from './error-codes.ts';

export interface RequestErrorOptions {
  /** Beside `code` in the error's extensions. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where the code's own status is not exact enough: 405, 413, 415 … */
  readonly status?: number;
  /** Headers of the answer: `allow`, `www-authenticate` … */
  readonly headers?: Readonly<Record<string, string>>;
  readonly original?: GraphQLError;
}

/**
 * An error that refuses a whole request. Status and headers travel in `extensions.http`, where yoga looks for them;
 * neither lane shows that part to the client.
 */
export function requestError(
  code: ErrorCode,
  message: string,
  options: RequestErrorOptions = {},
): GraphQLError {
  const { status, graphql } = codeRules[code];
  // Without the nodes: they tell no more, and would keep all of the document's syntax as long as the error.
  const { source, positions, path } = options.original ?? {};
  const headers = { ...(code === 'OVERLOADED' ? { 'retry-after': '1' } : {}), ...options.headers };
  const http = {
    status: options.status ?? status,
    ...(graphql && options.status === undefined ? { spec: true } : {}),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
  };
  return new GraphQLError(message, {
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: { code, ...options.details, http },
  });
}

/** A limit was passed: says which, how far, and the setting that moves it. */
export function limitError(
  what: string,
  found: number | null,
  limit: number,
  setting: string,
  options: RequestErrorOptions = {},
): GraphQLError {
  const by = found === null ? 'more' : String(found);
  return requestError('LIMIT_EXCEEDED', `${what}: ${by} where at most ${limit} are allowed.`, {
    ...options,
    details: { limit, ...measured(limit, found), setting },
  });
}

/** How every LIMIT_EXCEEDED says what is allowed and, where it was counted, what was asked for. */
export function measured(maximum: number, actual: number | null): Readonly<Record<string, number>> {
  return actual === null ? { maximum } : { found: actual, actual, maximum };
}
