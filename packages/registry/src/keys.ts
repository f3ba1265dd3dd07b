import { quote } from './quote.ts';

/** Keys of entities, fields, unique keys and choices; sql/004 repeats this. */
export const keyPattern = /^[a-z][a-z0-9_]*$/;
export const longestKey = 50;
/** A plural may be a little longer than the key that it is proposed from. */
export const longestPlural = 53;
/** An inverse may be proposed from a plural and a field's key: "flights_by_origin". */
export const longestInverse = 120;

/** Why text is no key, as a sentence; null if it is one. `what` names the thing: "key of a field". */
export function keyProblem(text: string, what: string, longest: number = longestKey): string | null {
  if (text.length > longest) {
    return `The ${what} ${quote(text)} has ${text.length} characters; at most ${longest} are allowed.`;
  }
  if (!keyPattern.test(text)) {
    return `The ${what} ${quote(text)} must begin with a letter a-z and have only a-z, 0-9 and _.`;
  }
  return null;
}
