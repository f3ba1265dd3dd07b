import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchOutcome } from './fill-batch.ts';

export interface JobPace {
  /** Records of one batch, which is one transaction (500). */
  readonly batch?: number | undefined;
  /** Per cent of the time that a worker works, from 1 to 100 (50); it rests the remainder. */
  readonly load?: number | undefined;
  /** Seconds without a sign of life after which another worker takes a job over (15). */
  readonly lease?: number | undefined;
  /** Ends the work after the batch that it is at. */
  readonly signal?: AbortSignal | undefined;
}

/** Batch after batch, resting in between, until there is no more or the signal says to end. */
export async function repeatBatches(
  { load = 50, signal }: JobPace,
  batch: () => Promise<BatchOutcome>,
): Promise<BatchOutcome> {
  for (;;) {
    const start = performance.now();
    const outcome = await batch();
    if (outcome !== 'more' || signal?.aborted) return outcome;
    const took = performance.now() - start;
    await sleep((took * (100 - load)) / load, undefined, { signal }).catch(() => {});
  }
}
