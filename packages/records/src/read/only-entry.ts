import { isPlainObject } from '../validate/plain-object.ts';
import { badInput } from './bad-input.ts';

/** Name and value of a step, which names one thing: of an ordering, of a grouping. Throws BAD_USER_INPUT. */
export function onlyEntry(step: unknown, path: string): readonly [string, unknown] {
  const entries = isPlainObject(step) ? Object.entries(step).filter(([, value]) => value !== undefined) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw badInput(path, 'must name exactly one thing. For several give a list.');
  }
  return entry;
}
