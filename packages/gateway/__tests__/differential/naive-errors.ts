import { GraphQLError } from 'graphql';

/** A read that is refused, with the code that the README's table has for it. */
export class Refusal extends GraphQLError {
  constructor(code: 'BAD_USER_INPUT' | 'LIMIT_EXCEEDED', message: string) {
    super(message, { extensions: { code } });
  }
}

export function bad(path: string, why: string): Refusal {
  return new Refusal('BAD_USER_INPUT', `${path} ${why}`);
}

/** An operand that is there: null is none. */
export function given<T>(value: T, path: string): NonNullable<T> {
  if (value === null || value === undefined) throw bad(path, 'is null');
  return value;
}

/** Names and operands of an object that must not be null or empty. */
export function entriesOf(value: unknown, path: string): [string, unknown][] {
  const entries = Object.entries(given(value, path) as object).filter(([, operand]) => operand !== undefined);
  if (entries.length === 0) throw bad(path, 'is empty');
  return entries;
}

export function listOf(value: unknown, path: string): readonly unknown[] {
  return given(value, path) as readonly unknown[];
}

/** The one entry of a step. */
export function onlyEntry(value: unknown, path: string): [string, unknown] {
  const [entry, ...more] = entriesOf(value, path);
  if (entry === undefined || more.length > 0) throw bad(path, 'must name one thing');
  return entry;
}
