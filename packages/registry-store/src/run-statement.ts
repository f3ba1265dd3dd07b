import type { Row, Statement, TransactionSql } from '@formwork/pg';

/** Runs a statement of the data plane's form in a transaction of the control plane; rows come as text alike. */
export async function runStatement(
  sql: TransactionSql,
  { text, values }: Statement,
): Promise<readonly Row[]> {
  const rows = await sql.unsafe(text, [...values]).raw();
  return rows.map((row) => row.map((value) => (value === null ? null : value.toString('utf8'))));
}
