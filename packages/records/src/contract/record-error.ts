/** Codes of README's table that come from records. */
export type RecordErrorCode =
  | 'VALIDATION_FAILED'
  | 'UNIQUE_VIOLATION'
  | 'LINK_NOT_FOUND'
  | 'DELETE_RESTRICTED'
  | 'ILLEGAL_TRANSITION'
  | 'VERSION_CONFLICT'
  | 'CONFLICT'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'LIMIT_EXCEEDED'
  | 'BAD_USER_INPUT'
  | 'SCHEMA_CHANGED';

/**
 * An error that a client can act on. `details` go into the GraphQL error's extensions beside `code`; of a limit that can be moved
 * `limitOf` says which of `ReadLimits` it is, for whoever knows how it is set.
 */
export class RecordError extends Error {
  readonly code: RecordErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /**
   * A race was lost to another writer: another attempt at the whole transaction will either succeed or know what is
   * in the way. After a few attempts the error is shown as it is.
   */
  readonly retry: boolean;

  constructor(
    code: RecordErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options: { readonly retry?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'RecordError';
    this.code = code;
    this.details = details;
    this.retry = options.retry ?? false;
  }
}
