/** One thing that is wrong with an input. All of them are reported together. */
export interface Violation {
  /** Where: ["input", "price", "amount"], ["inputs", 3, "tags", 0]. */
  readonly path: InputPath;
  /** Stable, for machines. */
  readonly code: ViolationCode;
  /** A sentence for a person, with the field's label and the way out. */
  readonly message: string;
}

export type InputPath = readonly (string | number)[];

export type ViolationCode =
  | 'REQUIRED'
  | 'TYPE'
  | 'TOO_SHORT'
  | 'TOO_LONG'
  | 'TOO_SMALL'
  | 'TOO_LARGE'
  | 'TOO_MANY'
  | 'TOO_DEEP'
  | 'PATTERN'
  | 'FORMAT'
  | 'CHARACTERS'
  | 'PRECISION'
  | 'NOT_A_CHOICE'
  | 'DUPLICATE'
  | 'CONTRADICTORY'
  | 'ONE_OF'
  | 'UNKNOWN_FIELD'
  | 'INVALID';
