import type { Choice, FieldOptions, FieldType } from '../document.ts';

/** Entities and fields as computed fields see them: by keys while a document is checked, by storage keys after that. */
export interface ComputedScope {
  /** By key, as links name their targets. */
  readonly entities: ReadonlyMap<string, ScopeEntity>;
}

export interface ScopeEntity {
  readonly key: string;
  /** What computations call it: its storage key, or while it has none its key. */
  readonly name: string;
  /** By the name that expressions use. */
  readonly fields: ReadonlyMap<string, ScopeField>;
}

export interface ScopeField {
  readonly key: string;
  readonly name: string;
  /** Null where it has a problem of its own, so that it is not known what it is. */
  readonly type: FieldType | null;
  readonly options: FieldOptions;
  readonly choices: readonly Choice[];
  /** Its slot, if it is ready. */
  readonly slot: string | null;
}
