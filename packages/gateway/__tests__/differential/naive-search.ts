import type { NaiveRecord } from './model.ts';
import { bad } from './naive-errors.ts';
import { fold } from './naive-values.ts';

/** All words have to be in the text, the last one as the beginning of a word. For words of letters and digits. */
export function searchTest(search: string | null | undefined): (record: NaiveRecord) => boolean {
  if (search === undefined) return () => true;
  if (search === null) throw bad('search', 'is null');
  const words = wordsOf(search);
  const last = words.pop();
  if (last === undefined) throw bad('search', 'has no word');
  return ({ values }) => {
    const found = wordsOf(typeof values.motto === 'string' ? values.motto : '');
    return words.every((word) => found.includes(word)) && found.some((word) => word.startsWith(last));
  };
}

function wordsOf(text: string): string[] {
  return fold(text, false).match(/[a-z0-9]+/g) ?? [];
}
