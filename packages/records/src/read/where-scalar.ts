import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { badInput } from './bad-input.ts';
import type { Comparable } from './comparable.ts';
import { arrayParameter, type OperandText, type OperandTexts, operandText, parameter } from './operand.ts';
import { operandList } from './operand-list.ts';
import { type KeyRule, keyArrayParameter, keyParameter, keyRule } from './search-key.ts';
import { compileRelativeOperator } from './where-relative.ts';

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte';

/** Comparisons in SQL, and what the key must be so that the value can be. */
export const comparisons: Readonly<
  Record<Comparison, { readonly exact: SqlFragment; readonly loose: SqlFragment }>
> = {
  lt: { exact: sql`<`, loose: sql`<=` },
  lte: { exact: sql`<=`, loose: sql`<=` },
  gt: { exact: sql`>`, loose: sql`>=` },
  gte: { exact: sql`>=`, loose: sql`>=` },
};

export function isComparison(operator: string): operator is Comparison {
  return Object.hasOwn(comparisons, operator);
}

/** One operator of a filter on anything but text, or null where there is no such operator. */
export function compileScalarOperator(
  subject: Comparable,
  operator: string,
  operand: unknown,
  path: string,
): SqlFragment | null {
  switch (operator) {
    case 'eq':
      return equal(subject, operandText(subject.column, operand, path));
    case 'ne':
      return sql`${subject.value} is distinct from ${parameter(subject.kind, operandText(subject.column, operand, path))}`;
    case 'in':
      return oneOf(subject, operandList(subject.column, operand, path));
    case 'notIn':
      return noneOf(subject, operandList(subject.column, operand, path));
    case 'isNull':
      return isNull(subject, booleanOperand(operand, path));
    default:
      return isComparison(operator)
        ? compare(subject, operator, operandText(subject.column, operand, path))
        : compileRelativeOperator(subject, operator, operand, path);
  }
}

function equal({ kind, value, key }: Comparable, text: OperandText): SqlFragment {
  const exact = sql`${value} = ${parameter(kind, text)}`;
  if (key === null) return exact;
  const byKey = sql`${key.expression} = ${keyParameter(keyRule(kind), text)}`;
  return key.lossless ? byKey : sql`(${byKey} and ${exact})`;
}

function oneOf({ kind, value, key }: Comparable, texts: OperandTexts): SqlFragment {
  const exact = sql`${value} = any (${arrayParameter(kind, texts)})`;
  if (key === null) return exact;
  const byKey = sql`${key.expression} = any (${keyArrayParameter(keyRule(kind), texts)})`;
  return key.lossless ? byKey : sql`(${byKey} and ${exact})`;
}

function noneOf({ kind, value }: Comparable, texts: OperandTexts): SqlFragment {
  return sql`(${value} = any (${arrayParameter(kind, texts)})) is not true`;
}

function compare({ kind, value, key }: Comparable, operator: Comparison, text: OperandText): SqlFragment {
  const { exact, loose } = comparisons[operator];
  const byValue = sql`${value} ${exact} ${parameter(kind, text)}`;
  if (key === null) return byValue;
  const rule = keyRule(kind);
  const byKey = sql`${key.expression} ${key.lossless ? exact : loose} ${keyParameter(rule, text)}`;
  const present =
    operator === 'gt' || operator === 'gte' ? sql` and ${isPresent(key.expression, rule)}` : sql``;
  return key.lossless ? sql`(${byKey}${present})` : sql`(${byKey}${present} and ${byValue})`;
}

function isNull({ kind, value, key }: Comparable, wanted: boolean): SqlFragment {
  if (key === null) return wanted ? sql`${value} is null` : sql`${value} is not null`;
  const rule = keyRule(kind);
  return wanted ? sql`${key.expression} = ${rule.none}` : isPresent(key.expression, rule);
}

/** A record without the value has a key too, behind all others. */
function isPresent(key: SqlFragment, rule: KeyRule): SqlFragment {
  return sql`${key} < ${rule.none}`;
}

export function booleanOperand(operand: unknown, path: string): boolean {
  if (typeof operand === 'boolean') return operand;
  throw badInput(path, 'must be true or false.');
}
