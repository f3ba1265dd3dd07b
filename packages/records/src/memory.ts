import type { Registry } from '@formwork/registry';

/**
 * What a process keeps between requests, bounded in bytes all together: beyond them goes what was not used the longest,
 * whichever cache has it. The entries are in one list, the oldest behind `#end.next`.
 */
export class Memory {
  readonly most: number;
  readonly #end = new Kept(null, 0);
  #bytes = 0;

  constructor(most: number) {
    this.most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes up an entry as the one just used. What is too large for everything together is given up at once. */
  add(entry: Kept): void {
    this.#link(entry);
    this.#bytes += entry.bytes;
    this.#shrink(entry);
  }

  /** Now it is the one just used. */
  use(entry: Kept): void {
    if (entry.next === this.#end || entry.next === null) return;
    unlink(entry);
    this.#link(entry);
  }

  /** It has grown, or shrunk. */
  weigh(entry: Kept, bytes: number): void {
    if (entry.next === null) return;
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    this.#shrink(entry);
  }

  remove(entry: Kept): void {
    if (entry.next === null) return;
    unlink(entry);
    this.#bytes -= entry.bytes;
  }

  #shrink(latest: Kept): void {
    if (latest.bytes > this.most) this.#drop(latest);
    while (this.#bytes > this.most && this.#end.next !== null && this.#end.next !== this.#end)
      this.#drop(this.#end.next);
  }

  #drop(entry: Kept): void {
    this.remove(entry);
    entry.owner?.forget(entry);
  }

  #link(entry: Kept): void {
    const end = this.#end;
    end.next ??= end;
    const last = end.previous ?? end;
    entry.previous = last;
    entry.next = end;
    last.next = entry;
    end.previous = entry;
  }
}

/** Who has an entry, and is told when it has to go. */
export interface Owner {
  forget(entry: Kept): void;
}

/** Something that is kept: what it takes, and who has it. */
export class Kept {
  readonly owner: Owner | null;
  bytes: number;
  /** Both null where it is not kept, or not any more. */
  previous: Kept | null = null;
  next: Kept | null = null;

  constructor(owner: Owner | null, bytes: number) {
    this.owner = owner;
    this.bytes = bytes;
  }
}

function unlink(entry: Kept): void {
  if (entry.previous) entry.previous.next = entry.next;
  if (entry.next) entry.next.previous = entry.previous;
  entry.previous = null;
  entry.next = null;
}

/** Of registries that nobody said anything about: those of a command, say. */
const other = new Memory(64 * 1024 * 1024);
const memories = new WeakMap<Registry, Memory>();

/** From now on what is compiled for a registry, in whatever role, counts here. */
export function countIn(memory: Memory, registry: Registry): void {
  memories.set(registry, memory);
}

export function memoryOf(registry: Registry): Memory {
  return memories.get(registry.whole ?? registry) ?? other;
}
