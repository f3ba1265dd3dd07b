import type { Values } from '@formwork/records';
import { UnreadableValue } from './read-value.ts';
import type { RowReader } from './row-reader.ts';
import { type GoodRow, isBroken, type SourceRow } from './source.ts';

/** Writes inputs in a transaction of its own; for each of them null, or why it was not written. */
export type WriteBatch = (inputs: readonly Values[]) => Promise<readonly (string | null)[]>;

export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
  /** Absent where the row could not even be read as one. */
  readonly cells?: ReadonlyMap<string, unknown>;
}

export interface ImportSummary {
  readonly rows: number;
  readonly written: number;
  readonly rejected: number;
  /** Why the import ended before the file did; everything up to `lastLine` is decided. */
  readonly stopped: string | null;
  readonly lastLine: number;
}

export interface ImportRowsOptions {
  readonly rows: AsyncIterable<SourceRow>;
  readonly reader: RowReader;
  readonly writeBatch: WriteBatch;
  /** Rows of one transaction. */
  readonly batchSize: number;
  readonly onRejected: (row: RejectedRow) => Promise<void> | void;
  readonly onProgress: (summary: Pick<ImportSummary, 'rows' | 'written' | 'rejected'>) => void;
  /** Ends the import between two batches. */
  readonly signal?: AbortSignal;
}

interface PendingRow {
  readonly row: GoodRow;
  readonly input: Values;
}

/** Reads rows, writes them batch by batch, and holds no more than one batch in memory. */
export async function importRows(options: ImportRowsOptions): Promise<ImportSummary> {
  const { rows, reader, batchSize, signal, onRejected, onProgress } = options;
  const counts = { rows: 0, written: 0, rejected: 0 };
  let pending: PendingRow[] = [];
  let lastLine = 0;

  const reject = async (row: RejectedRow) => {
    counts.rejected += 1;
    await onRejected(row);
  };
  const flush = async () => {
    const batch = pending;
    pending = [];
    if (batch.length > 0) counts.written += await writeRows(options, batch, reject);
    lastLine = batch.at(-1)?.row.line ?? lastLine;
    onProgress(counts);
  };

  try {
    for await (const row of rows) {
      if (signal?.aborted === true) return { ...counts, lastLine, stopped: 'it was interrupted' };
      counts.rows += 1;
      const read = isBroken(row) ? row : readRow(reader, row);
      if ('reason' in read) await reject(read);
      else pending.push(read);
      if (pending.length >= batchSize) await flush();
    }
    await flush();
    return { ...counts, lastLine, stopped: null };
  } catch (error) {
    // What was written stays written, so the numbers must reach the person even now.
    return { ...counts, lastLine, stopped: error instanceof Error ? error.message : String(error) };
  }
}

function readRow(reader: RowReader, row: GoodRow): PendingRow | RejectedRow {
  try {
    return { row, input: reader.read(row.cells) };
  } catch (error) {
    if (error instanceof UnreadableValue) return { ...row, reason: error.message };
    throw error;
  }
}

/** The number of rows that were written. */
async function writeRows(
  { writeBatch }: ImportRowsOptions,
  batch: readonly PendingRow[],
  reject: (row: RejectedRow) => Promise<void>,
): Promise<number> {
  const reasons = await writeBatch(batch.map(({ input }) => input));
  let written = 0;
  for (const [index, { row }] of batch.entries()) {
    const reason = reasons[index] ?? null;
    if (reason === null) written += 1;
    else await reject({ ...row, reason });
  }
  return written;
}
