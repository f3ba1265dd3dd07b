import type { EntityDocument, FieldDocument, KeyDocument, RegistryDocument } from './document.ts';
import type { DraftRole } from './roles/read-roles.ts';

/**
 * What could be read of a document, with the places it came from. Whatever had a key is in here even if the rest of
 * it is wrong, so that one mistake does not make others out of what refers to it.
 */
export interface Draft {
  readonly schema: string | undefined;
  readonly entities: readonly DraftEntity[];
  readonly roles: readonly DraftRole[];
}

export interface DraftEntity {
  readonly path: string;
  readonly key: string;
  /** False where the key is wrong or used twice: nothing is derived from it then. */
  readonly named: boolean;
  readonly document: Omit<EntityDocument, 'fields' | 'keys'>;
  readonly fields: readonly DraftField[];
  readonly keys: readonly DraftKey[];
}

export interface DraftField {
  readonly path: string;
  readonly key: string;
  readonly named: boolean;
  /** Null where the type is unknown. */
  readonly document: FieldDocument | null;
}

export interface DraftKey {
  readonly path: string;
  readonly named: boolean;
  readonly document: KeyDocument;
}

/** The document of a draft without problems. */
export function documentOf(draft: Draft): RegistryDocument {
  const entities = draft.entities.map(({ document, fields, keys }) => ({
    ...document,
    fields: fields.flatMap((field) => field.document ?? []),
    ...(keys.length > 0 && { keys: keys.map((key) => key.document) }),
  }));
  return {
    formwork: 1,
    ...(draft.schema !== undefined && { $schema: draft.schema }),
    entities,
    ...(draft.roles.length > 0 && { roles: draft.roles.map(({ document }) => document) }),
  };
}
