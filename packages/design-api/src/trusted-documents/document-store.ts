/** The trusted documents of one tenant, as the gateway lends them; the room directory keeps them. */
export interface DocumentStore {
  /** Documents at most. */
  readonly limit: number;
  readonly largest: LargestDocument;
  read(): Promise<{ readonly mode: DocumentMode; readonly count: number }>;
  list(page: { readonly first: number; readonly after: string }): Promise<readonly StoredDocument[]>;
  setMode(mode: DocumentMode): Promise<unknown>;
  /** All or none. `index` is a place in the list, or -1 for what is about all of them. */
  add(
    documents: readonly NamedDocument[],
  ): Promise<
    | { readonly added: number; readonly known: number; readonly problems: null }
    | { readonly problems: readonly { readonly index: number; readonly message: string }[] }
  >;
  /** Gives the hashes of those that were there. */
  remove(ids: readonly string[]): Promise<readonly string[]>;
}

/** Of one document at most: a larger one would never run. */
export interface LargestDocument {
  /** Characters. */
  readonly maxDocument: number;
  readonly maxTokens: number;
}

export type DocumentMode = 'off' | 'record' | 'enforce';

/** A document that somebody wants to be trusted. */
export interface GivenDocument {
  readonly document: string;
  /** What the client's tools call it; null: its hash is enough. */
  readonly id: string | null;
}

export interface NamedDocument extends GivenDocument {
  readonly name: string;
}

export interface StoredDocument {
  readonly hash: string;
  readonly name: string;
  readonly document: string;
  readonly ids: readonly string[];
  readonly isRecorded: boolean;
  readonly recordedAt: Date;
  readonly recordedBy: string;
}
