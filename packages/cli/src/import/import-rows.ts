import type { Values } from '@formwork/records';
import type { RowReader } from './row-reader.ts';
import { type GoodRow, isBroken, type RowPlace, type SourceRow } from './source.ts';
import { UnreadableValue } from './unreadable-value.ts';

/** Writes inputs in a transaction of its own; for each of them null, or why it was not written. */
export type WriteBatch = (inputs: readonly Values[]) => Promise<readonly (string | null)[]>;

export interface RejectedRow extends RowPlace {
  readonly reason: string;
  /** Absent where the row could not even be read as one. */
  readonly cells?: ReadonlyMap<string, unknown>;
}

export interface Counts {
  readonly rows: number;
  readonly written: number;
  readonly rejected: number;
}

export interface ImportSummary extends Counts {
  /** Why the import ended before the file did; everything up to `lastLine` is decided. */
  readonly stopped: string | null;
  readonly lastLine: number;
}

interface ImportRowsOptions {
  readonly rows: AsyncIterable<SourceRow>;
  readonly reader: RowReader;
  readonly writeBatch: WriteBatch;
  /** Rows of one transaction. */
  readonly batchSize: number;
  readonly onRejected: (row: RejectedRow) => Promise<void> | void;
  readonly onProgress: (counts: Counts) => void;
  /** Ends the import between two batches. */
  readonly signal?: AbortSignal;
}

interface ReadRow {
  readonly row: GoodRow;
  readonly input: Values;
}

/** Reads rows, writes them batch by batch, and holds no more than one batch in memory. */
export async function importRows(options: ImportRowsOptions): Promise<ImportSummary> {
  const { rows, reader, batchSize, signal, onProgress } = options;
  let counts: Counts = { rows: 0, written: 0, rejected: 0 };
  let batch: (ReadRow | RejectedRow)[] = [];
  let lastLine = 0;

  const flush = async () => {
    const full = batch;
    batch = [];
    const { written, rejected } = await writeRows(options, full);
    counts = {
      rows: counts.rows + full.length,
      written: counts.written + written,
      rejected: counts.rejected + rejected,
    };
    const last = full.at(-1);
    if (last !== undefined) lastLine = 'row' in last ? last.row.line : last.line;
    onProgress(counts);
  };

  try {
    for await (const row of rows) {
      batch.push(isBroken(row) ? row : readRow(reader, row));
      if (batch.length >= batchSize) await flush();
      if (signal?.aborted === true) return { ...counts, lastLine, stopped: 'it was interrupted' };
    }
    await flush();
    return { ...counts, lastLine, stopped: null };
  } catch (error) {
    // What was written stays written, so the numbers must reach the person even now.
    return { ...counts, lastLine, stopped: error instanceof Error ? error.message : String(error) };
  }
}

function readRow(reader: RowReader, row: GoodRow): ReadRow | RejectedRow {
  try {
    return { row, input: reader.read(row.cells) };
  } catch (error) {
    if (error instanceof UnreadableValue) return { ...row, reason: error.message };
    throw error;
  }
}

/** Writes what could be read, and tells of the rest, in the order of the file. */
async function writeRows(
  { writeBatch, onRejected }: ImportRowsOptions,
  batch: readonly (ReadRow | RejectedRow)[],
): Promise<Pick<Counts, 'written' | 'rejected'>> {
  const inputs = batch.flatMap((one) => ('input' in one ? [one.input] : []));
  const reasons = inputs.length === 0 ? [] : await writeBatch(inputs);
  let position = 0;
  let rejected = 0;
  for (const one of batch) {
    const outcome = 'input' in one ? withReason(one.row, reasons[position] ?? null) : one;
    if ('input' in one) position += 1;
    if (outcome === null) continue;
    rejected += 1;
    await onRejected(outcome);
  }
  return { written: batch.length - rejected, rejected };
}

function withReason(row: GoodRow, reason: string | null): RejectedRow | null {
  return reason === null ? null : { ...row, reason };
}
