import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './log.ts';

export interface Closer {
  /** For the log, where it does not end, or fails. */
  readonly what: string;
  close(): Promise<void>;
}

/** Milliseconds for all of them, and those that each has even when the others have used up all. */
const usualPatience = { all: 3_000, each: 200 };

/**
 * Closes one after the other, whatever becomes of those before. Where Postgres has died or stands still, what needs it
 * would never end: who is not done in time is left to itself, and told in the log. So is what fails, with its reason.
 */
export async function closeInTurn(
  closers: readonly Closer[],
  log: Pick<Logger, 'warn'>,
  patience = usualPatience,
): Promise<void> {
  const end = performance.now() + patience.all;
  const unfinished: string[] = [];
  for (const { what, close } of closers) {
    const failed = (error: unknown) => log.warn({ err: error, what }, 'something could not be ended');
    const given = new AbortController();
    const rest = Math.max(patience.each, end - performance.now());
    const isDone = await Promise.race([
      close()
        .then(undefined, failed)
        .then(() => true),
      sleep(rest, false, { signal: given.signal }).catch(() => false),
    ]);
    given.abort();
    if (!isDone) unfinished.push(what);
  }
  if (unfinished.length > 0) {
    log.warn({ unfinished }, 'what did not end in time was given up: most likely it waits for Postgres');
  }
}
