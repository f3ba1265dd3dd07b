import type { Cancellation } from '@formwork/pg';
import type { Awaitable, OperationRecords } from '@formwork/records';
import type { GraphQLError } from 'graphql';
import { limitError, requestError } from '../request-error.ts';

export interface RecordBudgetOptions {
  /** Records that one operation may give, each counted as often as it stands in the answer. */
  readonly maxRecords: number;
  /** When the request's time is over, by `performance.now()`. */
  readonly deadline: number;
  /** Fires when the client has gone away. */
  readonly signal: Pick<Cancellation, 'aborted'>;
}

/**
 * What one operation may cost this process. Loaders read a record once, but an answer may hold it a million times: a
 * hundred characters of nested lists can ask for more than memory holds, and the executor would not come up for air.
 */
export class RecordBudget {
  readonly #options: RecordBudgetOptions;
  #taken = 0;
  #error: GraphQLError | null = null;

  constructor(options: RecordBudgetOptions) {
    this.#options = options;
  }

  /** What ended the operation as a whole; null while it may go on. */
  get error(): GraphQLError | null {
    return this.#error;
  }

  /** @throws LIMIT_EXCEEDED or TIMEOUT, from then on each time: there is no point in going on */
  take(records: number): void {
    this.#taken += records;
    this.#error ??= this.#check();
    if (this.#error !== null) throw this.#error;
  }

  #check(): GraphQLError | null {
    const { maxRecords, deadline, signal } = this.#options;
    if (this.#taken > maxRecords) {
      const what = 'The answer holds too many records. Ask for shorter lists, or for fewer levels of them';
      return limitError(what, null, maxRecords, 'FORMWORK_MAX_RECORDS');
    }
    if (signal.aborted) return requestError('TIMEOUT', 'The request was cancelled.');
    if (performance.now() > deadline) {
      return requestError('TIMEOUT', 'The request took longer than it may. Ask for less at once.');
    }
    return null;
  }
}

/** The same records, paid for out of the budget. */
export function withinBudget(records: OperationRecords, budget: RecordBudget): OperationRecords {
  const paid = async <T>(records: number, give: () => Promise<T>): Promise<T> => {
    budget.take(records);
    return give();
  };
  const counted = async <T>(give: () => Promise<T>, countOf: (given: T) => number): Promise<T> => {
    budget.take(0);
    const given = await give();
    budget.take(countOf(given));
    return given;
  };
  /** What is there already is counted at once: a promise for each would cost more than the counting. */
  const linked = <T>(given: Awaitable<T>, countOf: (given: T) => number): Awaitable<T> => {
    const count = (known: T): T => {
      budget.take(countOf(known));
      return known;
    };
    return given instanceof Promise ? given.then(count) : count(given);
  };
  const edges = (connection: { readonly edges: readonly unknown[] }) => connection.edges.length;
  const length = (list: readonly unknown[]) => list.length;
  return {
    ...records,
    byId: (...args) => paid(1, () => records.byId(...args)),
    byKey: (...args) => paid(1, () => records.byKey(...args)),
    node: (...args) => paid(1, () => records.node(...args)),
    nodes: (...args) => paid(args[0].length, () => records.nodes(...args)),
    linkedRecord: (...args) => {
      budget.take(1);
      return records.linkedRecord(...args);
    },
    connection: (...args) => counted(() => records.connection(...args), edges),
    linkedConnection: (...args) => {
      budget.take(0);
      return linked(records.linkedConnection(...args), edges);
    },
    aggregate: (...args) => counted(() => records.aggregate(...args), length),
    linkedAggregate: (...args) => {
      budget.take(0);
      return linked(records.linkedAggregate(...args), length);
    },
  };
}
