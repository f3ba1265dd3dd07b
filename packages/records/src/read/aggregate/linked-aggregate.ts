import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Values } from '../../contract.ts';
import { badInput } from '../bad-input.ts';
import { type Direction, directionOf } from '../direction.ts';
import type { ViewColumn } from '../entity-view.ts';
import type { FarCondition, LinkPath } from '../link-path.ts';
import { onlyEntry } from '../only-entry.ts';
import type { StatementScope } from '../statement-scope.ts';
import { AggregateSource } from './aggregate-source.ts';
import { aggregateValue, countOfRecords, type GroupValue, isAggregateFunction } from './aggregate-values.ts';
import { compileHaving } from './having.ts';

/*
 * What is said of all records behind a link to many together: as a condition on the record that they belong to, and
 * as a value that it is sorted by. They are the groups of `aggregate` with one group for each record.
 */

/** What a filter of a link to many may ask of the records together. */
const together = new Set(['count', 'countDistinct', 'sum', 'avg', 'min', 'max']);

export function isAskedOfAll(name: string): boolean {
  return together.has(name);
}

/** Whether the records behind the link of the record `near` are, together, as `having` says. `where`: of those alone. */
export function compileLinkedHaving(
  scope: StatementScope,
  { link, near }: LinkOfRecord,
  having: Values,
  where: ((alias: SqlFragment) => SqlFragment) | null,
  path: string,
  depth: number,
): SqlFragment {
  const source = new AggregateSource(scope, link.entity);
  const condition = compileHaving(source, having, path, depth);
  const far = where && { alias: source.alias, sql: where(source.alias) };
  return sql`(select ${condition} ${fromLinked(source, link, near, far)})`;
}

interface LinkOfRecord {
  readonly link: LinkPath;
  /** The id of the record. */
  readonly near: SqlFragment;
}

/** A value to sort by, of the records behind a link together. */
export interface LinkedSort {
  /** `(select …)` */
  readonly value: SqlFragment;
  /** What it is, as a column of that name. */
  readonly column: ViewColumn;
  readonly direction: Direction;
  /** By storage keys. */
  readonly signature: string;
}

/** `name`: of the column that will hold the value. A step is such as `{ count: "DESC" }` or `{ sum: { total: "DESC" } }`. */
export function compileLinkedSort(
  scope: StatementScope,
  { link, near }: LinkOfRecord,
  step: unknown,
  name: string,
  path: string,
): LinkedSort {
  const source = new AggregateSource(scope, link.entity, { steady: true });
  const { how, value, direction } = readStep(source, step, path);
  return {
    value: sql`(select ${value.value} ${fromLinked(source, link, near, null)})`,
    column: { ...value.column, kind: value.kind, column: name, key: null },
    direction,
    signature: `${how}(${value.column.column})`,
  };
}

function readStep(
  source: AggregateSource,
  step: unknown,
  path: string,
): { readonly how: string; readonly value: GroupValue; readonly direction: Direction } {
  const [how, operand] = onlyEntry(step, path);
  const inner = `${path}.${how}`;
  if (how === 'count') return { how, value: countOfRecords, direction: directionOf(operand, inner) };
  if (!isAggregateFunction(how)) {
    throw badInput(inner, 'is unknown. Sort by "count", "sum", "avg", "min" or "max" of them.');
  }
  const [name, direction] = onlyEntry(operand, inner);
  const value = aggregateValue(source, how, name, `${inner}.${name}`);
  return { how, value, direction: directionOf(direction, `${inner}.${name}`) };
}

/** `is true` keeps the condition from the indexes, so that the way from record to record is the only one. */
function fromLinked(
  source: AggregateSource,
  link: LinkPath,
  near: SqlFragment,
  condition: FarCondition | null,
): SqlFragment {
  const { tables, join } = link.from(near, source.alias);
  return source.from(tables, condition === null ? [join] : [join, sql`(${condition.sql}) is true`]);
}
