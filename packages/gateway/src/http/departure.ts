import type { Cancellation } from '@formwork/pg';

/**
 * Tells whoever works for a client that it has gone away: what an AbortSignal would do, which costs as much to make as
 * the rest of what a request needs.
 */
export class Departure implements Cancellation {
  #aborted = false;
  /** Most requests have one batch at a time, which is the one that listens. */
  #listener: (() => void) | undefined;
  #further: (() => void)[] | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  abort(): void {
    this.#aborted = true;
    const listeners = [this.#listener, ...(this.#further ?? [])];
    this.#listener = undefined;
    this.#further = undefined;
    for (const listener of listeners) listener?.();
  }

  addEventListener(_: 'abort', listener: () => void): void {
    if (this.#listener === undefined) this.#listener = listener;
    else {
      this.#further ??= [];
      this.#further.push(listener);
    }
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined;
    else this.#further = this.#further?.filter((one) => one !== listener);
  }
}
