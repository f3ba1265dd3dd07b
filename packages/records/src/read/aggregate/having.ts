import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { badInput } from '../bad-input.ts';
import { type FilterTarget, filterEntries } from '../filter-target.ts';
import { listOperand } from '../operand-list.ts';
import { compileComparableFilter } from '../where-column.ts';
import type { AggregateSource } from './aggregate-source.ts';
import {
  type AggregateFunction,
  aggregateValue,
  countOfRecords,
  isAggregateFunction,
} from './aggregate-values.ts';

/** Conditions on groups, with the same rules as those on records: null and an empty object are errors. */
export function compileHaving(
  source: AggregateSource,
  filter: unknown,
  path: string,
  depth = 0,
): SqlFragment {
  source.scope.countCondition(depth);
  return allOf(
    filterEntries(filter, path).map(([name, operand]) =>
      compileEntry(source, name, operand, `${path}.${name}`, depth),
    ),
  );
}

function compileEntry(
  source: AggregateSource,
  name: string,
  operand: unknown,
  path: string,
  depth: number,
): SqlFragment {
  switch (name) {
    case 'count':
      return compileComparableFilter(targetOf(source, depth), countOfRecords, operand, path);
    case 'and':
      return combine(source, operand, path, depth, ' and ');
    case 'or':
      return combine(source, operand, path, depth, ' or ');
    case 'not':
      return sql`(${compileHaving(source, operand, path, depth + 1)}) is not true`;
    default:
      if (isAggregateFunction(name)) return compileValues(source, name, operand, path, depth);
      throw badInput(path, 'is unknown. Ask about "count", "sum", "avg", "min" or "max".');
  }
}

function compileValues(
  source: AggregateSource,
  how: AggregateFunction,
  filter: unknown,
  path: string,
  depth: number,
): SqlFragment {
  return allOf(
    filterEntries(filter, path).map(([name, operand]) => {
      const value = aggregateValue(source, how, name, `${path}.${name}`);
      return compileComparableFilter(targetOf(source, depth), value, operand, `${path}.${name}`);
    }),
  );
}

function combine(
  source: AggregateSource,
  operand: unknown,
  path: string,
  depth: number,
  separator: string,
): SqlFragment {
  const filters = listOperand(operand, path);
  if (filters.length === 0)
    throw badInput(path, 'is an empty list. Leave it out, or give at least one filter.');
  const conditions = filters.map((filter, index) =>
    compileHaving(source, filter, `${path}[${index}]`, depth + 1),
  );
  return sql`(${sql.join(conditions, separator)})`;
}

function targetOf({ scope, entity, alias }: AggregateSource, depth: number): FilterTarget {
  return { scope, entity, alias, depth };
}

function allOf(conditions: readonly SqlFragment[]): SqlFragment {
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}
