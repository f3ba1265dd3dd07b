import { quote } from '../quote.ts';
import { badInput } from './bad-input.ts';
import type { ViewColumn } from './entity-view.ts';
import { nullOperand, operandText } from './operand.ts';

/** The list of an `in`; an empty one matches nothing. Throws BAD_USER_INPUT for what is no list. */
export function listOperand(operand: unknown, path: string): readonly unknown[] {
  if (operand === null || operand === undefined) throw nullOperand(path);
  if (!Array.isArray(operand)) throw badInput(path, `must be a list, and ${quote(operand)} is not.`);
  return operand;
}

/** The same, each item as Postgres reads it. */
export function operandList(column: ViewColumn, operand: unknown, path: string): readonly string[] {
  return listOperand(operand, path).map((item, index) => operandText(column, item, `${path}[${index}]`));
}
