import { linearSource } from '@formwork/registry';
import { RE2JS } from 're2js';

/** Characters of a value that are looked at: longer ones do not fit. */
export const longestMatched = 10_000;

/**
 * Whether values fit a pattern, by the engine that checks what is written, so that both are of one mind and neither runs for
 * ever; null where that cannot run the pattern.
 */
export function matcherOf(pattern: string): ((value: string) => boolean) | null {
  try {
    const engine = RE2JS.compile(RE2JS.translateRegExp(linearSource(pattern)));
    return (value) => [...value].length <= longestMatched && engine.test(value);
  } catch {
    return null;
  }
}
