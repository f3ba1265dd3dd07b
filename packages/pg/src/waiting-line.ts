import type { Deadline } from './deadline.ts';
import { expireAt } from './deadline-clock.ts';
import type { DatabaseError } from './errors.ts';

interface Waiter<T> {
  readonly give: (value: T) => void;
  readonly refuse: (error: DatabaseError) => void;
}

export interface Patience {
  readonly deadline: Deadline;
  /** Milliseconds; then `tooLong` says what to tell. */
  readonly timeout: number;
  readonly tooLong: () => DatabaseError;
}

/** Callers that wait for something, in the order they came: each until it is given, or its time is up. */
export class WaitingLine<T> {
  readonly #waiters = new Set<Waiter<T>>();

  get size(): number {
    return this.#waiters.size;
  }

  /** Whoever gives up has left the line at once, so that nothing is ever given to nobody. */
  wait({ deadline, timeout, tooLong }: Patience): Promise<T> {
    return new Promise((resolve, reject) => {
      let stopListening = (): void => {};
      const leave = (): void => {
        this.#waiters.delete(waiter);
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
      };
      const forget = expireAt(performance.now() + timeout, { expire: () => waiter.refuse(tooLong()) });
      this.#waiters.add(waiter);
      stopListening = deadline.onExpired(waiter.refuse);
    });
  }

  /** To whoever has waited longest; false where nobody waits. */
  give(value: T): boolean {
    const [first] = this.#waiters;
    first?.give(value);
    return first !== undefined;
  }

  /** Tells whoever has waited longest that nothing will come. */
  refuse(error: DatabaseError): void {
    const [first] = this.#waiters;
    first?.refuse(error);
  }
}
