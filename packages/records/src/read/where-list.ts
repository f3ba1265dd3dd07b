import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { quote } from '@formwork/registry';
import { badInput } from './bad-input.ts';
import type { ViewColumn } from './entity-view.ts';
import { choiceKey, nullOperand } from './operand.ts';
import { listOperand } from './operand-list.ts';
import { booleanOperand } from './where-scalar.ts';

/** One operator of a filter on multi_select, or null where there is no such operator. */
export function compileListOperator(
  value: SqlFragment,
  column: ViewColumn,
  operator: string,
  operand: unknown,
  path: string,
): SqlFragment | null {
  const keys = () =>
    textArray(listOperand(operand, path).map((item, index) => choice(column, item, `${path}[${index}]`)));
  switch (operator) {
    case 'has':
      return sql`${value} ? ${choice(column, operand, path)}::text`;
    case 'hasAny':
      return sql`${value} ?| ${keys()}::text[]`;
    case 'hasAll':
      return sql`${value} ?& ${keys()}::text[]`;
    case 'isNull':
      return booleanOperand(operand, path) ? sql`${value} is null` : sql`${value} is not null`;
    default:
      return null;
  }
}

function choice(column: ViewColumn, operand: unknown, path: string): string {
  if (operand === null || operand === undefined) throw nullOperand(path);
  const key = choiceKey(column, operand);
  if (key === null) throw badInput(path, `must be one of the choices, and ${quote(operand)} is not.`);
  return key;
}
