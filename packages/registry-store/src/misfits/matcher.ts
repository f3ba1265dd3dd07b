import { linearSource, longestMatched } from '@formwork/registry';
import { RE2JS } from 're2js';

/**
 * Whether values fit a pattern, by the engine that checks what is written, so that both are of one mind and neither runs for
 * ever; null where that cannot run the pattern.
 */
export function matcherOf(pattern: string): ((value: string) => boolean) | null {
  try {
    const engine = RE2JS.compile(RE2JS.translateRegExp(linearSource(pattern)));
    const longest = longestMatched(engine.programSize());
    // A program that is too large for a text of some length: what checks writes does not run it either.
    if (longest < 100) return null;
    return (value) => value.length <= 2 * longest && [...value].length <= longest && engine.test(value);
  } catch {
    return null;
  }
}
