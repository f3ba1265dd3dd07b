import type { ProblemList } from './problem-list.ts';
import { isReservedName } from './reserved-names.ts';

/** Who has which name in one space of names. */
export class NameClaims {
  readonly #owners = new Map<string, string>();
  readonly #kind: 'type' | 'field' | 'root' | 'key';
  readonly #problems: ProblemList;

  constructor(kind: 'type' | 'field' | 'root' | 'key', problems: ProblemList) {
    this.#kind = kind;
    this.#problems = problems;
  }

  /** Claims names that come together; one problem is enough to say that they do not fit. */
  claimAll(names: readonly string[], path: string, who: string, why: string): boolean {
    return names.every((name) => this.claim(name, path, who, why));
  }

  /** `why`: how the name comes to be, where the designer did not choose it ("is made for it"). False if it is taken. */
  claim(name: string, path: string, who: string, why: string): boolean {
    const what = `${spaces[this.#kind]} "${name}"`;
    const made = why === '' ? '' : `, which ${why},`;
    const owner = this.#owners.get(name);
    if (isReservedName(this.#kind, name)) {
      const message = `The ${what} of ${who} is reserved. Choose another ${advice(path)}.`;
      this.#problems.add('NAME_RESERVED', path, message);
    } else if (owner !== undefined) {
      const message = `The ${what} of ${who}${made} is already taken by ${owner}. Choose another ${advice(path)}.`;
      this.#problems.add('NAME_COLLISION', path, message);
    } else {
      this.#owners.set(name, who);
      return true;
    }
    return false;
  }
}

const spaces = {
  type: 'GraphQL type',
  field: 'GraphQL field',
  root: 'root field',
  key: 'GraphQL name',
} as const;

function advice(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
