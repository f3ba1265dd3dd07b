import type { EntityNames } from '../model.ts';

/** As documents have it: a name that a field had before, which clients may still use until it is dropped. */
export interface AliasDocument {
  readonly key: string;
  /** The version of the registry that made it an alias; filled in when the document is applied. */
  readonly since?: number;
}

/** The same of an entity, whose plural is a name of its own. */
export interface EntityAliasDocument extends AliasDocument {
  /** Proposed from the key when absent. */
  readonly plural?: string;
  /** That the entity was called so for a while, and again as before: types never had this name. */
  readonly later?: boolean;
}

/** That a field, an entity or a choice is on its way out: it is served as `@deprecated`. */
export interface DeprecationDocument {
  readonly reason: string;
  /** Key of the field (of the same entity), entity or choice to use instead. */
  readonly replacement?: string;
}

export interface Alias {
  readonly key: string;
  /** GraphQL name. */
  readonly name: string;
  /** Null where it is not known. */
  readonly since: number | null;
}

export interface EntityAlias {
  readonly key: string;
  readonly plural: string;
  readonly names: EntityNames;
  readonly since: number | null;
  /** Types are not called by it, whatever comes before it. */
  readonly later: boolean;
}

/** Aliases and deprecation, as rows keep them among the options. */
export interface StoredHistory {
  readonly aliases?: readonly EntityAliasDocument[];
  readonly deprecated?: DeprecationDocument;
}

/** What a client reads beside something deprecated; `nameOf` gives the GraphQL name of a replacement that it may see. */
export function deprecationReason(
  deprecated: DeprecationDocument | null | undefined,
  nameOf: (key: string) => string | undefined,
): string | null {
  if (!deprecated) {
    return null;
  }
  const { reason, replacement } = deprecated;
  const name = replacement === undefined ? undefined : nameOf(replacement);
  return name === undefined ? reason : `${reason} Use "${name}".`;
}
