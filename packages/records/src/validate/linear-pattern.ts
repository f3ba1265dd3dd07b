import { RE2JS } from 're2js';
import { LeastRecentlyUsed } from '../least-recently-used.ts';

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
const mostPatterns = 1000;
const mostProgramSize = 20_000;

const compiled = new LeastRecentlyUsed<string, LinearPattern | null>(mostPatterns);

/**
 * The pattern, as in JSON Schema found anywhere in the text; null if the engine cannot run it (look-around and
 * back references are not linear) or it is too large.
 */
export function compilePattern(source: string): LinearPattern | null {
  return compiled.get(source, () => compile(source));
}

function compile(source: string): LinearPattern | null {
  try {
    const engine = RE2JS.compile(RE2JS.translateRegExp(source));
    const size = engine.programSize();
    if (size > mostProgramSize) return null;
    return {
      test: (text) => engine.test(text),
      longestText: Math.min(longestText, Math.floor(mostSteps / size)),
    };
  } catch {
    return null;
  }
}
