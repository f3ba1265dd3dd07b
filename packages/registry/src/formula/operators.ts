import type { CallName, FormulaType } from './computation.ts';
import type { Raise } from './functions.ts';
import { call, isNumber, type Typed, typeNames, unify, withType } from './typed.ts';

const arithmetic: Readonly<Record<string, CallName>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
};

const comparisons: Readonly<Record<string, CallName>> = {
  '=': 'equal',
  '!=': 'not_equal',
  '<': 'less',
  '<=': 'less_or_equal',
  '>': 'greater',
  '>=': 'greater_or_equal',
};

/** What an operator makes of its parts. Null goes with every type. */
export function checkOperator(symbol: string, parts: readonly Typed[], at: number, raise: Raise): Typed {
  const [left, right] = parts as [Typed, Typed];
  if (symbol === 'and' || symbol === 'or' || symbol === 'not') {
    demand(parts, 'boolean', `"${symbol}"`, raise);
    return call(symbol, 'boolean', allOf('boolean', parts), at);
  }
  if (symbol === '&') {
    return call('join', 'text', allOf('text', parts), at);
  }
  const comparison = comparisons[symbol];
  if (comparison !== undefined) {
    return call(comparison, 'boolean', checkComparison(symbol, left, right, at, raise), at);
  }
  checkArithmetic(symbol, parts, raise);
  const isWhole = symbol !== '/' && parts.every(({ type }) => type !== 'number');
  const name = arithmetic[symbol] ?? 'negate';
  return call(name, isWhole ? 'integer' : 'number', allOf('number', parts), at);
}

function allOf(type: FormulaType, parts: readonly Typed[]): readonly Typed[] {
  return parts.map((part) => withType(part, type));
}

function checkArithmetic(symbol: string, parts: readonly Typed[], raise: Raise): void {
  for (const { type, at } of parts) {
    if (isNumber(type) || type === 'null') {
      continue;
    }
    const sign = symbol === 'negate' ? '-' : symbol;
    const hint =
      type === 'text' && sign === '+'
        ? ' Join texts with "&".'
        : type === 'date' || type === 'datetime'
          ? ' Use date_add or date_diff.'
          : '';
    throw raise(`"${sign}" needs numbers, and there is ${typeNames[type]}`, at, hint);
  }
}

function checkComparison(
  symbol: string,
  left: Typed,
  right: Typed,
  at: number,
  raise: Raise,
): readonly Typed[] {
  const type = unify(left.type, right.type);
  if (type === null) {
    const what = `"${symbol}" compares ${typeNames[left.type]} with ${typeNames[right.type]}`;
    throw raise(what, at, ' Both sides must be of one type.');
  }
  if (left.type === 'null' || right.type === 'null') {
    throw raise(`"${symbol}" compares with null, which is never true`, at, ' Use is_null.');
  }
  if (type === 'boolean' && symbol !== '=' && symbol !== '!=') {
    throw raise(`"${symbol}" needs values that have an order, and there is ${typeNames[type]}`, at);
  }
  return [left, right];
}

function demand(parts: readonly Typed[], wanted: FormulaType, who: string, raise: Raise): void {
  for (const { type, at } of parts) {
    if (type !== wanted && type !== 'null') {
      throw raise(`${who} needs ${typeNames[wanted]}, and there is ${typeNames[type]}`, at);
    }
  }
}
