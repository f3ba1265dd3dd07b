import { DatabaseError } from './errors.ts';

/** The time that a batch or transaction has, and the caller's own wish to stop: whichever comes first. */
export class Deadline {
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void =>
    this.#expire(new DatabaseError('CANCELLED', 'The caller has cancelled the operation'));
  readonly #listeners = new Set<(error: DatabaseError) => void>();
  #error: DatabaseError | undefined;

  constructor(budget: number, signal?: AbortSignal) {
    this.#timer = setTimeout(
      () => this.#expire(new DatabaseError('TIMEOUT', `The operation took longer than its ${budget} ms`)),
      budget,
    );
    this.#signal = signal;
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Why time is up, or undefined as long as it is not. */
  get error(): DatabaseError | undefined {
    return this.#error;
  }

  /** Calls `listener` when time is up, at once if it is already; returns how to take that back. */
  onExpired(listener: (error: DatabaseError) => void): () => void {
    if (this.#error !== undefined) listener(this.#error);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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

  clear(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#listeners.clear();
  }

  #expire(error: DatabaseError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    for (const listener of this.#listeners) listener(error);
    this.clear();
  }
}
