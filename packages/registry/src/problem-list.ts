import type { Problem } from './problem.ts';

/** So that a hostile document of a million mistakes does not become a report of a million lines. */
const mostProblems = 200;

/** Collects what is wrong, so that all of it can be reported together. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  #left = 0;

  /** A message that takes time to make is given as a function, which is called only if the problem is listed. */
  add(code: string, path: string, message: string | (() => string)): void {
    if (this.#problems.length < mostProblems) {
      this.#problems.push({ code, path, message: typeof message === 'string' ? message : message() });
    } else {
      this.#left += 1;
    }
  }

  get count(): number {
    return this.#problems.length + this.#left;
  }

  toArray(): readonly Problem[] {
    if (this.#left === 0) {
      return [...this.#problems];
    }
    const message = `There are ${this.#left} more problems, which are not listed.`;
    return [...this.#problems, { code: 'MORE_PROBLEMS', path: '', message }];
  }
}
