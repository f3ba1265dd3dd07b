import type { Problem } from './problem.ts';

/** So that a hostile document of a million mistakes does not become a report of a million lines. */
const mostProblems = 500;

/** Collects what is wrong, so that all of it can be reported together. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  #left = 0;

  add(code: string, path: string, message: string): void {
    if (this.#problems.length < mostProblems) {
      this.#problems.push({ code, path, message });
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
