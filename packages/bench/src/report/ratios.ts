import type { Measurement } from '../compare/compare.ts';
import type { OperationName } from '../operations/operation.ts';
import type { TargetName } from '../targets/target.ts';

/** One line of the table: what an operation came to under one load. */
export interface Ratios {
  readonly operation: OperationName;
  readonly title: string;
  readonly tenants: 'one' | 'many';
  readonly connections: number;
  /** Median of requests in a second. */
  readonly rate: Readonly<Partial<Record<TargetName, number>>>;
  /** Largest minus smallest run, as a share of the median. */
  readonly spread: Readonly<Partial<Record<TargetName, number>>>;
  /** Ours, divided by theirs: above 1 we answer more. */
  readonly ratio: Readonly<Partial<Record<TargetName, number>>>;
  /** Medians of microseconds for each request. */
  readonly serverCpu: Readonly<Partial<Record<TargetName, number>>>;
  readonly postgresCpu: Readonly<Partial<Record<TargetName, number>>>;
  /** Milliseconds. */
  readonly p99: Readonly<Partial<Record<TargetName, number>>>;
}

/** Puts side by side what was measured under the same load. */
export function ratiosOf(measurements: readonly Measurement[]): readonly Ratios[] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const { operation, tenants, connections } = measurement;
    const key = `${tenants} ${connections} ${operation}`;
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  return [...groups.values()].map((group) => {
    const [{ operation, title, tenants, connections }] = group as [Measurement];
    const each = (value: (measurement: Measurement) => number) =>
      Object.fromEntries(group.map((measurement) => [measurement.target, value(measurement)]));
    const rate: Ratios['rate'] = each(({ runs }) => median(runs.map((run) => run.rate)));
    const ours = rate.formwork ?? Number.NaN;
    return {
      operation,
      title,
      tenants,
      connections,
      rate,
      spread: each(({ runs }) => spread(runs.map((run) => run.rate))),
      ratio: Object.fromEntries(
        Object.entries(rate)
          .filter(([target]) => target !== 'formwork')
          .map(([target, theirs]) => [target, ours / theirs]),
      ),
      serverCpu: each(({ runs }) => median(runs.map((run) => run.serverCpu ?? Number.NaN))),
      postgresCpu: each(({ runs }) => median(runs.map((run) => run.postgresCpu ?? Number.NaN))),
      p99: each(({ runs }) => median(runs.map((run) => run.p99))),
    };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}
