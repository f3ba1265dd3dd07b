import { type SqlFragment, type TransactionSql, sql as text } from '@formwork/pg';
import { runStatement } from './run-statement.ts';

export interface Finding {
  readonly count: number;
  /** Ids of at most five of them. */
  readonly examples: readonly string[];
}

/** Records that `source` (a from and a where clause) finds, or null where it finds none; `id` names their id. */
export async function findRecords(
  sql: TransactionSql,
  source: SqlFragment,
  id: SqlFragment = text`id`,
): Promise<Finding | null> {
  const [row] = await runStatement(
    sql,
    text`with found as materialized (select distinct ${id} as id ${source})
      select (select count(*) from found),
        (select json_agg(id) from (select id from found order by id limit 5) example)`,
  );
  const count = Number(row?.[0] ?? 0);
  return count === 0 ? null : { count, examples: JSON.parse(row?.[1] ?? '[]') };
}

/** "for example …", or all of them where they are few. */
export function examplesOf({ count, examples }: Finding): string {
  return `${count > examples.length ? 'for example ' : ''}${examples.join(', ')}`;
}

/** "There are 12 records", the beginning of a sentence. */
export function countOf({ count }: Finding): string {
  return count === 1 ? 'There is 1 record' : `There are ${count} records`;
}
