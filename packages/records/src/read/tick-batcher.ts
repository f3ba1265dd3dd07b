import type { Row, Statement } from '@formwork/pg';
import type { Execute } from './execute.ts';

interface Waiting {
  readonly statement: Statement;
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Collects what is asked for in one tick and sends it as one batch. Loaders hand in their dispatch through
 * {@link schedule}, so that their statements are in the same batch as those asked for directly.
 */
export class TickBatcher {
  readonly #execute: Execute;
  #dispatches: (() => void)[] = [];
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(execute: Execute) {
    this.#execute = execute;
  }

  /** The rows of the statement; rejects with its own error, not with that of another one of the batch. */
  run(statement: Statement): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statement, resolve, reject });
      this.#wake();
    });
  }

  /** A loader's `batchScheduleFn`: the dispatch runs when the tick ends, before its batch is sent. */
  readonly schedule = (dispatch: () => void): void => {
    this.#dispatches.push(dispatch);
    this.#wake();
  };

  #wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Behind every promise that is settled already, as dataloader does it: resolvers reached through a chain of
    // promises belong to the same tick.
    void Promise.resolve().then(() => process.nextTick(() => void this.#flush()));
  }

  async #flush(): Promise<void> {
    const dispatches = this.#dispatches;
    this.#dispatches = [];
    for (const dispatch of dispatches) dispatch();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#scheduled = false;
    if (waiting.length === 0) return;
    try {
      const results = await this.#execute(waiting.map(({ statement }) => statement));
      waiting.forEach(({ resolve, reject }, index) => {
        const result = results[index] ?? new Error('The executor gave fewer results than statements');
        if (result instanceof Error) reject(result);
        else resolve(result);
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error as Error);
    }
  }
}
