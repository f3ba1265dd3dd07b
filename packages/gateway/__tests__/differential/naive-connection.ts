import type { Model, NaiveRecord } from './model.ts';
import { bad, Refusal } from './naive-errors.ts';
import { NaiveFilters } from './naive-filter.ts';
import { orderOf } from './naive-order.ts';
import { searchTest } from './naive-search.ts';

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly where?: unknown;
  readonly orderBy?: unknown;
  readonly search?: string | null;
}

export interface NaiveConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: NaiveRecord }[];
  readonly nodes: readonly NaiveRecord[];
  readonly pageInfo: Readonly<Record<string, unknown>>;
  readonly total: number;
  /** Counts that were not exact. */
  readonly capped: number[];
}

/** Cursors of the naive executor say what they are. */
export function naiveCursor(typeName: string, signature: string, id: string): string {
  return `naive|${typeName}|${Buffer.from(signature).toString('base64url')}|${id}`;
}

export function pageSize(name: string, size: number | null | undefined): number {
  if (size === null || size === undefined) return 50;
  if (size < 0) throw bad(name, 'is below 0');
  if (size > 1000) throw new Refusal('LIMIT_EXCEEDED', `${name} is too large`);
  return size;
}

/** A page of the records, as the Relay specification has it. */
export function connect(
  model: Model,
  typeName: string,
  records: readonly NaiveRecord[],
  args: PageArguments,
): NaiveConnection {
  const { first, last, after, before, where } = args;
  const isGiven = (value: unknown) => value !== null && value !== undefined;
  if (isGiven(first) && isGiven(last)) throw bad('first', 'and last');
  const size = isGiven(last) ? pageSize('last', last) : pageSize('first', first);
  const order = orderOf(model, typeName, args.orderBy);
  const test = where === undefined ? () => true : new NaiveFilters(model).records(typeName, where, 'where');
  const [start, end] = [after, before].map((cursor) => read(model, typeName, order.signature, cursor));
  const isFound = searchTest(args.search);
  const list = records.filter((record) => test(record) && isFound(record)).sort(order.compare);
  const isAfter = (record: NaiveRecord) => !start || order.compare(record, start) > 0;
  const isBefore = (record: NaiveRecord) => !end || order.compare(record, end) < 0;
  const range = list.filter((record) => isAfter(record) && isBefore(record));
  const shown = isGiven(last) ? range.slice(Math.max(0, range.length - size)) : range.slice(0, size);
  const cursorOf = ({ id }: NaiveRecord) => naiveCursor(typeName, order.signature, id);
  const [from, to] = [shown[0], shown.at(-1)];
  const isCut = range.length > shown.length;
  return {
    edges: shown.map((node) => ({ cursor: cursorOf(node), node })),
    nodes: shown,
    pageInfo: {
      hasNextPage: !list.every(isBefore) || (!isGiven(last) && isCut),
      hasPreviousPage: !list.every(isAfter) || (isGiven(last) && isCut),
      startCursor: from ? cursorOf(from) : null,
      endCursor: to ? cursorOf(to) : null,
    },
    total: list.length,
    capped: [],
  };
}

/** The record that a cursor stands at. */
function read(
  model: Model,
  typeName: string,
  signature: string,
  cursor: string | null | undefined,
): NaiveRecord | null {
  if (cursor === null || cursor === undefined) return null;
  const record = model.get(cursor.split('|').at(-1));
  if (record === null || cursor !== naiveCursor(typeName, signature, record.id)) {
    throw bad('cursor', 'is none of this list');
  }
  return record;
}

/** `totalCount`, which remembers on its connection whether it was exact. */
export function countOf(
  { total, capped }: NaiveConnection,
  { mode, cap }: { readonly mode: string; readonly cap: number },
): number {
  if (mode !== 'EXACT') {
    if (cap < 0) throw bad('cap', 'is below 0');
    if (cap > 1_000_000) throw new Refusal('LIMIT_EXCEEDED', 'cap is too large');
  }
  if (mode !== 'CAPPED' || total <= cap) return total;
  capped.push(cap);
  return cap;
}
