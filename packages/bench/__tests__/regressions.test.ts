import type { Ratios } from '../src/report/ratios.ts';
import { fallenBelow } from '../src/report/regressions.ts';

const line = (ratio: Ratios['ratio'], changed: Partial<Ratios> = {}): Ratios => ({
  operation: 'byId',
  title: 'by id',
  tenants: 'one',
  connections: 16,
  rate: {},
  spread: {},
  ratio,
  serverCpu: {},
  postgresCpu: {},
  p99: {},
  ...changed,
});

test('a ratio below 0.8 of the recorded one has fallen, and its line says so', () => {
  const { lines, count } = fallenBelow([line({ postgraphile: 3 })], [line({ postgraphile: 2.39 })]);
  expect(count).toBe(1);
  expect(lines).toEqual(['byId / postgraphile: 2.39, recorded 3.00  FELL']);
});

test('a ratio at 0.8 of the recorded one or above has not fallen', () => {
  const before = [line({ postgraphile: 3, rawJsonb: 1 })];
  expect(fallenBelow(before, [line({ postgraphile: 2.41, rawJsonb: 0.8 })]).count).toBe(0);
  expect(fallenBelow(before, [line({ postgraphile: 9, rawJsonb: 2 })]).count).toBe(0);
});

test('each target counts for itself', () => {
  const before = [line({ postgraphile: 3, rawJsonb: 1, rawNative: 1 })];
  const now = [line({ postgraphile: 1, rawJsonb: 0.9, rawNative: 0.1 })];
  expect(fallenBelow(before, now).count).toBe(2);
});

test('what was never recorded, or under another load only, is printed and not judged', () => {
  const before = [
    line({ postgraphile: 3 }, { connections: 64 }),
    line({ postgraphile: 3 }, { tenants: 'many' }),
  ];
  const { lines, count } = fallenBelow(before, [line({ postgraphile: 1 })]);
  expect(count).toBe(0);
  expect(lines).toEqual(['byId / postgraphile: 1.00, recorded –']);
});
