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
  /** Ways back from links that lead here, by the name that rollups use: of the entity (its key) and the linking field. */
  readonly inverses: ReadonlyMap<string, ScopeInverse>;
}

export interface ScopeInverse {
  readonly source: string;
  readonly field: string;
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
  /** The slot of a link, ready or not: the triggers fill it from the beginning. */
  readonly linkSlot: string | null;
}

export function isComputed<F extends Pick<ScopeField, 'type'>>(
  field: F,
): field is F & { type: 'lookup' | 'formula' | 'rollup' } {
  return field.type === 'lookup' || field.type === 'formula' || field.type === 'rollup';
}
