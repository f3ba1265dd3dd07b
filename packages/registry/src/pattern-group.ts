/** One thing of a group that a repetition can follow. */
interface Part {
  /** The character it stands for, where it stands for exactly one. */
  readonly literal: string | null;
  /** Null for a character or a class. */
  readonly group: PatternGroup | null;
  repeated: boolean;
  /** How often a counted repetition repeats it, nested ones multiplied. */
  repeats: number;
  /** How many characters that makes. */
  size: number;
}

/** What is known of a group of a pattern while it is read: enough to tell whether repeating it is harmless. */
export class PatternGroup {
  readonly #alternatives: Part[][] = [[]];
  /** All characters and classes in it, those of inner groups too. */
  readonly #characters: string[] = [];
  /** Things that can match in more than one way: repetitions of no fixed number, and alternatives of inner groups. */
  #choices = 0;
  /** Whether such a thing is more than the repetition of one character. */
  #nested = false;

  get repeats(): number {
    return Math.max(1, ...this.#alternatives.flat().map((part) => part.repeats));
  }

  get size(): number {
    return this.#alternatives.flat().reduce((sum, part) => sum + part.size, 0);
  }

  addCharacter(text: string): void {
    const literal = /^(?:[^.\\[]|\\[^\w])$/su.test(text) ? text.replace(/^\\(?=.)/su, '') : null;
    this.#characters.push(text);
    this.#add({ literal, group: null, repeated: false, repeats: 1, size: 1 });
  }

  addGroup(group: PatternGroup): void {
    this.#characters.push(...group.#characters);
    this.#add({ literal: null, group, repeated: false, repeats: group.repeats, size: group.size });
    const choices = group.#choices + group.#alternatives.length - 1;
    this.#choices += choices;
    this.#nested ||= choices > 0;
  }

  addAlternative(): void {
    this.#alternatives.push([]);
  }

  /** False where repeating what came last could take for ever. */
  repeatLast(least: number, most: number): boolean {
    const part = this.#alternatives.at(-1)?.at(-1);
    if (part === undefined) {
      return true;
    }
    if (most > 1 && part.group !== null && !part.group.#canRepeat()) {
      return false;
    }
    const count = Math.max(1, Number.isFinite(most) ? most : least);
    part.repeated = true;
    part.repeats *= count;
    part.size *= count;
    if (least !== most) {
      this.#choices += 1;
      this.#nested ||= part.group !== null;
    }
    return true;
  }

  #add(part: Part): void {
    this.#alternatives.at(-1)?.push(part);
  }

  /**
   * Repeating is harmless where every text can be divided into rounds in one way only, and be matched in one way in
   * each: rounds of fixed length without choices; alternatives that begin with different characters; or a single
   * choice, with a character at the beginning or end of the round that is nowhere else in it ("(-[a-z]+)*").
   */
  #canRepeat(): boolean {
    if (this.#alternatives.length > 1) {
      const firsts = this.#alternatives.map(([first]) => (first && !first.repeated ? first.literal : null));
      return this.#choices === 0 && !firsts.includes(null) && new Set(firsts).size === firsts.length;
    }
    const [parts = []] = this.#alternatives;
    const separated = this.#separates(parts[0]) || this.#separates(parts.at(-1));
    return this.#choices === 0 || (this.#choices === 1 && !this.#nested && separated);
  }

  #separates(part: Part | undefined): boolean {
    const literal = part === undefined || part.repeated ? null : part.literal;
    const matching = this.#characters.filter(
      (text) => literal !== null && new RegExp(`^${text}$`, 'u').test(literal),
    );
    return matching.length === 1;
  }
}
