/**
 * A value that is not known yet while a statement is written, so that the statement serves for all that may come: see
 * `SqlFragment.fill`. Nothing can be told from it but what is made of it by {@link OpenValue.map}; whatever takes it
 * for a value (as text, as JSON) fails, so that it cannot slip into a statement as something else.
 */
export class OpenValue<T = unknown> {
  readonly #of: (given: never) => T;
  readonly #ends: Set<OpenValue>;

  /**
   * `of`: the value, from what the statement will be filled with. `ends`: whatever is made of the value, and of what is
   * made of it in turn, comes in here in its place: so that it can be looked at even where no statement has it.
   */
  constructor(of: (given: never) => T, ends: Set<OpenValue> = new Set()) {
    this.#of = of;
    this.#ends = ends;
    ends.add(this);
  }

  /** The value, once it is known. Throws what the functions throw that it was made with. */
  of(given: unknown): T {
    return this.#of(given as never);
  }

  map<U>(make: (value: T, given: never) => U): OpenValue<U> {
    const of = this.#of;
    this.#ends.delete(this);
    return new OpenValue<U>((given) => make(of(given), given), this.#ends);
  }

  toJSON(): never {
    throw notKnown();
  }

  [Symbol.toPrimitive](): never {
    throw notKnown();
  }
}

function notKnown(): TypeError {
  return new TypeError('The value is not known yet');
}

/** Of a value that may be known or not: what is made of it, at once or later. */
export function mapValue<T, U>(value: T | OpenValue<T>, make: (value: T) => U): U | OpenValue<U> {
  return value instanceof OpenValue ? value.map(make) : make(value);
}
