interface Expiring {
  expire(): void;
}

interface Entry {
  readonly at: number;
  readonly what: Expiring;
}

/**
 * One timer for all deadlines: nearly none of them is ever reached, and a timer of its own would cost each request more
 * than the message that it guards. It is set to the earliest that was asked for and looks around when it fires.
 */
const entries = new Set<Entry>();
let timer: NodeJS.Timeout | undefined;
let firesAt = Number.POSITIVE_INFINITY;

/** Calls `what.expire()` at that time, by `performance.now()`; returns how to take that back. */
export function expireAt(at: number, what: Expiring): () => void {
  const entry = { at, what };
  entries.add(entry);
  if (at < firesAt) arm(at);
  return () => entries.delete(entry);
}

function arm(at: number): void {
  clearTimeout(timer);
  firesAt = at;
  timer = setTimeout(look, Math.max(1, Math.ceil(at - performance.now())));
  // What a deadline guards has a socket, which keeps the process alive; a deadline that was taken back must not.
  timer.unref();
}

function look(): void {
  firesAt = Number.POSITIVE_INFINITY;
  const now = performance.now();
  let next = firesAt;
  for (const entry of [...entries]) {
    if (entry.at <= now) {
      entries.delete(entry);
      entry.what.expire();
    } else if (entry.at < next) {
      next = entry.at;
    }
  }
  if (next < firesAt) arm(next);
}
