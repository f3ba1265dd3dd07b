import type { Measurement } from '../src/compare/compare.ts';
import { percentile } from '../src/report/percentile.ts';
import { median, ratiosOf, spread } from '../src/report/ratios.ts';

const run = (rate: number) => ({ rate, p50: 1, p99: 2, serverCpu: 10, postgresCpu: 5 });
const measured = (target: Measurement['target'], rates: readonly number[]): Measurement => ({
  operation: 'byId',
  title: 'by id',
  tenants: 'one',
  connections: 16,
  target,
  runs: rates.map(run),
});

test('the median is the middle, or between the two in the middle, in any order', () => {
  expect(median([3, 100, 1])).toBe(3);
  expect(median([4, 1, 100, 2])).toBe(3);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test('the spread is the distance of the extremes as a share of the median', () => {
  expect(spread([90, 100, 110])).toBeCloseTo(0.2);
  expect(spread([5])).toBe(0);
});

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile([8], 0.01)).toBe(8);
  expect(percentile([], 0.5)).toBeNaN();
});

test('a ratio is the median of ours divided by the median of theirs', () => {
  const [line, ...others] = ratiosOf([
    measured('formwork', [300, 200, 100]),
    measured('postgraphile', [100, 50, 1000]),
    measured('rawJsonb', [400, 400, 400]),
  ]);
  expect(others).toEqual([]);
  expect(line?.ratio).toEqual({ postgraphile: 2, rawJsonb: 0.5 });
  expect(line?.rate).toEqual({ formwork: 200, postgraphile: 100, rawJsonb: 400 });
  expect(line?.spread.formwork).toBe(1);
});

test('what was measured under another load stands in another line', () => {
  const lines = ratiosOf([
    measured('formwork', [10]),
    measured('postgraphile', [5]),
    { ...measured('formwork', [30]), connections: 64 },
    { ...measured('postgraphile', [10]), connections: 64 },
    { ...measured('formwork', [40]), tenants: 'many' },
  ]);
  expect(lines.map(({ connections, tenants, ratio }) => [connections, tenants, ratio.postgraphile])).toEqual([
    [16, 'one', 2],
    [64, 'one', 3],
    [16, 'many', undefined],
  ]);
});

test('a machine that tells no CPU leaves the rates whole', () => {
  const [line] = ratiosOf([{ ...measured('formwork', []), runs: [{ ...run(10), serverCpu: null }] }]);
  expect(line?.serverCpu.formwork).toBeNaN();
  expect(line?.rate.formwork).toBe(10);
});
