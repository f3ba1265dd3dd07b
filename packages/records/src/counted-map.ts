import { Kept, type Memory, type Owner } from './memory.ts';

/**
 * A map whose values count in a memory that does not hold on to them: they go when they were not used for long, and
 * else live as long as whatever the map hangs on.
 */
export class CountedMap<Value> {
  readonly #memory: Memory;
  readonly #weigh: (value: Value) => number;
  readonly #values = new Map<string, { readonly value: Value; readonly ticket: Ticket }>();
  readonly #self = new WeakRef(this);

  /** `weigh`: bytes of a value, roughly. */
  constructor(memory: Memory, weigh: (value: Value) => number) {
    this.#memory = memory;
    this.#weigh = weigh;
  }

  /** The value kept for the key, or the one that `make` makes, which is then kept. */
  get(key: string, make: () => Value): Value {
    const kept = this.#values.get(key);
    if (kept !== undefined) {
      this.#memory.use(kept.ticket);
      return kept.value;
    }
    const value = make();
    const ticket = new Ticket(200 + 2 * key.length + this.#weigh(value), this.#self, key);
    this.#values.set(key, { value, ticket });
    this.#memory.add(ticket);
    return value;
  }

  /** @internal */
  forget(key: string): void {
    this.#values.delete(key);
  }
}

/** Where to find a value to drop it. */
class Ticket extends Kept {
  readonly map: WeakRef<{ forget(key: string): void }>;
  readonly key: string;

  constructor(bytes: number, map: Ticket['map'], key: string) {
    super(dropper, bytes);
    this.map = map;
    this.key = key;
  }
}

const dropper: Owner = {
  forget(entry) {
    if (entry instanceof Ticket) entry.map.deref()?.forget(entry.key);
  },
};
