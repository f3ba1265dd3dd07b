import { expireAt } from './deadline-clock.ts';
import { DatabaseError } from './errors.ts';
import type { Cancellation } from './statement.ts';

/** The time that a batch or transaction has, and the caller's own wish to stop: whichever comes first. */
export class Deadline {
  readonly #budget: number;
  readonly #cancellation: Cancellation | undefined;
  readonly #forget: () => void;
  readonly #abort = (): void =>
    this.#expire(new DatabaseError('CANCELLED', 'The caller has cancelled the operation'));
  #listeners: Set<(error: DatabaseError) => void> | undefined;
  #error: DatabaseError | undefined;

  constructor(budget: number, cancellation?: Cancellation) {
    this.#budget = budget;
    this.#cancellation = cancellation;
    this.#forget = expireAt(performance.now() + budget, this);
    if (cancellation?.aborted) this.#abort();
    else cancellation?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Why time is up, or undefined as long as it is not. */
  get error(): DatabaseError | undefined {
    return this.#error;
  }

  /** Calls `listener` when time is up, at once if it is already; returns how to take that back. */
  onExpired(listener: (error: DatabaseError) => void): () => void {
    if (this.#error !== undefined) {
      listener(this.#error);
      return () => {};
    }
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return () => this.#listeners?.delete(listener);
  }

  /** What `promise` gives, unless time is up first; then rejects with `error`, whatever becomes of the promise. */
  async race<T>(promise: Promise<T>): Promise<T> {
    let stopListening = (): void => {};
    const expired = new Promise<never>((_, reject) => {
      stopListening = this.onExpired(reject);
    });
    try {
      return await Promise.race([promise, expired]);
    } finally {
      stopListening();
    }
  }

  /** The clock says that time is up. */
  expire(): void {
    this.#expire(new DatabaseError('TIMEOUT', `The operation took longer than its ${this.#budget} ms`));
  }

  clear(): void {
    this.#forget();
    this.#cancellation?.removeEventListener('abort', this.#abort);
    this.#listeners = undefined;
  }

  #expire(error: DatabaseError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    for (const listener of this.#listeners ?? []) listener(error);
    this.clear();
  }
}
