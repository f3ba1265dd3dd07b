import { median, spread } from '../report/ratios.ts';

/** One of several that do the same, each in its own way. */
export interface Contender {
  readonly name: string;
  /** One run; gives what it came to. */
  run(round: number): Promise<number>;
}

export interface Series {
  readonly name: string;
  readonly runs: readonly number[];
  readonly median: number;
  readonly spread: number;
}

/**
 * Lets all of them run once, which does not count, and then round after round, one after the other: what slows the
 * machine down slows all of them. Every other round goes backwards, so that nobody always has the same one before.
 */
export async function inTurn(contenders: readonly Contender[], rounds: number): Promise<readonly Series[]> {
  const runs = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const figure = await contender.run(round);
      if (round > 0) runs.get(contender.name)?.push(figure);
    }
  }
  return [...runs].map(([name, figures]) => ({
    name,
    runs: figures,
    median: median(figures),
    spread: spread(figures),
  }));
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
