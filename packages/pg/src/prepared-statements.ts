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

/**
 * The prepared statements of one connection, the least recently used dropped first: each costs memory in the server.
 *
 * A statement behind an error was never parsed, so a name counts only once ParseComplete has come (else the next use
 * fails with 26000); and names are never used twice, so that one whose fate is unknown is simply forgotten.
 */
export class PreparedStatements {
  readonly #capacity: number;
  /** Text to name, in the order of last use. */
  readonly #names = new Map<string, string>();
  #sequence = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many statements this connection has been asked to parse, ever. */
  get parsed(): number {
    return this.#sequence;
  }

  get size(): number {
    return this.#names.size;
  }

  plan(texts: readonly string[]): PreparationPlan {
    const inMessage = new Map<string, string>();
    const preparations = texts.map((text) => this.#prepare(text, inMessage));
    return { close: this.#evict(inMessage), preparations };
  }

  /** ParseComplete has come for this text. */
  confirm(text: string, name: string): void {
    if (name !== '') this.#names.set(text, name);
  }

  /** After 26000: somebody else has emptied the connection (DISCARD ALL, a pooler), so no name can be trusted. */
  forget(): void {
    this.#names.clear();
  }

  #prepare(text: string, inMessage: Map<string, string>): Preparation {
    const known = this.#names.get(text);
    if (known !== undefined) {
      this.#names.delete(text);
      this.#names.set(text, known);
      inMessage.set(text, known);
      return { name: known, parse: false };
    }
    const earlier = inMessage.get(text);
    if (earlier !== undefined) return { name: earlier, parse: false };
    this.#sequence += 1;
    if (inMessage.size >= this.#capacity) return { name: '', parse: true };
    const name = `f${this.#sequence}`;
    inMessage.set(text, name);
    return { name, parse: true };
  }

  #evict(inMessage: ReadonlyMap<string, string>): string[] {
    const close: string[] = [];
    const fresh = [...inMessage.keys()].filter((text) => !this.#names.has(text)).length;
    for (const [text, name] of this.#names) {
      if (this.#names.size + fresh <= this.#capacity) break;
      if (inMessage.has(text)) continue;
      this.#names.delete(text);
      close.push(name);
    }
    return close;
  }
}
