import { isStorableText } from './characters.ts';

export interface JsonLimits {
  /** Levels of nesting. */
  readonly jsonDepth: number;
  /** Characters of all texts and names, and a few for each value. */
  readonly jsonLength: number;
}

/** Why a value cannot be stored as JSON: a violation's code and the end of the sentence `"Label" …`. */
export interface JsonFault {
  readonly code: 'TOO_DEEP' | 'TOO_LONG' | 'CHARACTERS' | 'TYPE';
  readonly reason: string;
}

/** Walks a value from outside and stops at the first fault, so that a hostile one costs no more than its bounds. */
export function findJsonFault(input: unknown, limits: JsonLimits): JsonFault | null {
  let left = limits.jsonLength;

  function walk(value: unknown, depth: number): JsonFault | null {
    left -= typeof value === 'string' ? value.length + 2 : 2;
    if (left < 0) {
      return {
        code: 'TOO_LONG',
        reason: `is too large: at most ${limits.jsonLength} characters of JSON fit.`,
      };
    }
    if (depth > limits.jsonDepth) {
      return {
        code: 'TOO_DEEP',
        reason: `is nested too deeply: at most ${limits.jsonDepth} levels are allowed.`,
      };
    }
    if (typeof value === 'string') return textFault(value);
    if (value === null || typeof value === 'boolean') return null;
    if (typeof value === 'number') return Number.isFinite(value) ? null : notJson(String(value));
    if (Array.isArray(value)) return firstFault(value, (item) => walk(item, depth + 1));
    if (typeof value !== 'object') return notJson(`a ${typeof value}`);
    return firstFault(Object.entries(value), ([name, item]) => {
      left -= name.length + 2;
      return textFault(name) ?? walk(item, depth + 1);
    });
  }

  return walk(input, 0);
}

function firstFault<T>(items: readonly T[], check: (item: T) => JsonFault | null): JsonFault | null {
  for (const item of items) {
    const fault = check(item);
    if (fault !== null) return fault;
  }
  return null;
}

function textFault(text: string): JsonFault | null {
  return isStorableText(text)
    ? null
    : {
        code: 'CHARACTERS',
        reason: 'has a character that cannot be stored (NUL, or half of a surrogate pair).',
      };
}

function notJson(what: string): JsonFault {
  return { code: 'TYPE', reason: `must be JSON, and ${what} is not.` };
}
