import type { Deadline } from './deadline.ts';
import { expireAt } from './deadline-clock.ts';
import type { DatabaseError } from './errors.ts';

interface Waiter<T> {
  readonly give: (value: T) => void;
  readonly refuse: (error: DatabaseError) => void;
  next: Waiter<T> | undefined;
  previous: Waiter<T> | undefined;
}

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
  wait({ deadline, timeout, tooLong }: Patience): Promise<T> {
    return new Promise((resolve, reject) => {
      let stopListening = (): void => {};
      const leave = (): void => {
        this.#remove(waiter);
        forget();
        stopListening();
      };
      const waiter: Waiter<T> = {
        give: (value) => {
          leave();
          resolve(value);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
        next: undefined,
        previous: undefined,
      };
      const forget = expireAt(performance.now() + timeout, { expire: () => waiter.refuse(tooLong()) });
      this.#append(waiter);
      stopListening = deadline.onExpired(waiter.refuse);
    });
  }

  /** To whoever has waited longest; false where nobody waits. */
  give(value: T): boolean {
    const first = this.#first;
    first?.give(value);
    return first !== undefined;
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

  #remove(waiter: Waiter<T>): void {
    if (waiter.previous === undefined) this.#first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) this.#last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.next = undefined;
    waiter.previous = undefined;
    this.#size -= 1;
  }
}
