/** A role of the designer's own. What is not permitted is forbidden. The built-in roles stand beside it. */
export interface RoleDocument {
  readonly key: string;
  readonly label?: string;
  readonly description?: string;
  readonly permissions: readonly PermissionDocument[];
}

/** What a role may do with the records of one entity; of "*", of every entity that is not listed by itself. */
export interface PermissionDocument {
  readonly entity: string;
  readonly read?: boolean | RightDocument;
  readonly create?: boolean | RightDocument;
  readonly update?: boolean | RightDocument;
  readonly delete?: boolean | RightDocument;
}

export interface RightDocument {
  /** Keys of the fields that may be read or written; absent: all (for writing, all that may be read). */
  readonly fields?: readonly string[];
  /** Which records; absent: all. */
  readonly where?: RowRule;
}

/**
 * A filter as in GraphQL, with fields by key and claims of the caller in the place of values:
 * `{ "owner_email": { "eq": { "claim": "email" } } }`.
 */
export type RowRule = Readonly<Record<string, unknown>>;

export const actions = ['read', 'create', 'update', 'delete'] as const;

export type Action = (typeof actions)[number];

/**
 * The roles that every tenant has, from the one that may least: read, write, change the registry, everything. They cannot
 * be defined anew.
 */
export const builtInRoles = ['viewer', 'editor', 'designer', 'admin'] as const;

export type BuiltInRole = (typeof builtInRoles)[number];

/** Stands for every entity that a role does not list by itself. */
export const everyEntity = '*';
