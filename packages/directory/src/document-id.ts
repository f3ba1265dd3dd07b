import { createHash } from 'node:crypto';

/** Which GraphQL documents a tenant's clients may send: any; any, and each is kept; those alone that are kept. */
export const documentModes = ['off', 'record', 'enforce'] as const;
export type DocumentMode = (typeof documentModes)[number];

/** What a client names a document by: the sha256 of its text, or an id that its tools made and `add` was told. */
export interface DocumentId {
  /** A hash in lower case, or the id as it is. */
  readonly text: string;
  readonly isHash: boolean;
}

/** `sha256:<hex>` (GraphQL over HTTP), `<hex>` (Apollo), or another id; null for what can be none. */
export function parseDocumentId(text: string): DocumentId | null {
  const hash = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text)?.[1];
  if (hash !== undefined) return { text: hash.toLowerCase(), isHash: true };
  return isCustomId(text) ? { text, isHash: false } : null;
}

/** As sql/016 says it. */
function isCustomId(text: string): boolean {
  return /^[!-~]{1,200}$/.test(text) && !/^(?:sha256:)?[0-9a-f]{64}$/i.test(text);
}

/** sha256 of the text in UTF-8, in hex: what a document is kept and asked for by. */
export function hashOfDocument(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
