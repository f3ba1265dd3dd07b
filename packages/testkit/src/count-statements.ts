import type { BatchReport } from '@formwork/pg';

/** Hears of every message of a data plane: `connectDataPlane({ url, onBatch: counter.onBatch })`. */
export interface StatementCounter {
  readonly onBatch: (report: BatchReport) => void;
  /** Messages since the last reset: each is one round trip. */
  readonly batches: readonly BatchReport[];
  /** Texts of all statements since the last reset. */
  readonly statements: readonly string[];
  reset(): void;
}

export function countStatements(): StatementCounter {
  let batches: BatchReport[] = [];
  return {
    onBatch: (report) => batches.push(report),
    get batches() {
      return batches;
    },
    get statements() {
      return batches.flatMap(({ statements }) => statements);
    },
    reset: () => {
      batches = [];
    },
  };
}
