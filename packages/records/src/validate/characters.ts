/**
 * What Postgres cannot store in text or jsonb: NUL, and half of a surrogate pair (with the flag `u` a whole pair is
 * one character and does not match).
 */
const unstorable = /[\0\p{Surrogate}]/u;

/** Whether Postgres can store the text. */
export function isStorableText(text: string): boolean {
  return !unstorable.test(text);
}
