import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Finding } from '../find-records.ts';
import { runStatement } from '../run-statement.ts';
import { longestMatched, matcherOf } from './matcher.ts';

/** Records whose values are in memory at once. */
const page = 1000;

/**
 * Living records whose value the pattern does not match. Here and not in Postgres, whose regular expressions are of
 * another kind.
 */
export async function findMismatches(
  sql: TransactionSql,
  entityType: string,
  storageKey: string,
  pattern: string,
): Promise<Finding | null> {
  const fits = matcherOf(pattern);
  // Of a pattern that cannot be run it is told that it cannot.
  if (fits === null) return null;
  const examples: string[] = [];
  let count = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await runStatement(
      sql,
      text`select id, left(data ->> ${storageKey}::text, ${longestMatched + 1}::int) from formwork.records
        where entity_type = ${entityType} and deleted_at is null and data ? ${storageKey} and id > ${after}::uuid
          and jsonb_typeof(data -> ${storageKey}::text) = 'string'
        order by id limit ${page}::int`,
    );
    for (const [id, value] of rows) {
      if (id === null || id === undefined || fits(value ?? '')) continue;
      count += 1;
      if (examples.length < 5) examples.push(id);
    }
    const last = rows.at(-1)?.[0];
    if (rows.length < page || !last) return count === 0 ? null : { count, examples };
    after = last;
  }
}
