import { type OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Ordering } from './order.ts';
import type { SortTerm } from './sort-terms.ts';

/** `order by …` of an ordering, or of its reverse. */
export function orderByClause(ordering: Ordering, reversed: boolean): SqlFragment {
  const terms = ordering.steps.flatMap((step) => step.terms);
  return sql.join(
    terms.map(({ expression, descending }) =>
      descending === reversed ? sql`${expression} asc` : sql`${expression} desc`,
    ),
  );
}

/**
 * What Postgres has to be told so that it takes the index of the first term: a partial index serves an ordering only
 * if the query says `is not null`. Null where there is nothing to say.
 */
export function indexCondition(ordering: Ordering): SqlFragment | null {
  const [first] = ordering.steps;
  const [term] = first?.terms ?? [];
  return term?.indexed && first?.column.name !== 'id' ? sql`${term.expression} is not null` : null;
}

export type Side = 'after' | 'before';

/** The text of a value that a cursor holds. */
export type CursorValue = string | null | OpenValue<string | null>;

interface Bound extends SortTerm {
  readonly at: SqlFragment;
}

/**
 * Records that come after the cursor, or before it (and the one at it, if `inclusive`): the ordering written out as a comparison. `values` are the texts
 * that the cursor holds, one for each step. Terms in one direction are one row comparison, so that an index on
 * (key, id) is entered at the cursor; before others stands `key >= …`, which enters it near the cursor.
 */
export function beyond(
  ordering: Ordering,
  values: readonly CursorValue[],
  side: Side,
  inclusive = false,
): SqlFragment {
  const bounds = ordering.steps.flatMap((step, index) =>
    step.terms.map((term): Bound => ({ ...term, at: term.ofCursor(sql`${values[index] ?? null}`) })),
  );
  const condition = lexicographic(runsOf(bounds), side, inclusive);
  const [first, second, ...rest] = bounds;
  const isRowOfIndex =
    rest.length === 0 && second?.indexed !== false && first?.descending === second?.descending;
  if (!first?.indexed || second === undefined || isRowOfIndex) return condition;
  const operator = isUpward(first, side) ? sql`>=` : sql`<=`;
  return sql`(${first.expression} ${operator} ${first.at} and ${condition})`;
}

/** Neighbouring terms in one direction. */
function runsOf(bounds: readonly Bound[]): Bound[][] {
  const runs: Bound[][] = [];
  for (const bound of bounds) {
    const run = runs.at(-1);
    if (run?.[0]?.descending === bound.descending) run.push(bound);
    else runs.push([bound]);
  }
  return runs;
}

/** The first run differs, or it is equal and the rest decides. */
function lexicographic([run = [], ...rest]: readonly Bound[][], side: Side, inclusive: boolean): SqlFragment {
  const [first] = run;
  if (first === undefined) return sql`false`;
  const left = row(run.map(({ expression }) => expression));
  const right = row(run.map(({ at }) => at));
  const orEqual = rest.length === 0 && inclusive ? sql`=` : sql``;
  const differs = sql`${left} ${isUpward(first, side) ? sql`>` : sql`<`}${orEqual} ${right}`;
  if (rest.length === 0) return differs;
  return sql`(${differs} or ${left} = ${right} and ${lexicographic(rest, side, inclusive)})`;
}

function isUpward({ descending }: SortTerm, side: Side): boolean {
  return descending === (side === 'before');
}

function row(expressions: readonly SqlFragment[]): SqlFragment {
  return expressions.length === 1 ? (expressions[0] as SqlFragment) : sql`(${sql.join(expressions)})`;
}
