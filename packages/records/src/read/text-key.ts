import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { OperandText } from './operand.ts';

/** The search key of a text, made where the trigger makes it. */
export function textKey(text: SqlFragment): SqlFragment {
  return sql`formwork.text_key(${text})`;
}

export const noTextKey = sql`formwork.text_null()`;

/**
 * Keys that begin with the key of `head`. A range and not `starts_with`, which Postgres turns into a range only when
 * it knows the prefix while planning. No key of a text has U+10FFFF in it, so it bounds them from above.
 */
export function keyBeginsWith(key: SqlFragment, head: OperandText): SqlFragment {
  const least = textKey(sql`${head}::text`);
  return sql`(${key} >= ${least} and ${key} < ${least} || ${noTextKey})`;
}

/** Letters that take part in no composition but with the accents that a key leaves out, and Chinese characters. */
const closed = /^[\x20-\x7e\xa1-\u02af\u0370-\u03ff\u0400-\u052f\u1e00-\u1fff\u4e00-\u9fff]$/u;

/**
 * What may join the character before it when a text is normalized: combining marks, the vowels and final consonants
 * of Korean syllables (and letters that are taken apart into them), half-width voicing marks.
 */
const joining = /^[\p{M}\u1160-\u11ff\u3131-\u318e\ud7b0-\ud7ff\uff9e-\uffdc]$/u;

/**
 * A leading part of `prefix` whose key begins the key of every text that begins with `prefix`. Not all of it, because
 * what follows may change its last character: the key of "\u304b" is no beginning of the key of "\u304b\u3099".
 */
export function safeHead(prefix: string): string {
  const characters = [...prefix];
  if (closed.test(characters.at(-1) ?? '')) return prefix;
  for (let at = characters.length - 1; at > 0; at--) {
    if (!joining.test(characters[at] ?? '')) return characters.slice(0, at).join('');
  }
  return '';
}

/** A key is made of the first 400 characters of a text; a record may hold a letter as several (a base and marks). */
const mostParts = 200;

/**
 * Like {@link safeHead}, for texts that begin with `prefix` apart from case: those may be written with other
 * characters, so it is short enough to lie within what the key is made of, however it is written.
 */
export function safeFoldedHead(prefix: string): string {
  const head: string[] = [];
  let parts = 0;
  for (const character of prefix) {
    parts += [...character.normalize('NFKD')].length;
    if (parts > mostParts) break;
    head.push(character);
  }
  return safeHead(head.join(''));
}

/** Whether texts that are equal to this one apart from case have the same key. */
export function hasFoldedKey(text: string): boolean {
  return text.length <= mostParts && [...text.normalize('NFKD')].length <= mostParts;
}
