import { Failure } from '../failure.ts';
import type { JsonPiece } from './read-json.ts';
import { longestRecord } from './read-text.ts';

/**
 * The lines that are not empty. Not `node:readline`, which also ends a line at U+2028 and U+2029: inside a JSON text
 * those are ordinary characters.
 */
export async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<JsonPiece> {
  let line = 1;
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestRecord) {
      throw new Failure(
        `Line ${line + lines.length} is longer than ${longestRecord} characters: nothing behind it was read.`,
      );
    }
    for (const one of lines) {
      if (one.trim() !== '') yield { line, text: one };
      line += 1;
    }
  }
  if (rest.trim() !== '') yield { line, text: rest };
}
