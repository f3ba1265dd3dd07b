import type { Row, Statement } from '@formwork/pg';

/**
 * Sends statements to Postgres together and resolves with what each gave: its rows (the text of each column), or the
 * error that it alone failed with. For a query this is a batch of the data plane, within a mutation its transaction.
 */
export type Execute = (statements: readonly Statement[]) => Promise<readonly (readonly Row[] | Error)[]>;
