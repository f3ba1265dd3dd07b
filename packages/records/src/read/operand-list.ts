import { OpenValue } from '@formwork/pg/sql-text';
import { quote } from '@formwork/registry';
import { badInput } from './bad-input.ts';
import type { ViewColumn } from './entity-view.ts';
import { knownOperand, nullOperand, type OperandTexts } from './operand.ts';

/** The list of an `in`; an empty one matches nothing. Throws BAD_USER_INPUT for what is no list. */
export function listOperand(operand: unknown, path: string): readonly unknown[] {
  if (operand === null || operand === undefined) throw nullOperand(path);
  if (!Array.isArray(operand)) throw badInput(path, `must be a list, and ${quote(operand)} is not.`);
  return operand;
}

/** The same, each item as Postgres reads it. */
export function operandList(column: ViewColumn, operand: unknown, path: string): OperandTexts {
  const read = (list: unknown): readonly string[] =>
    listOperand(list, path).map((item, index) => knownOperand(column, item, `${path}[${index}]`));
  return operand instanceof OpenValue ? operand.map(read) : read(operand);
}
