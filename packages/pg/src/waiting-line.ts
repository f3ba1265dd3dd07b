import type { Deadline, OnExpired } from './deadline.ts';
import { type Expiring, forget, watch } from './deadline-clock.ts';
import type { DatabaseError } from './errors.ts';

export interface Patience {
  readonly deadline: Deadline;
  /** Milliseconds; then `tooLong` says what to tell. */
  readonly timeout: number;
  readonly tooLong: () => DatabaseError;
}

/**
 * Callers that wait for something, in the order they came: each until it is given, or its time is up. Linked to each
 * other only while they wait: what has left a Set, or points to who came later, keeps those alive past their time.
 */
export class WaitingLine<T> {
  #first: Waiter<T> | undefined;
  #last: Waiter<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whoever gives up has left the line at once, so that nothing is ever given to nobody. */
  wait(patience: Patience): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = new Waiter(patience, resolve, (error) => {
        this.#leave(waiter);
        reject(error);
      });
      this.#append(waiter);
      watch(waiter);
      patience.deadline.onExpired(waiter.refuse);
    });
  }

  /** To whoever has waited longest; false where nobody waits. */
  give(value: T): boolean {
    const first = this.#first;
    if (first === undefined) return false;
    this.#leave(first);
    first.take(value);
    return true;
  }

  /** Tells whoever has waited longest that nothing will come. */
  refuse(error: DatabaseError): void {
    this.#first?.refuse(error);
  }

  #append(waiter: Waiter<T>): void {
    waiter.previous = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    this.#size += 1;
  }

  #leave(waiter: Waiter<T>): void {
    forget(waiter);
    waiter.patience.deadline.offExpired(waiter.refuse);
    if (waiter.previous === undefined) this.#first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) this.#last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.next = undefined;
    waiter.previous = undefined;
    this.#size -= 1;
  }
}

class Waiter<T> implements Expiring {
  readonly patience: Patience;
  readonly at: number;
  index = -1;
  readonly take: (value: T) => void;
  readonly refuse: OnExpired;
  next: Waiter<T> | undefined;
  previous: Waiter<T> | undefined;

  constructor(patience: Patience, take: (value: T) => void, refuse: OnExpired) {
    this.patience = patience;
    this.at = performance.now() + patience.timeout;
    this.take = take;
    this.refuse = refuse;
  }

  expire(): void {
    this.refuse(this.patience.tooLong());
  }
}
