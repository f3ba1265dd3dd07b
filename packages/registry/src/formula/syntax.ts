/** An expression as it was written, before anything is known of its fields. `at` is an offset into its text. */
export type Syntax = Constant | Reference | Call;

export interface Constant {
  readonly kind: 'number' | 'text' | 'boolean' | 'null';
  readonly text: string;
  readonly at: number;
}

/** `price`, or through links `product.price`. */
export interface Reference {
  readonly kind: 'reference';
  readonly path: readonly ReferenceStep[];
  readonly at: number;
}

export interface ReferenceStep {
  readonly name: string;
  /** Where it stands in the text, brackets included. */
  readonly start: number;
  readonly end: number;
}

/** A function, or an operator under its symbol; "negate" is the minus before a value. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly isOperator: boolean;
  readonly arguments: readonly Syntax[];
  readonly at: number;
}
