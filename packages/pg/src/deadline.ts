import { type Expiring, forget, watch } from './deadline-clock.ts';
import { DatabaseError } from './errors.ts';
import type { Cancellation } from './statement.ts';

/** Hears why time is up. */
export type OnExpired = (error: DatabaseError) => void;

/** The time that a batch or transaction has, and the caller's own wish to stop: whichever comes first. */
export class Deadline implements Expiring {
  readonly at: number;
  index = -1;
  readonly #budget: number;
  readonly #cancellation: Cancellation | undefined;
  readonly #abort = (): void =>
    this.#expire(new DatabaseError('CANCELLED', 'The caller has cancelled the operation'));
  /** There is one as a rule; further ones are in the list. */
  #listener: OnExpired | undefined;
  #further: OnExpired[] | undefined;
  #error: DatabaseError | undefined;

  constructor(budget: number, cancellation?: Cancellation) {
    this.at = performance.now() + budget;
    this.#budget = budget;
    this.#cancellation = cancellation;
    if (cancellation?.aborted) {
      this.#abort();
      return;
    }
    watch(this);
    cancellation?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Why time is up, or undefined as long as it is not. */
  get error(): DatabaseError | undefined {
    return this.#error;
  }

  /** Calls `listener` when time is up, at once if it is already. */
  onExpired(listener: OnExpired): void {
    if (this.#error !== undefined) listener(this.#error);
    else if (this.#listener === undefined) this.#listener = listener;
    else {
      this.#further ??= [];
      this.#further.push(listener);
    }
  }

  offExpired(listener: OnExpired): void {
    if (this.#listener === listener) this.#listener = undefined;
    else this.#further = this.#further?.filter((one) => one !== listener);
  }

  /** What `promise` gives, unless time is up first; then rejects with `error`, whatever becomes of the promise. */
  async race<T>(promise: Promise<T>): Promise<T> {
    let listener: OnExpired = () => {};
    const expired = new Promise<never>((_, reject) => {
      listener = reject;
      this.onExpired(listener);
    });
    try {
      return await Promise.race([promise, expired]);
    } finally {
      this.offExpired(listener);
    }
  }

  /** The clock says that time is up. */
  expire(): void {
    this.#expire(new DatabaseError('TIMEOUT', `The operation took longer than its ${this.#budget} ms`));
  }

  clear(): void {
    forget(this);
    this.#cancellation?.removeEventListener('abort', this.#abort);
    this.#listener = undefined;
    this.#further = undefined;
  }

  #expire(error: DatabaseError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    const listeners = [this.#listener, ...(this.#further ?? [])];
    this.clear();
    for (const listener of listeners) listener?.(error);
  }
}
