import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { isPlainObject } from '../validate/plain-object.ts';
import { badInput } from './bad-input.ts';
import type { Comparable } from './comparable.ts';
import { nullOperand } from './operand.ts';
import { listOperand } from './operand-list.ts';
import { compileScalarOperator } from './where-scalar.ts';
import { compileTextOperator } from './where-text.ts';

/** A money column: the whole value and its two parts. */
export interface MoneySubject {
  readonly whole: SqlFragment;
  readonly amount: Comparable;
  readonly currency: Comparable;
}

/**
 * One operator of a filter on currency, or null where there is no such operator. Money is equal when amount and
 * currency are; greater and less is asked of the amount (`amount: { gt: … }`), since currencies do not compare.
 */
export function compileMoneyOperator(
  subject: MoneySubject,
  operator: string,
  operand: unknown,
  path: string,
  compileInner: (subject: Comparable, filter: unknown, path: string) => SqlFragment,
): SqlFragment | null {
  switch (operator) {
    case 'eq':
      return equal(subject, operand, path);
    case 'ne':
      return sql`(${equal(subject, operand, path)}) is not true`;
    case 'in':
      return oneOf(subject, operand, path);
    case 'notIn':
      return sql`(${oneOf(subject, operand, path)}) is not true`;
    case 'amount':
      return compileInner(subject.amount, operand, path);
    case 'currency':
      return compileInner(subject.currency, operand, path);
    case 'isNull':
      return compileScalarOperator(subject.amount, 'isNull', operand, path);
    default:
      return null;
  }
}

function equal({ amount, currency }: MoneySubject, operand: unknown, path: string): SqlFragment {
  if (operand === null || operand === undefined) throw nullOperand(path);
  if (!isPlainObject(operand)) throw badInput(path, 'must have an "amount" and a "currency".');
  const sameAmount = compileScalarOperator(amount, 'eq', operand['amount'], `${path}.amount`);
  const sameCurrency = compileTextOperator(currency, 'eq', operand['currency'], `${path}.currency`);
  return sql`(${sameAmount ?? sql`false`} and ${sameCurrency ?? sql`false`})`;
}

function oneOf(subject: MoneySubject, operand: unknown, path: string): SqlFragment {
  const each = listOperand(operand, path).map((item, index) => equal(subject, item, `${path}[${index}]`));
  return each.length === 0 ? sql`false` : sql`(${sql.join(each, ' or ')})`;
}
