type Variables = Readonly<Record<string, unknown>>;

/**
 * What a selection asks for, but for the variables in arguments behind its links. It belongs to the document, so all
 * requests share it. A piece of a larger outline gives the same object inside of it as by itself, by which `records`
 * knows what it has read already.
 */
export interface Outline<T> {
  /** The same object each time for one request's variables, or for all where no variable matters. */
  of(variables: Variables): T;
  readonly isConstant: boolean;
}

export function constant<T>(value: T): Outline<T> {
  return { of: () => value, isConstant: true };
}

/** Made of values of the variables. */
export function fromVariables<T>(make: (variables: Variables) => T): Outline<T> {
  const known = new WeakMap<Variables, T>();
  return {
    of: (variables) => {
      const found = known.get(variables);
      if (found !== undefined) return found;
      const made = make(variables);
      known.set(variables, made);
      return made;
    },
    isConstant: false,
  };
}

/** Made of what its parts are for the variables. */
export function combine<Part, T>(
  parts: readonly Outline<Part>[],
  make: (parts: readonly Part[]) => T,
): Outline<T> {
  const madeFor = (variables: Variables) => make(parts.map((part) => part.of(variables)));
  return parts.every(({ isConstant }) => isConstant) ? constant(madeFor({})) : fromVariables(madeFor);
}
