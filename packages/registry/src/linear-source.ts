import { patternToken } from './pattern.ts';

/** What `\s` stands for in JSON Schema, whose patterns are those of ECMAScript: Unicode's white space, as a part of a class. */
const space = String.raw`\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`;
/** All else: within brackets there is no other way to say so. */
const noSpace = String.raw`\x00-\x08\x0e-\x1f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\u{10ffff}`;
const lineEnds = String.raw`\n\r\u2028\u2029`;

/**
 * Characters of the longest text that a pattern is matched against, by the size of its program; longer ones do not fit it. Linear is
 * not fast: at 65 ns for each character and step (measured) the worst text and pattern take some 130 ms.
 */
export function longestMatched(programSize: number): number {
  return Math.min(10_000, Math.floor(2_000_000 / programSize));
}

/** An escaped character, or two that stand for one. */
const escaped = /\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\./gisu;

/**
 * A designer's pattern without what engines of linear time read otherwise than ECMAScript: to them `\s` is white space of
 * ASCII alone, `.` everything but "\n", `[:` within brackets may begin a class of POSIX, and an escape is a whole character.
 */
export function linearSource(pattern: string): string {
  const joined = pattern.replace(escaped, (text: string, high?: string, low?: string) => {
    if (high === undefined || low === undefined) return text;
    const pair = String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16));
    return `\\u{${pair.codePointAt(0)?.toString(16)}}`;
  });
  return joined.replace(patternToken, (text: string) => {
    if (text === '.') return `[^${lineEnds}]`;
    if (text === '\\s') return `[${space}]`;
    if (text === '\\S') return `[^${space}]`;
    return text.startsWith('[') ? spelledSet(text) : text;
  });
}

function spelledSet(set: string): string {
  const inner = set.slice(1).replace(/\\s|\\S|\[|\\./gsu, (text) => {
    if (text === '\\s') return space;
    if (text === '\\S') return noSpace;
    return text === '[' ? '\\[' : text;
  });
  return `[${inner}`;
}
