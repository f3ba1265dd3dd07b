/** A file as rows: what the readers of all formats give. */
export interface Source {
  /** Names of the header, or of the first object; empty when the file holds no record at all. */
  readonly columns: readonly string[];
  rows(): AsyncIterable<SourceRow>;
}

export type SourceRow = GoodRow | BrokenRow;

/** Where a row stands in its file. */
export interface RowPlace {
  /** On which it begins, from 1. */
  readonly line: number;
  /** Of a JSON array, which may be one long line: which element it is, from 1. */
  readonly element?: number;
}

export interface GoodRow extends RowPlace {
  /** By column. From CSV always text; from JSON any value, long numbers as `LosslessNumber`. */
  readonly cells: ReadonlyMap<string, unknown>;
}

/** A row that cannot be read as one. */
export interface BrokenRow extends RowPlace {
  readonly reason: string;
}

export function isBroken(row: SourceRow): row is BrokenRow {
  return 'reason' in row;
}

/** "line 7", or "element 3 (line 1)". */
export function describePlace({ line, element }: RowPlace): string {
  return element === undefined ? `line ${line}` : `element ${element} (line ${line})`;
}
