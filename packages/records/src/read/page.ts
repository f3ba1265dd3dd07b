import { type ConnectionArguments, RecordError } from '../contract.ts';
import { badInput } from './bad-input.ts';
import type { ReadLimits } from './limits.ts';

/** What part of a list is asked for. */
export interface Page {
  /** At most so many records, from the start of the list or, backward, from its end. */
  readonly size: number;
  readonly backward: boolean;
}

/** Throws BAD_USER_INPUT for arguments that contradict each other, LIMIT_EXCEEDED for too large a page. */
export function readPage({ first, last }: ConnectionArguments, limits: ReadLimits): Page {
  if (isGiven(first) && isGiven(last)) {
    throw badInput('first', 'and "last" cannot be given together: a page counts from one end.');
  }
  if (isGiven(last)) return { size: pageSize('last', last, limits), backward: true };
  return { size: isGiven(first) ? pageSize('first', first, limits) : limits.defaultPage, backward: false };
}

function pageSize(name: string, size: number, { largestPage }: ReadLimits): number {
  if (!Number.isInteger(size) || size < 0)
    throw badInput(name, `must be a whole number from 0, and ${size} is not.`);
  if (size > largestPage) {
    throw new RecordError(
      'LIMIT_EXCEEDED',
      `"${name}" is ${size}; a page has at most ${largestPage} records.`,
      { path: name, limit: largestPage, found: size, limitOf: 'largestPage' },
    );
  }
  return size;
}

function isGiven(size: number | null | undefined): size is number {
  return size !== null && size !== undefined;
}
