/** How large a design may be. Slots are a limit of their own: see {@link slotsPerKind}. */
export interface Limits {
  readonly entities: number;
  readonly fieldsPerEntity: number;
  readonly choicesPerSelect: number;
  /** Fields of one entity that are indexed or links. */
  readonly indexedFieldsPerEntity: number;
  /** Of the designer's own. */
  readonly roles: number;
  /** Characters of the document as JSON. */
  readonly documentLength: number;
}

export const defaultLimits: Limits = Object.freeze({
  entities: 500,
  fieldsPerEntity: 250,
  choicesPerSelect: 500,
  indexedFieldsPerEntity: 32,
  roles: 50,
  documentLength: 4_000_000,
});

/** Slot columns of `records`, by kind (see sql/005). */
export const slotsPerKind = { t: 8, n: 8, d: 8, l: 8, u: 4 } as const;
