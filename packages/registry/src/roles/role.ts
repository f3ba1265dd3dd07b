import type { Action, RowRule } from './role-document.ts';

/** A role as the registry has it: entities and fields by storage key, so that no rename touches it. */
export interface Role {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
}

export type Permission = {
  /** Storage key, or "*". */
  readonly entity: string;
} & { readonly [A in Action]: Right | null };

export interface Right {
  /** Storage keys; null: all (for writing, all that may be read). */
  readonly fields: readonly string[] | null;
  /** With the names of `RuleMember.storage`; null: all records. */
  readonly where: RowRule | null;
}

/** What the role that a registry was projected for may do with records of an entity; each null: nothing. */
export interface EntityAccess {
  /** Which records it sees; null: all. */
  readonly read: RowRule | null;
  readonly create: WriteRight | null;
  readonly update: WriteRight | null;
  readonly delete: WriteRight | null;
}

export interface WriteRight {
  /** Storage keys. */
  readonly fields: ReadonlySet<string>;
  readonly where: RowRule | null;
}
