import type { AggregateNode, AggregateSelection } from '../contract.ts';
import type { CursorContext } from './list-query.ts';

/** What records are written into an answer with. */
export interface Answering {
  readonly cursors: CursorContext;
  /** Hears of records that are written; throws where they are too many. */
  readonly take: (records: number) => void;
}

/** Thrown while a read is planned: it cannot be done by statements that are known beforehand. */
export class Unplannable extends Error {
  constructor(what = 'the read takes more than one step') {
    super(what);
    this.name = 'Unplannable';
  }
}

/** Groups as the selection has them written. */
export function writeGroups(
  groups: readonly AggregateNode[],
  { write }: AggregateSelection,
  { take }: Answering,
): string {
  if (write === undefined) throw new Error('The selection does not say how groups are written');
  take(groups.length);
  return write(groups);
}
