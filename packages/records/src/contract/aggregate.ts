import type { Values } from './record.ts';

/**
 * - `groupBy`: one step each, `{ status: true }`, through links to one `{ origin: { city: true } }`, moments and days by
 *   a part of the calendar `{ departsAt: { part: "MONTH", timeZone: "Europe/Berlin" } }` (absent time zone: UTC).
 * - `having`: `count: IntFilter`, `countDistinct: { of, count }`, `sum` and `avg` with filters of numbers by field name, `min` and `max` with the
 *   entity's filter, of which only its own values make sense here; `and or not`.
 * - `orderBy`: one step each, `{ count: "DESC" }`, `{ sum: { delay: "DESC" } }` (also `avg min max`), or
 *   `{ key: { origin: { city: "ASC" } } }` by what is grouped by. Absent: by the keys, in their order.
 * - `first`: absent 50, as for lists. null in the place of `where` or `having` is an error.
 */
export interface AggregateArguments {
  readonly where?: Values | null;
  readonly search?: string | null;
  readonly groupBy?: readonly Values[] | null;
  readonly having?: Values | null;
  readonly orderBy?: readonly Values[] | null;
  readonly first?: number | null;
}

/** What of each group is wanted. `sum avg min max` by field name. */
export interface AggregateSelection {
  readonly keys: boolean;
  readonly count: boolean;
  /** Of what the distinct values are counted, each a step as in `groupBy`. */
  readonly countDistinct: readonly Values[];
  readonly sum: readonly string[];
  readonly avg: readonly string[];
  readonly min: readonly string[];
  readonly max: readonly string[];
  /** As with `RecordSelection.write`. */
  readonly write?: (groups: readonly AggregateNode[]) => string;
}

/**
 * Values are ready to serialise, absent where they were not selected. Sums and averages of whole numbers and numbers
 * are numbers, of decimals decimal text; over nothing they are null, as `min` and `max` are.
 */
export interface AggregateNode {
  /** One for each step of `groupBy`; of a part of the calendar its first day, "2026-11-01". */
  readonly keys: readonly unknown[];
  readonly count: number;
  /** In the order of the selection. */
  readonly countDistinct: readonly number[];
  readonly sum: Values;
  readonly avg: Values;
  readonly min: Values;
  readonly max: Values;
}
