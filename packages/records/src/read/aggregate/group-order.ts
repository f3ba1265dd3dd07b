import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Values } from '../../contract.ts';
import { badInput } from '../bad-input.ts';
import { type Direction, directionOf } from '../direction.ts';
import type { ViewColumn } from '../entity-view.ts';
import { onlyEntry } from '../only-entry.ts';
import { textKey } from '../text-key.ts';
import type { AggregateSource } from './aggregate-source.ts';
import { aggregateValue, choices, countOfRecords, isAggregateFunction } from './aggregate-values.ts';
import { findPlace, type GroupStep } from './group-step.ts';

const ascending: Direction = { descending: false, nullsFirst: false };

/** What is sorted by: a value of each group. */
interface Sorted {
  readonly value: SqlFragment;
  readonly column: ViewColumn;
}

/** The terms of `order by` for groups; in the end always their keys, so that the order is total. */
export function compileGroupOrder(
  source: AggregateSource,
  steps: readonly GroupStep[],
  orderBy: readonly Values[],
): readonly SqlFragment[] {
  const asked = orderBy.flatMap((step, index) => compileStep(source, steps, step, `orderBy[${index}]`));
  return [...asked, ...steps.flatMap((step) => sortTerms(step, ascending))];
}

function compileStep(
  source: AggregateSource,
  steps: readonly GroupStep[],
  step: unknown,
  path: string,
): readonly SqlFragment[] {
  const [name, operand] = onlyEntry(step, path);
  const inner = `${path}.${name}`;
  if (name === 'count') return sortTerms(countOfRecords, directionOf(operand, inner));
  if (name === 'key') return sortByKey(source, steps, operand, inner);
  if (!isAggregateFunction(name)) {
    throw badInput(inner, 'is unknown. Sort by "key", "count", "sum", "avg", "min" or "max".');
  }
  const [fieldName, direction] = onlyEntry(operand, inner);
  const value = aggregateValue(source, name, fieldName, `${inner}.${fieldName}`);
  return sortTerms(value, directionOf(direction, `${inner}.${fieldName}`));
}

/** A field that is grouped by in several parts of the calendar is sorted by all of them. */
function sortByKey(
  source: AggregateSource,
  steps: readonly GroupStep[],
  operand: unknown,
  path: string,
): readonly SqlFragment[] {
  const { way, leaf, leafPath } = findPlace(source, operand, path);
  const keys = steps.filter((step) => step.way === way);
  if (keys.length === 0) throw badInput(leafPath, 'is not grouped by: name it in "groupBy" too.');
  const direction = directionOf(leaf, leafPath);
  return keys.flatMap((key) => sortTerms(key, direction));
}

/** As lists of records are sorted: text without regard to case and accents first, choices in the designer's order. */
function sortTerms({ value, column }: Sorted, { descending, nullsFirst }: Direction): readonly SqlFragment[] {
  const direction = sql.raw(`${descending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`);
  return sortable(value, column).map((expression) => sql`${expression} ${direction}`);
}

function sortable(value: SqlFragment, column: ViewColumn): readonly SqlFragment[] {
  switch (column.kind) {
    case 'text':
      return [textKey(value), sql`${value} collate "C"`];
    case 'select':
      return [sql`array_position(${choices(column)}, ${value})`];
    case 'money':
      return [sql`(${value} ->> 'amount')::numeric`, sql`(${value} ->> 'currency') collate "C"`];
    default:
      return [value];
  }
}
