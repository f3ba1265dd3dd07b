/** Numbers that look random and are the same each time (mulberry32): demo data must not change between two machines. */
export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number, both ends included. */
  integer(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
  /** Some of the items, each once, in their order. */
  sample<T>(items: readonly T[], count: number): readonly T[];
  chance(probability: number): boolean;
}

export function createRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    integer,
    pick<T>(items: readonly T[]): T {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
    sample<T>(items: readonly T[], count: number): readonly T[] {
      let wanted = count;
      return items.filter((_, index) => {
        const isTaken = next() < wanted / (items.length - index);
        if (isTaken) wanted -= 1;
        return isTaken;
      });
    },
    chance: (probability) => next() < probability,
  };
}
