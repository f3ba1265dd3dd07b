import { type DocumentId, parseDocumentId } from '@formwork/directory';
import { requestError } from '../request-error.ts';

/** What a client names a document by, instead of sending it or beside it. */
export interface SentDocumentId extends DocumentId {
  /** By Apollo's protocol, whose clients send the text too when they hear that it is not known. */
  readonly isAutomatic: boolean;
}

type Params = Readonly<Record<string, unknown>>;

/**
 * The id among the parameters of a request: `documentId` (GraphQL over HTTP, "Persisted Documents"),
 * `extensions.persistedQuery` (Apollo), or `doc_id` where there is no text (Relay); null where there is none.
 */
export function readDocumentId(params: Params): SentDocumentId | null {
  const named = readNamed(params);
  const hashed = readPersistedQuery(params.extensions);
  if (named !== null && hashed !== null && named.text !== hashed.text) {
    throw requestError(
      'BAD_REQUEST',
      '"documentId" and "extensions.persistedQuery" name two documents. Send one.',
    );
  }
  return named ?? hashed;
}

function readNamed({ documentId, doc_id: relayId, query }: Params): SentDocumentId | null {
  if (documentId !== undefined && documentId !== null) return parse('documentId', documentId, false);
  const isAlone = (query === undefined || query === null) && typeof relayId === 'string';
  return isAlone ? parse('doc_id', relayId, false) : null;
}

function readPersistedQuery(extensions: unknown): SentDocumentId | null {
  const { persistedQuery } = (extensions ?? {}) as Params;
  if (persistedQuery === undefined || persistedQuery === null) return null;
  const { sha256Hash, version } = persistedQuery as Params;
  if (version !== undefined && version !== 1) {
    throw requestError('BAD_REQUEST', '"extensions.persistedQuery.version" is not 1, the one that is known.');
  }
  return parse('extensions.persistedQuery.sha256Hash', sha256Hash, true);
}

function parse(name: string, value: unknown, isAutomatic: boolean): SentDocumentId {
  const parsed = typeof value === 'string' ? parseDocumentId(value) : null;
  if (parsed !== null) return { ...parsed, isAutomatic };
  throw requestError(
    'BAD_REQUEST',
    `"${name}" is no id of a document. It must be a string such as "sha256:<64 hexadecimal digits>", of at most 200 characters, without spaces.`,
  );
}
