import type { RecordNode, RecordSelection, Values } from './record.ts';

/**
 * Arguments as in the SDL; absent and null are the same for first, after, last, before, orderBy. A `where` that is null
 * is an error, as is an empty object anywhere in it, and a `search` that is null or has no word in it.
 *
 * Operators of `where`, by the type of the field (what the SDL leaves out cannot be asked):
 * - all but json and multi_select: `eq ne in notIn isNull`; what has an order: `lt lte gt gte`. `ne`, `notIn` and `not`
 *   match records without a value. `in: []` matches nothing.
 * - text: `contains startsWith endsWith`, and without regard to case `eqInsensitive inInsensitive containsInsensitive
 *   startsWithInsensitive endsWithInsensitive`. `lt` and the like compare as `orderBy` sorts.
 * - date and datetime, relative to now: `during: { period: TODAY | YESTERDAY | TOMORROW | THIS_WEEK | LAST_WEEK |
 *   NEXT_WEEK | … MONTH | … QUARTER | … YEAR, timeZone }`, `last: { days: 7, timeZone }` and `next: { … }` with exactly
 *   one of `minutes hours days weeks months years` (Int); `timeZone` is a name such as "Europe/Berlin", UTC when absent
 * - currency: `eq ne in notIn isNull` with `{ amount, currency }`, `amount: DecimalFilter`, `currency: StringFilter`
 * - multi_select: `has hasAny hasAll isNull`, choices by name. `hasAny: []` matches nothing, as `in: []` does; `hasAll: []`
 *   matches every list, for there is nothing that it lacks.
 * - json: `eq ne in notIn isNull contains`, `at: { path: ["a", "0"], text: StringFilter, number: DecimalFilter or
 *   FloatFilter, boolean: BooleanFilter, exists: Boolean }`
 * - link to one: a filter of the target, which matches where there is one. `isNull` in it, also within its `and`, `or` and
 *   `not`, asks whether the link is empty. Elsewhere the record is there: `isNull: true` matches nothing, false all.
 * - links to many and ways back: `some every none` with a filter, `isNull` (true: there are none), and of them together
 *   `count: IntFilter`, `sum avg min max` by field name, `countDistinct: { of: { status: true }, count: IntFilter }`, as in
 *   `having`. `where` beside them: only records that match it are meant. Nothing adds up to null, which is not greater
 *   or less than anything; `count` is then 0.
 * - `and` and `or` with a list that is not empty, `not` with a filter
 *
 * `orderBy`: one step each, `{ name: "ASC" }`, by a field of a linked record `{ origin: { city: "DESC" } }`, or by what the
 * records behind a link to many are together: `{ flights: { count: "DESC" } }`, `{ flights: { sum: { delay: "ASC" } } }`
 * (also `avg min max`), at any depth of links to one.
 */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly where?: Values | null;
  readonly orderBy?: readonly Values[] | null;
  readonly search?: string | null;
}

export interface ConnectionNode {
  readonly edges: readonly EdgeNode[];
  readonly pageInfo: PageInfo;
  /** Null unless selected. */
  readonly totalCount: number | null;
  /** One for each of the selection's `counts`, where it has them. */
  readonly counts?: readonly Count[];
}

export interface EdgeNode {
  /** Empty unless cursors are selected. */
  readonly cursor: string;
  readonly node: RecordNode;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface ConnectionSelection {
  /** Of the nodes (under `nodes` and `edges { node }`), or null where neither is asked for. */
  readonly node: RecordSelection | null;
  readonly cursors: boolean;
  readonly pageInfo: boolean;
  readonly totalCount: boolean;
  /**
   * Each way of counting that is asked for (two aliases may ask in two ways); gives `ConnectionNode.counts` in the same
   * order. `totalCount: true` by itself is one exact count.
   */
  readonly counts?: readonly CountRequest[];
  /** As with `RecordSelection.write`. */
  readonly write?: (connection: WrittenConnection) => string;
}

/** A connection whose records are written already. */
export interface WrittenConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: string }[];
  readonly pageInfo: PageInfo;
  readonly counts: readonly Count[];
}

/**
 * `EXACT` counts all records. `CAPPED` stops at `cap`: cheap for a long list. `ESTIMATE` is exact up to `cap`, and
 * beyond it a number that may be off: 1,000,000 is the most that it says. It is made of the caller's records alone.
 */
export interface CountRequest {
  readonly mode: 'EXACT' | 'CAPPED' | 'ESTIMATE';
  readonly cap: number;
}

export interface Count {
  readonly count: number;
  readonly isExact: boolean;
}
