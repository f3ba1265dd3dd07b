/** A bounded cache: beyond `most` entries the one that was not asked for the longest goes. */
export class LeastRecentlyUsed<Key, Value> {
  readonly #most: number;
  readonly #values = new Map<Key, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value kept for the key, or the one that `make` makes, which is then kept. */
  get(key: Key, make: () => Value): Value {
    const kept = this.#values.get(key);
    const value = kept === undefined ? make() : kept;
    // A Map remembers the order of insertion: what is put in again is the youngest.
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) {
      for (const oldest of this.#values.keys()) {
        this.#values.delete(oldest);
        break;
      }
    }
    return value;
  }
}
