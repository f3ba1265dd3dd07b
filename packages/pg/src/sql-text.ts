/**
 * SQL as a value: text and parameters travel together, and nothing else becomes SQL. Needs no connection, so rooms
 * that only write SQL import this file alone (`@formwork/pg/sql-text`).
 */
import { OpenValue } from './open-value.ts';
import type { Statement } from './statement.ts';

export { mapValue, OpenValue } from './open-value.ts';

/** What may stand as a parameter; it travels as Postgres' text form. Lists: see `textArray`. */
export type SqlValue = string | number | bigint | boolean | null | OpenValue<string | null>;

/** A parameter as Postgres gets it, known or not. */
type Parameter = string | null | OpenValue<string | null>;

/** Longer names are cut by Postgres without a word, and two cut names may be the same. */
const longestIdentifier = 63;

/** A piece of SQL with its parameters; pieces nest, and the outermost one numbers the parameters. */
export class SqlFragment implements Statement {
  /** Pieces of text, with a parameter between each two. */
  readonly #texts: readonly string[];
  readonly #values: readonly Parameter[];
  #text: string | undefined;

  /** @internal `text`: the pieces with numbered parameters between them, where it is known already. */
  constructor(texts: readonly string[], values: readonly Parameter[], text?: string) {
    this.#texts = texts;
    this.#values = values;
    this.#text = text;
  }

  get text(): string {
    this.#text ??= numbered(this.#texts);
    return this.#text;
  }

  /** @throws where one of them is not known yet: see {@link SqlFragment.fill} */
  get values(): readonly (string | null)[] {
    if (!this.#values.every(isKnown)) throw new TypeError('A value of this SQL is not known yet');
    return this.#values;
  }

  /** The statement with all of its values: the text stays the same, whatever they are. */
  fill(given: unknown): Statement {
    const values = this.#values.map((value) => (value instanceof OpenValue ? value.of(given) : value));
    return { text: this.text, values };
  }

  /** Those of its values that are not known yet. */
  get openValues(): readonly OpenValue[] {
    return this.#values.filter((value) => value instanceof OpenValue);
  }

  /** @internal Appends the pieces of this fragment to those of another. */
  appendTo(texts: string[], values: Parameter[]): void {
    const [first = '', ...rest] = this.#texts;
    extend(texts, first);
    texts.push(...rest);
    for (const value of this.#values) values.push(value);
  }
}

/** `name` as a quoted identifier. Throws on what Postgres cannot hold: nothing, a NUL, more than 63 bytes. */
export function identifier(name: string): string {
  if (name === '') throw new TypeError('An SQL identifier cannot be empty');
  if (name.includes('\0')) throw new TypeError(`The SQL identifier ${JSON.stringify(name)} contains a NUL`);
  const bytes = Buffer.byteLength(name);
  if (bytes > longestIdentifier) {
    throw new TypeError(
      `The SQL identifier "${name}" has ${bytes} bytes; at most ${longestIdentifier} are allowed`,
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** `text` as a quoted literal, for DDL, which takes no parameters. Does not depend on standard_conforming_strings. */
export function literal(text: string): string {
  if (text.includes('\0')) throw new TypeError(`The SQL literal ${JSON.stringify(text)} contains a NUL`);
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

/** A list as one parameter, in the text form of a Postgres array: `sql\`… = any (${textArray(ids)}::uuid[])\``. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map(arrayElement).join(',')}}`;
}

function arrayElement(value: string | null): string {
  if (value === null) return 'NULL';
  return /["\\]/.test(value) ? `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${value}"`;
}

/** The statement, planned once for all tenants and values: see `Statement.reusesPlan`. */
export function reusingPlan({ text, values }: Statement): Statement {
  return { text, values, reusesPlan: true };
}

/** A statement or a piece of one: each `${value}` becomes a parameter, each `${fragment}` part of the text. */
export function sql(
  strings: TemplateStringsArray,
  ...values: readonly (SqlValue | SqlFragment)[]
): SqlFragment {
  const plain = parametersOf(values);
  if (plain !== null) return new SqlFragment(strings, plain, textOf(strings));
  const texts = [strings[0] ?? ''];
  const parameters: Parameter[] = [];
  values.forEach((value, index) => {
    if (value instanceof SqlFragment) {
      value.appendTo(texts, parameters);
      extend(texts, strings[index + 1] ?? '');
    } else {
      parameters.push(parameterText(value));
      texts.push(strings[index + 1] ?? '');
    }
  });
  return new SqlFragment(texts, parameters);
}

/** A quoted identifier as a fragment; several names are joined by dots: `sql.identifier('formwork', 'records')`. */
sql.identifier = (...names: readonly string[]): SqlFragment =>
  new SqlFragment([names.map(identifier).join('.')], []);

/** A quoted literal as a fragment, where a parameter cannot stand. */
sql.literal = (text: string): SqlFragment => new SqlFragment([literal(text)], []);

/** Text as it is. Whoever calls this answers for it: never pass anything a client or designer wrote. */
sql.raw = (text: string): SqlFragment => new SqlFragment([text], []);

/**
 * A parameter that the planner makes nothing of, since the best plan is the same for every value: an id, what a function is
 * called with. So a plan can be kept for all of them (see `KeptPlans`).
 */
sql.unseen = (value: SqlValue): SqlFragment => new SqlFragment(['', '/*any*/'], [parameterText(value)]);

/** Fragments with a separator between them, `, ` unless told otherwise. */
sql.join = (fragments: readonly SqlFragment[], separator = ', '): SqlFragment => {
  const texts = [''];
  const values: Parameter[] = [];
  fragments.forEach((fragment, index) => {
    if (index > 0) extend(texts, separator);
    fragment.appendTo(texts, values);
  });
  return new SqlFragment(texts, values);
};

/** Null where there are pieces among them. */
function parametersOf(values: readonly (SqlValue | SqlFragment)[]): Parameter[] | null {
  const parameters: Parameter[] = [];
  for (const value of values) {
    if (value instanceof SqlFragment) return null;
    parameters.push(parameterText(value));
  }
  return parameters;
}

/** Of templates without pieces: the very same text each time, so that whoever looks a statement up by it need not read it. */
const knownTexts = new WeakMap<readonly string[], string>();

function textOf(strings: readonly string[]): string {
  let text = knownTexts.get(strings);
  if (text === undefined) {
    text = numbered(strings);
    knownTexts.set(strings, text);
  }
  return text;
}

function numbered(texts: readonly string[]): string {
  return texts.reduce((text, piece, index) => `${text}$${index}${piece}`);
}

function isKnown(value: Parameter): value is string | null {
  return !(value instanceof OpenValue);
}

/** Adds to the last piece of text. */
function extend(texts: string[], text: string): void {
  texts.push((texts.pop() ?? '') + text);
}

function parameterText(value: SqlValue): Parameter {
  if (value === null || typeof value === 'string' || value instanceof OpenValue) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  throw new TypeError(`An SQL parameter must be text, a number, a boolean or null, not ${typeof value}`);
}
