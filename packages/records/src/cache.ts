import { Kept, type Memory, type Owner } from './memory.ts';

/** A cache whose entries count in a memory that it may share with others. */
export class Cache<Key, Value> {
  readonly #memory: Memory;
  readonly #weigh: (value: Value, key: Key) => number;
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  readonly #owner: Owner = { forget: (entry) => this.#forget(entry as Entry<Key, Value>) };
  #bytes = 0;

  /** `weigh`: bytes of an entry, roughly. */
  constructor(memory: Memory, weigh: (value: Value, key: Key) => number) {
    this.#memory = memory;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#memory.use(entry);
    return entry.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const entry = new Entry(this.#owner, this.#weigh(value, key), key, value);
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    this.#memory.add(entry);
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#memory.remove(entry);
    this.#forget(entry);
  }

  /** What is kept under a key may have grown. */
  weigh(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const bytes = this.#weigh(entry.value, key);
    this.#bytes += bytes - entry.bytes;
    this.#memory.weigh(entry, bytes);
  }

  #forget(entry: Entry<Key, Value>): void {
    this.#entries.delete(entry.key);
    this.#bytes -= entry.bytes;
  }
}

class Entry<Key, Value> extends Kept {
  readonly key: Key;
  readonly value: Value;

  constructor(owner: Owner, bytes: number, key: Key, value: Value) {
    super(owner, bytes);
    this.key = key;
    this.value = value;
  }
}
