/** Something with a time limit. */
export interface Expiring {
  /** By `performance.now()`. */
  readonly at: number;
  /** Where it stands among all that are watched; -1 where it does not. The clock's own. */
  index: number;
  expire(): void;
}

/**
 * One timer for all deadlines: nearly none of them is ever reached, and a timer of its own would cost each request more
 * than the message that it guards. It is set to the earliest that was asked for and looks around when it fires.
 *
 * A list in no order, and not a Set: the tables that a Set outgrows point to those that follow, and what they held is
 * carried along by the garbage collector, a tenth of all that requests make.
 */
const watched: Expiring[] = [];
let timer: NodeJS.Timeout | undefined;
let firesAt = Number.POSITIVE_INFINITY;

/** Calls `what.expire()` at its time, unless it is forgotten before. */
export function watch(what: Expiring): void {
  what.index = watched.push(what) - 1;
  if (what.at < firesAt) arm(what.at);
}

/** The last one takes its place. */
export function forget(what: Expiring): void {
  if (what.index === -1) return;
  const last = watched.pop();
  if (last !== undefined && last !== what) {
    watched[what.index] = last;
    last.index = what.index;
  }
  what.index = -1;
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
  for (const what of [...watched]) {
    if (what.at > now) {
      if (what.at < next) next = what.at;
    } else if (what.index !== -1) {
      forget(what);
      what.expire();
    }
  }
  if (next < firesAt) arm(next);
}
