import { isObject, joinPath } from './check-json.ts';
import { didYouMean } from './did-you-mean.ts';
import type { ProblemList } from './problem-list.ts';
import { describe, quote } from './quote.ts';

/** Reads the properties of one object, noting what is wrong. Only own properties count: "__proto__" is no way out. */
export class ObjectReader {
  readonly path: string;
  readonly problems: ProblemList;
  readonly #object: Readonly<Record<string, unknown>>;

  private constructor(object: Readonly<Record<string, unknown>>, path: string, problems: ProblemList) {
    this.#object = object;
    this.path = path;
    this.problems = problems;
  }

  /** Null, with a problem noted, where the value is no object. */
  static open(value: unknown, path: string, problems: ProblemList): ObjectReader | null {
    if (isObject(value)) {
      return new ObjectReader(value, path, problems);
    }
    problems.add('TYPE_WRONG', path, `Here must be an object, not ${describe(value)}.`);
    return null;
  }

  get(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  names(): readonly string[] {
    return Object.keys(this.#object).filter((name) => this.has(name));
  }

  at(name: string): string {
    return joinPath(this.path, name);
  }

  problem(code: string, name: string, message: string): undefined {
    this.problems.add(code, this.at(name), message);
    return undefined;
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') {
      return value;
    }
    return this.problem('TYPE_WRONG', name, `"${name}" must be text, not ${describe(value)}.`);
  }

  /** Text for people, counted in characters as Postgres counts them. */
  prose(name: string, longest: number): string | undefined {
    const value = this.text(name);
    if (value !== undefined && value.length > longest && [...value].length > longest) {
      return this.problem('TEXT_TOO_LONG', name, `"${name}" is longer than ${longest} characters.`);
    }
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'boolean') {
      return value;
    }
    return this.problem('TYPE_WRONG', name, `"${name}" must be true or false, not ${describe(value)}.`);
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.get(name);
    if (value === undefined) {
      return undefined;
    }
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    const message = `"${name}" must be a whole number from ${least} to ${most}, not ${describe(value)}.`;
    return this.problem('OPTION_INVALID', name, message);
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.get(name);
    if (value === undefined || Array.isArray(value)) {
      return value;
    }
    return this.problem('TYPE_WRONG', name, `"${name}" must be a list, not ${describe(value)}.`);
  }

  /** A list of different texts; those that are not are left out, with a problem each. */
  texts(name: string): readonly string[] | undefined {
    const seen = new Set<string>();
    for (const [index, item] of (this.list(name) ?? []).entries()) {
      const path = `${this.at(name)}[${index}]`;
      if (typeof item !== 'string') {
        this.problems.add('TYPE_WRONG', path, `"${name}" must list texts, not ${describe(item)}.`);
      } else if (seen.has(item)) {
        this.problems.add('DUPLICATE', path, `${quote(item)} is listed twice in "${name}". Remove one.`);
      } else {
        seen.add(item);
      }
    }
    return Array.isArray(this.get(name)) ? [...seen] : undefined;
  }

  /** Every property must be one of these. */
  onlyKnown(known: readonly string[]): void {
    for (const name of this.names()) {
      if (!known.includes(name)) {
        const message = `Unknown property ${quote(name)}.${didYouMean(name, known)}`;
        this.problem('PROPERTY_UNKNOWN', name, message);
      }
    }
  }
}
