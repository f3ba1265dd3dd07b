import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { badInput } from './bad-input.ts';
import { amountOf, type Comparable, columnOf, comparable, currencyOf } from './comparable.ts';
import type { ViewColumn } from './entity-view.ts';
import { type FilterTarget, filterEntries } from './filter-target.ts';
import { compileJsonOperator } from './where-json.ts';
import { compileListOperator } from './where-list.ts';
import { compileMoneyOperator } from './where-money.ts';
import { compileScalarOperator } from './where-scalar.ts';
import { compileTextOperator } from './where-text.ts';
import { compileUniqueOperator } from './where-unique.ts';

/** A filter on one column: all its operators must hold. */
export function compileColumnFilter(
  target: FilterTarget,
  column: ViewColumn,
  filter: unknown,
  path: string,
): SqlFragment {
  return compileOperators(target, filter, path, (operator, operand, inner) => {
    const condition = compileColumnOperator(target, column, operator, operand, inner);
    const byKey = compileUniqueOperator(target.alias, column, operator, operand, inner);
    return condition && byKey ? sql`(${byKey} and ${condition})` : condition;
  });
}

type CompileOperator = (operator: string, operand: unknown, path: string) => SqlFragment | null;

function compileOperators(
  target: FilterTarget,
  filter: unknown,
  path: string,
  compile: CompileOperator,
): SqlFragment {
  const conditions = filterEntries(filter, path).map(([operator, operand]) => {
    const inner = `${path}.${operator}`;
    target.scope.countCondition(target.depth);
    const condition = compile(operator, operand, inner);
    if (condition === null) throw badInput(inner, 'is no operator of this type of field.');
    return condition;
  });
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}

/** A filter on anything that has the operators of one scalar. */
export function compileComparableFilter(
  target: FilterTarget,
  subject: Comparable,
  filter: unknown,
  path: string,
): SqlFragment {
  const compile = subject.kind === 'text' ? compileTextOperator : compileScalarOperator;
  return compileOperators(target, filter, path, (operator, operand, inner) =>
    compile(subject, operator, operand, inner),
  );
}

function compileColumnOperator(
  target: FilterTarget,
  column: ViewColumn,
  operator: string,
  operand: unknown,
  path: string,
): SqlFragment | null {
  const { alias } = target;
  const compileInner = (subject: Comparable, filter: unknown, inner: string) =>
    compileComparableFilter(target, subject, filter, inner);
  switch (column.kind) {
    case 'text':
      return compileTextOperator(comparable(alias, column), operator, operand, path);
    case 'json':
      return compileJsonOperator(columnOf(alias, column.column), operator, operand, path, compileInner);
    case 'multi_select':
      return compileListOperator(columnOf(alias, column.column), column, operator, operand, path);
    case 'money':
      return compileMoneyOperator(
        {
          whole: columnOf(alias, column.column),
          amount: amountOf(alias, column),
          currency: currencyOf(alias, column),
        },
        operator,
        operand,
        path,
        compileInner,
      );
    default:
      return compileScalarOperator(comparable(alias, column), operator, operand, path);
  }
}
