import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { badInput } from '../bad-input.ts';
import { type FilterTarget, filterEntries } from '../filter-target.ts';
import { listOperand } from '../operand-list.ts';
import { compileComparableFilter } from '../where-column.ts';
import { booleanOperand } from '../where-scalar.ts';
import type { AggregateSource } from './aggregate-source.ts';
import {
  type AggregateFunction,
  aggregateValue,
  countOfRecords,
  isAggregateFunction,
} from './aggregate-values.ts';
import { compileGroupStep } from './group-step.ts';

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
  const deeper: CompileFilter = (filter, at) => compileHaving(source, filter, at, depth + 1);
  switch (name) {
    case 'count':
      return compileComparableFilter(targetOf(source, depth), countOfRecords, operand, path);
    case 'countDistinct':
      return compileDistinct(source, operand, path, depth);
    case 'and':
      return combine(deeper, operand, path, ' and ');
    case 'or':
      return combine(deeper, operand, path, ' or ');
    case 'not':
      return sql`(${deeper(operand, path)}) is not true`;
    default:
      if (isAggregateFunction(name)) return compileValues(source, name, operand, path, depth);
      throw badInput(path, 'is unknown. Ask about "count", "countDistinct", "sum", "avg", "min" or "max".');
  }
}

/** `{ of: { status: true }, count: { gte: 2 } }` */
function compileDistinct(source: AggregateSource, filter: unknown, path: string, depth: number): SqlFragment {
  const { of, count, ...others } = Object.fromEntries(filterEntries(filter, path));
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw badInput(`${path}.${unknown}`, 'is unknown. Give "of" and "count".');
  const { value } = compileGroupStep(source, of, `${path}.of`);
  const subject = { ...countOfRecords, value: sql`count(distinct ${value})` };
  return compileComparableFilter(targetOf(source, depth), subject, count, `${path}.count`);
}

/** Conditions on sums, averages or least or greatest values: each is a filter of the field's type. */
function compileValues(
  source: AggregateSource,
  how: AggregateFunction,
  filter: unknown,
  path: string,
  depth: number,
): SqlFragment {
  source.scope.countCondition(depth);
  return allOf(
    filterEntries(filter, path).map(([name, operand]) => {
      const inner = `${path}.${name}`;
      const deeper: CompileFilter = (each, at) => compileValues(source, how, each, at, depth + 1);
      switch (name) {
        case 'and':
          return combine(deeper, operand, inner, ' and ');
        case 'or':
          return combine(deeper, operand, inner, ' or ');
        case 'not':
          return sql`(${deeper(operand, inner)}) is not true`;
        case 'isNull':
          // As in the filter of a link: whether there is no record.
          return booleanOperand(operand, inner) ? sql`count(*) = 0` : sql`count(*) > 0`;
        default: {
          const value = aggregateValue(source, how, name, inner);
          return compileComparableFilter(targetOf(source, depth), value, operand, inner);
        }
      }
    }),
  );
}

type CompileFilter = (filter: unknown, path: string) => SqlFragment;

function combine(compile: CompileFilter, operand: unknown, path: string, separator: string): SqlFragment {
  const filters = listOperand(operand, path);
  if (filters.length === 0)
    throw badInput(path, 'is an empty list. Leave it out, or give at least one filter.');
  const conditions = filters.map((filter, index) => compile(filter, `${path}[${index}]`));
  return sql`(${sql.join(conditions, separator)})`;
}

function targetOf({ scope, entity, alias }: AggregateSource, depth: number): FilterTarget {
  return { scope, entity, alias, depth };
}

function allOf(conditions: readonly SqlFragment[]): SqlFragment {
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}
