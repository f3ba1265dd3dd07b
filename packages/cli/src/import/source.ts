/** A file as rows: what the readers of all formats give. */
export interface Source {
  /** Names of the header, or of the first object; empty when the file holds no record at all. */
  readonly columns: readonly string[];
  rows(): AsyncIterable<SourceRow>;
}

export type SourceRow = GoodRow | BrokenRow;

export interface GoodRow {
  /** Where the row begins in the file, from 1. */
  readonly line: number;
  /** By column. From CSV always text; from JSON any value, long numbers as `LosslessNumber`. */
  readonly cells: ReadonlyMap<string, unknown>;
}

/** A row that cannot be read as one. */
export interface BrokenRow {
  readonly line: number;
  readonly reason: string;
}

export function isBroken(row: SourceRow): row is BrokenRow {
  return 'reason' in row;
}
