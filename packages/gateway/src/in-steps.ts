import { setImmediate as others } from 'node:timers/promises';

/** Milliseconds of work at a time. */
const atOnce = 8;

/** Does long work to its end, and lets others have the event loop between its steps. */
export async function inSteps<Result>(steps: Generator<unknown, Result>): Promise<Result> {
  let since = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < atOnce) continue;
    await others();
    since = performance.now();
  }
}
