import type { FieldType, RollupFunction } from '../document.ts';

/**
 * How the value of a computed field is made: a lookup or a checked formula, with all that it uses of other computed
 * fields inside it. Everything is named by storage keys, so a rename changes nothing here. Compiled by view-compiler.
 */
export type Computation = FieldComputation | ThroughComputation | ConstantComputation | CallComputation;

/** A stored field of the record itself. */
export interface FieldComputation {
  readonly kind: 'field';
  /** Storage key. */
  readonly field: string;
  readonly fieldType: FieldType;
  /** Its slot, if it is ready. */
  readonly slot: string | null;
  /** column: as the view has it; operand: as formulas count with it (a choice as text, every number exact). */
  readonly as: 'column' | 'operand' | 'amount' | 'currency';
}

/** A value of the record that a link of this record leads to; null where there is none. */
export interface ThroughComputation {
  readonly kind: 'through';
  /** Storage key of the link, and its slot, if it is ready. */
  readonly link: string;
  readonly slot: string | null;
  /** Storage key of the entity that it leads to. */
  readonly target: string;
  readonly value: Computation;
}

export interface ConstantComputation {
  readonly kind: 'constant';
  readonly type: FormulaType;
  /** A number in digits, "true" or "false", a date as in ISO 8601; null for null. */
  readonly text: string | null;
}

export interface CallComputation {
  readonly kind: 'call';
  readonly name: CallName;
  /** Types of the arguments, whole numbers among them as "number". */
  readonly types: readonly FormulaType[];
  readonly arguments: readonly Computation[];
}

export type StoredComputation = { readonly kind: 'formula'; readonly value: Computation } | RollupComputation;

/** What the records at the other end of a link to many come to. Named by storage keys, as everything here. */
export interface RollupComputation {
  readonly kind: 'rollup';
  readonly function: RollupFunction;
  readonly way: RollupWay;
  /** The stored field that is rolled up, and the type of its values; null for a count. */
  readonly rolled: { readonly field: string; readonly type: FieldType } | null;
  /** Of the record that is rolled up: whether it counts. */
  readonly filter: Computation | null;
}

/** The way to the records that are rolled up. */
export interface RollupWay {
  /** A link to one of theirs, links to many of theirs (in), or links to many of the record's own (out). */
  readonly kind: 'link' | 'in' | 'out';
  /** Storage key of their entity. */
  readonly source: string;
  /** Storage key of the linking field, and its slot, if it has one. */
  readonly field: string;
  readonly slot: string | null;
}

/** Types of values inside formulas. A whole number is a number; "null" is the type of the constant. */
export type FormulaType = 'number' | 'integer' | 'text' | 'boolean' | 'date' | 'datetime' | 'null';

/** Units of `date_add` and `date_diff`. */
export const timeUnits = ['seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'years'] as const;
export type TimeUnit = (typeof timeUnits)[number];

/** Everything that a compiler must know how to do. */
export type CallName =
  | 'negate'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'modulo'
  | 'join'
  | 'equal'
  | 'not_equal'
  | 'less'
  | 'less_or_equal'
  | 'greater'
  | 'greater_or_equal'
  | 'and'
  | 'or'
  | 'not'
  | FunctionName
  /** The end of a formula: null where the value is outside of what a field can hold. */
  | 'result';

export type FunctionName =
  | 'if'
  | 'coalesce'
  | 'is_null'
  | 'min'
  | 'max'
  | 'abs'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'upper'
  | 'lower'
  | 'trim'
  | 'length'
  | 'left'
  | 'right'
  | 'mid'
  | 'contains'
  | 'starts_with'
  | 'ends_with'
  | 'text'
  | 'number'
  | 'date'
  | 'datetime'
  | 'today'
  | 'now'
  | 'date_add'
  | 'date_diff'
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute';

/** What a computed field gives. */
export interface Computed {
  /** The type that its values are read, filtered, sorted and shown as. */
  readonly type: FieldType;
  /** How it is read: of what is stored, a field of the record itself. */
  readonly value: Computation;
  /** How a value that is stored is made; null where it is computed when it is read. */
  readonly stored: StoredComputation | null;
  /** Of a lookup, the stored field whose values it shows: a choice is of that field's enum. Keys of today. */
  readonly source: { readonly entity: string; readonly field: string } | null;
}
