import type { CallName, Computation, FormulaType } from './computation.ts';

/** A part of a formula whose type is known. */
export interface Typed {
  readonly type: FormulaType;
  readonly value: Computation;
  /** Where it stands in the expression. */
  readonly at: number;
}

export function call(name: CallName, type: FormulaType, parts: readonly Typed[], at: number): Typed {
  const value = {
    kind: 'call',
    name,
    types: parts.map(typeOf),
    arguments: parts.map(computationOf),
  } as const;
  return { type, value, at };
}

/** Null as a value of the type; anything else as it is. */
export function withType(part: Typed, type: FormulaType): Typed {
  return part.type === 'null' ? { ...part, type, value: { kind: 'constant', type, text: null } } : part;
}

/** The type that takes both, or null where none does. */
export function unify(a: FormulaType, b: FormulaType): FormulaType | null {
  if (a === b || b === 'null') {
    return a;
  }
  if (a === 'null') {
    return b;
  }
  return isNumber(a) && isNumber(b) ? 'number' : null;
}

export function isNumber(type: FormulaType): boolean {
  return type === 'number' || type === 'integer';
}

/** For messages: "a number", "a text". */
export const typeNames: Readonly<Record<FormulaType, string>> = {
  number: 'a number',
  integer: 'a whole number',
  text: 'a text',
  boolean: 'true or false',
  date: 'a date',
  datetime: 'a date with time',
  null: 'null',
};

function typeOf({ type }: Typed): FormulaType {
  return type;
}

function computationOf({ value }: Typed): Computation {
  return value;
}
