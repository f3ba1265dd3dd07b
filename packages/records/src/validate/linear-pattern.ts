import { linearSource } from '@formwork/registry';
import { RE2JS } from 're2js';
import { Cache } from '../cache.ts';
import { Memory } from '../memory.ts';

/**
 * A designer's pattern, run by an engine whose time is linear in the text: with a backtracking one a single hostile
 * pattern would stop the gateway for every tenant.
 */
export interface LinearPattern {
  readonly test: (text: string) => boolean;
  /** Longer texts are not matched at all. Linear is not fast: the time is program size × length × 65 ns (measured). */
  readonly longestText: number;
}

/** At 65 ns for each step, some 130 ms for the worst text and pattern. */
const mostSteps = 2_000_000;
const longestText = 10_000;
const mostProgramSize = 20_000;

/** Of all patterns of all tenants. */
const mostBytes = 16 * 1024 * 1024;

/** Bytes of a program: some for each of its steps. */
const compiled = new Cache<string, Compiled>(
  new Memory(mostBytes),
  ({ size }, source) => 1_000 + 4 * source.length + 100 * size,
);

interface Compiled {
  readonly pattern: LinearPattern | null;
  readonly size: number;
}

/**
 * The pattern, as in JSON Schema found anywhere in the text; null if the engine cannot run it (look-around and
 * back references are not linear) or it is too large.
 */
export function compilePattern(source: string): LinearPattern | null {
  let known = compiled.get(source);
  if (known === undefined) {
    known = compile(source);
    compiled.set(source, known);
  }
  return known.pattern;
}

function compile(source: string): Compiled {
  try {
    const engine = RE2JS.compile(RE2JS.translateRegExp(linearSource(source)));
    const size = engine.programSize();
    if (size > mostProgramSize) return { pattern: null, size: 0 };
    const longest = Math.min(longestText, Math.floor(mostSteps / size));
    return { pattern: { test: (text) => engine.test(text), longestText: longest }, size };
  } catch {
    return { pattern: null, size: 0 };
  }
}
