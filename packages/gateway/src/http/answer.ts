import { GraphQLError } from 'graphql';
import type { TextResult } from '../operations/introspection.ts';
import type { MediaType } from './accept.ts';

/** What goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

interface HttpHints {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly spec?: boolean;
}

/**
 * A GraphQL result as HTTP, by the rules that yoga follows: the conformance suite holds the two to the same bytes.
 * What an error says in `extensions.http` decides the status, except that GraphQL's own refusals are 200 for those
 * who ask for `application/json`.
 */
export function answerResult(result: TextResult, media: MediaType): Answer {
  const { errors } = result;
  if (errors === undefined) return { status: 200, headers: mediaHeaders[media], body: stringify(result) };
  const headers: Record<string, string> = { ...mediaHeaders[media] };
  let status = 0;
  for (const { http } of errors.map(({ extensions }) => extensions as { http?: HttpHints })) {
    Object.assign(headers, http?.headers);
    if (!(media === 'application/json' && http?.spec)) status = Math.max(status, http?.status ?? 0);
  }
  return { status: status === 0 ? 200 : status, headers, body: stringify(result) };
}

/** The same objects each time: what is made of headers is remembered by them. */
const mediaHeaders: Readonly<Record<MediaType, Answer['headers']>> = {
  'application/json': { 'content-type': 'application/json; charset=utf-8' },
  'application/graphql-response+json': {
    'content-type': 'application/graphql-response+json; charset=utf-8',
  },
};

export function answerError(error: GraphQLError, media: MediaType): Answer {
  return answerResult({ errors: [error] }, media);
}

function stringify(result: TextResult): string {
  if (result.stringify) return result.stringify();
  const { stringify: _, ...shown } = result;
  return JSON.stringify(result.errors ? { ...shown, errors: result.errors.map(withoutHttp) } : shown);
}

function withoutHttp(error: GraphQLError): GraphQLError {
  const { http: _, ...extensions } = error.extensions;
  const { nodes, source, positions, path, message } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  });
}
