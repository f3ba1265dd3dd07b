import { inTurn } from '../src/load/in-turn.ts';

test('all run by turns, every other round backwards, and the first round does not count', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    name,
    run: async (round: number) => {
      order.push(`${name}${round}`);
      return round * 10;
    },
  });
  const series = await inTurn([contender('a'), contender('b')], 3);
  expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2', 'b3', 'a3']);
  expect(series).toEqual([
    { name: 'a', runs: [10, 20, 30], median: 20, spread: 1 },
    { name: 'b', runs: [10, 20, 30], median: 20, spread: 1 },
  ]);
});
