interface Expiring {
  expire(): void;
}

interface Entry {
  readonly at: number;
  readonly what: Expiring;
  /** Where it stands; -1 when it was taken back. */
  index: number;
}

/**
 * One timer for all deadlines: nearly none of them is ever reached, and a timer of its own would cost each request more
 * than the message that it guards. It is set to the earliest that was asked for and looks around when it fires.
 *
 * A list in no order, and not a Set: the tables that a Set outgrows point to those that follow, and what they held is
 * carried along by the garbage collector, a tenth of all that requests make.
 */
const entries: Entry[] = [];
let timer: NodeJS.Timeout | undefined;
let firesAt = Number.POSITIVE_INFINITY;

/** Calls `what.expire()` at that time, by `performance.now()`; returns how to take that back. */
export function expireAt(at: number, what: Expiring): () => void {
  const entry: Entry = { at, what, index: entries.length };
  entries.push(entry);
  if (at < firesAt) arm(at);
  return () => takeBack(entry);
}

/** The last one takes its place. */
function takeBack(entry: Entry): void {
  if (entry.index === -1) return;
  const last = entries.pop();
  if (last !== undefined && last !== entry) {
    entries[entry.index] = last;
    last.index = entry.index;
  }
  entry.index = -1;
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
      takeBack(entry);
      entry.what.expire();
    } else if (entry.at < next) {
      next = entry.at;
    }
  }
  if (next < firesAt) arm(next);
}
