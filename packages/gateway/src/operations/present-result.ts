import type { ExecutionResult, GraphQLError } from 'graphql';
import type { ErrorCode } from '../error-codes.ts';
import type { Logger } from '../log.ts';
import { presentErrors } from '../present-errors.ts';
import { requestError } from '../request-error.ts';

/**
 * How often an operation is begun before the tenant's changes win. Taking a name away moves a tenant twice within moments: when
 * it is marked, and when it goes.
 */
export const attempts = 4;

/** An execution's result as the client may see it, and with a status of its own where nothing came of it. */
export function presentResult(result: ExecutionResult, log: Logger): ExecutionResult {
  if (!result.errors) return result;
  const errors = presentErrors(result.errors, log);
  // Variables that do not fit: nothing was executed.
  if (!('data' in result)) return { errors: errors.map(asRequestError) };
  const failed = errors.every((error) => wholeFailures.has(String(error.extensions.code)));
  return { ...result, errors: failed && isEmpty(result.data) ? errors.map(asRequestError) : errors };
}

const wholeFailures = new Set(['OVERLOADED', 'TIMEOUT']);

function isEmpty(data: ExecutionResult['data']): boolean {
  return Object.values(data ?? {}).every((value) => value === null);
}

function asRequestError(error: GraphQLError): GraphQLError {
  const { code, http: _, ...details } = error.extensions;
  return requestError(code as ErrorCode, error.message, { details, original: error });
}
