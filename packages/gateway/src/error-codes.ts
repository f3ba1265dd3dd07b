/** What a code means over HTTP when nothing of the request was carried out; errors inside `data` leave the status 200. */
interface CodeRule {
  readonly status: number;
  /**
   * The request was well-formed HTTP, and only its GraphQL was refused. GraphQL over HTTP wants 200 for these where
   * the client asked for `application/json`, and the status where it asked for `application/graphql-response+json`.
   */
  readonly graphql: boolean;
}

/** The one table of codes. The README says what each means to a client. */
export const codeRules = {
  BAD_REQUEST: { status: 400, graphql: false },
  GRAPHQL_PARSE_FAILED: { status: 400, graphql: true },
  GRAPHQL_VALIDATION_FAILED: { status: 400, graphql: true },
  OPERATION_RESOLUTION_FAILURE: { status: 400, graphql: true },
  PERSISTED_QUERY_NOT_FOUND: { status: 400, graphql: true },
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 400, graphql: true },
  DOCUMENT_NOT_TRUSTED: { status: 403, graphql: false },
  BAD_USER_INPUT: { status: 400, graphql: true },
  VALIDATION_FAILED: { status: 400, graphql: true },
  UNIQUE_VIOLATION: { status: 409, graphql: true },
  LINK_NOT_FOUND: { status: 400, graphql: true },
  DELETE_RESTRICTED: { status: 409, graphql: true },
  ILLEGAL_TRANSITION: { status: 409, graphql: true },
  VERSION_CONFLICT: { status: 409, graphql: true },
  CONFLICT: { status: 409, graphql: true },
  SCHEMA_CHANGED: { status: 409, graphql: true },
  REGISTRY_BROKEN: { status: 500, graphql: false },
  NOT_FOUND: { status: 404, graphql: true },
  UNAUTHENTICATED: { status: 401, graphql: false },
  FORBIDDEN: { status: 403, graphql: false },
  LIMIT_EXCEEDED: { status: 400, graphql: true },
  TIMEOUT: { status: 504, graphql: false },
  OVERLOADED: { status: 503, graphql: false },
  INTERNAL: { status: 500, graphql: false },
} as const satisfies Readonly<Record<string, CodeRule>>;

export type ErrorCode = keyof typeof codeRules;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(codeRules, code);
}
