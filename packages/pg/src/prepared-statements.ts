import { randomBytes } from 'node:crypto';

/** How one statement of a message is sent. */
export interface Preparation {
  /** Name on the server; empty for the unnamed statement, which the next unnamed one overwrites. */
  readonly name: string;
  /** Whether a Parse has to come before the Bind. */
  readonly parse: boolean;
}

/** How all statements of a message are sent, and which names to close first. */
export interface PreparationPlan {
  readonly close: readonly string[];
  readonly preparations: readonly Preparation[];
}

/** What is prepared is sent like this, each time. */
interface Prepared extends Preparation {
  lastUse: number;
}

const nothing: readonly string[] = [];

/** A view of a tenant's design, as compiled SQL writes it. */
const viewName = /"formwork_views"\."\w+"/g;

/**
 * The prepared statements of one connection, the least recently used dropped first: each costs memory in the server.
 *
 * A statement behind an error was never parsed, so a name counts only once ParseComplete has come (else the next use
 * fails with 26000); and names are never used twice, so that one whose fate is unknown is simply forgotten. Nor by any other
 * connection: a pooler that does not follow prepared statements would run what another has called so.
 */
export class PreparedStatements {
  readonly #capacity: number;
  readonly #mark = randomBytes(6).toString('base64url');
  /** By text. */
  readonly #known = new Map<string, Prepared>();
  readonly #views = new Set<string>();
  #sequence = 0;
  #clock = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many statements this connection has been asked to parse, ever. */
  get parsed(): number {
    return this.#sequence;
  }

  /** How many views it has had to look at for that: a backend keeps what it has learnt of each, some 13 KB. */
  get views(): number {
    return this.#views.size;
  }

  get size(): number {
    return this.#known.size;
  }

  plan(texts: readonly string[]): PreparationPlan {
    this.#clock += 1;
    const found = texts.map((text) => this.#find(text));
    if (found.every(isPrepared)) return { close: nothing, preparations: found };
    const fresh = new Map<string, string>();
    const room = this.#capacity - this.#inUse();
    const preparations = found.map(
      (known, index) => known ?? this.#prepare(texts[index] as string, fresh, room),
    );
    return { close: this.#evict(fresh.size), preparations };
  }

  /** ParseComplete has come for this text. */
  confirm(text: string, name: string): void {
    if (name !== '') this.#known.set(text, { name, parse: false, lastUse: this.#clock });
  }

  /** After 26000: somebody else has emptied the connection (DISCARD ALL, a pooler), so no name can be trusted. */
  forget(): void {
    this.#known.clear();
  }

  #find(text: string): Prepared | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) known.lastUse = this.#clock;
    return known;
  }

  #prepare(text: string, fresh: Map<string, string>, room: number): Preparation {
    const earlier = fresh.get(text);
    if (earlier !== undefined) return { name: earlier, parse: false };
    this.#sequence += 1;
    for (const [view] of text.matchAll(viewName)) this.#views.add(view);
    if (fresh.size >= room) return { name: '', parse: true };
    const name = `${this.#mark}.${this.#sequence}`;
    fresh.set(text, name);
    return { name, parse: true };
  }

  /** How many are used by the message at hand. */
  #inUse(): number {
    let count = 0;
    for (const { lastUse } of this.#known.values()) if (lastUse === this.#clock) count += 1;
    return count;
  }

  /** Makes room; what this message uses stays. */
  #evict(fresh: number): string[] {
    const excess = this.#known.size + fresh - this.#capacity;
    if (excess <= 0) return [];
    return [...this.#known]
      .filter(([, { lastUse }]) => lastUse !== this.#clock)
      .sort(([, one], [, other]) => one.lastUse - other.lastUse)
      .slice(0, excess)
      .map(([text, { name }]) => {
        this.#known.delete(text);
        return name;
      });
  }
}

function isPrepared(found: Prepared | undefined): found is Prepared {
  return found !== undefined;
}
