import { findDocument, hashOfDocument } from '@formwork/directory';
import { Cache, type Memory } from '@formwork/records';
import { type GraphQLSchema, getOperationAST } from 'graphql';
import { canDesign } from '../access/roles.ts';
import { isIntrospection } from '../operations/introspection.ts';
import type { OperationParams } from '../operations/prepare.ts';
import { requestError } from '../request-error.ts';
import { textBytes } from '../tenants/sizes.ts';
import type { Visit } from '../visit.ts';
import type { SentDocumentId } from './sent-document-id.ts';

/** What stands for the schema a document is looked at with, where that has to be. */
interface Seen {
  readonly schema: GraphQLSchema;
  readonly shape: string;
}

/**
 * Which document a request means, and whether it may run. Texts are remembered for one access version of their tenant:
 * whatever is removed, and every change of the mode, raises it, and every request proves the one that it ran on.
 */
export class TrustedDocuments {
  readonly #texts: Cache<string, string>;

  constructor(memory: Memory) {
    this.#texts = new Cache(memory, textBytes);
  }

  /** The text of a document that may run, sent or asked for. @throws what says why there is none */
  async textOf(visit: Visit, params: OperationParams, seen: Seen): Promise<string> {
    const { query, documentId } = params;
    if (documentId !== null && query === '') return this.#named(visit, documentId);
    if (documentId !== null) await this.#assertSame(visit, documentId, query);
    if (visit.caller.tenant.documentMode !== 'enforce') return query;
    // Longer than any may be, and refused for it: not worth a hash of megabytes.
    if (query.length > visit.services.options.maxDocument) return query;
    const hash = hashOfDocument(query);
    if ((await this.#find(visit, { text: hash, isHash: true })) === query) return query;
    if (canDesign(visit.caller.role) && asksForSchema(visit, params, seen)) return query;
    throw notTrusted(hash);
  }

  /** A text that its tenant records: from now on it can be asked for here by its hash. */
  keep(visit: Visit, hash: string, text: string): void {
    const { id, accessVersion } = visit.caller.tenant;
    this.#texts.set(keyOf(id, accessVersion, hash), text);
  }

  get size(): number {
    return this.#texts.size;
  }

  async #named(visit: Visit, id: SentDocumentId): Promise<string> {
    const text = await this.#find(visit, id);
    if (text !== null) return text;
    throw id.isAutomatic && visit.caller.tenant.documentMode === 'off' ? notSupported() : notFound();
  }

  async #assertSame(visit: Visit, id: SentDocumentId, query: string): Promise<void> {
    const isTooLong = query.length > visit.services.options.maxDocument;
    if (isTooLong) return;
    const isSame = id.isHash
      ? hashOfDocument(query) === id.text
      : ((await this.#find(visit, id)) ?? query) === query;
    if (isSame) return;
    throw requestError(
      'BAD_REQUEST',
      'The document is not the one that its id stands for. Send the right id, or only one of the two.',
    );
  }

  async #find(visit: Visit, id: Pick<SentDocumentId, 'text' | 'isHash'>): Promise<string | null> {
    const { id: tenantId, accessVersion } = visit.caller.tenant;
    const known = this.#texts.get(keyOf(tenantId, accessVersion, id.text));
    if (known !== undefined) return known;
    const found = await findDocument(visit.services.dataPlane, tenantId, id, visit.batchOptions());
    if (found.text !== null) this.#texts.set(keyOf(tenantId, found.accessVersion, id.text), found.text);
    return found.text;
  }
}

function keyOf(tenantId: string, accessVersion: number, id: string): string {
  return `${tenantId} ${accessVersion} ${id}`;
}

/** A question about the schema and nothing else: designers' tools ask it, who read the design anyway. */
function asksForSchema(
  visit: Visit,
  { query, operationName }: OperationParams,
  { schema, shape }: Seen,
): boolean {
  if (!/\b__(?:schema|type)\b/.test(query)) return false;
  const { document } = visit.services.documents.check(schema, shape, query);
  const operation = document && getOperationAST(document, operationName);
  return !!operation && isIntrospection(document, operation);
}

function notTrusted(hash: string) {
  return requestError(
    'DOCUMENT_NOT_TRUSTED',
    'This tenant runs trusted documents alone, and this is none of them. Send one that is, or have it added: ' +
      'by "formwork documents add", or by addTrustedDocuments of /design.',
    { details: { documentId: `sha256:${hash}` } },
  );
}

/** Apollo's and urql's clients know these by their messages, and send the text then. */
function notFound() {
  return requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', {
    details: { hint: 'The tenant trusts no document of this id. Send its text, or have it added.' },
  });
}

function notSupported() {
  return requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported', {
    details: { hint: 'The tenant does not record documents. Send their texts.' },
  });
}
