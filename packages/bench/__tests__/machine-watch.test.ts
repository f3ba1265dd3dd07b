import { outside } from '../src/load/machine-watch.ts';

test('of a wait that part counts in which the machine went on', () => {
  const wait = { from: 100, to: 300 };
  expect(outside(wait, [])).toBe(200);
  expect(outside(wait, [{ from: 0, to: 50 }])).toBe(200);
  expect(
    outside(wait, [
      { from: 50, to: 150 },
      { from: 290, to: 400 },
    ]),
  ).toBe(140);
  expect(outside(wait, [{ from: 0, to: 1_000 }])).toBe(0);
});
