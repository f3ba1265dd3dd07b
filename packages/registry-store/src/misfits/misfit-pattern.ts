import { type TransactionSql, sql as text } from '@formwork/pg';
import { longestMatched, Pace } from '@formwork/registry';
import type { Finding } from '../find-records.ts';
import { runStatement } from '../run-statement.ts';
import { matcherOf } from './matcher.ts';

/** Records whose values are in memory at once. */
const page = 1000;
const longestText = longestMatched(1);

/**
 * Milliseconds that a pattern may take for all values that are there, and for each of them on top: a tenth of that is what most take,
 * so that nobody is refused because of many values.
 */
const mostTime = 3_000;
const forEach = 0.1;

/**
 * Living records whose value the pattern does not match. Here and not in Postgres, whose regular expressions are of
 * another kind. Others have their turn in between, and a pattern that takes too long is given up.
 */
export async function findMismatches(
  sql: TransactionSql,
  entityType: string,
  storageKey: string,
  pattern: string,
): Promise<Finding | 'takes too long' | null> {
  const fits = matcherOf(pattern);
  // Of a pattern that cannot be run it is told that it cannot.
  if (fits === null) return null;
  const examples: string[] = [];
  const pace = new Pace();
  let count = 0;
  let looked = 0;
  let spent = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await runStatement(
      sql,
      text`select id, left(data ->> ${storageKey}::text, ${longestText + 1}::int) from formwork.records
        where entity_type = ${entityType} and deleted_at is null and data ? ${storageKey} and id > ${after}::uuid
          and jsonb_typeof(data -> ${storageKey}::text) = 'string'
        order by id limit ${page}::int`,
    );
    for (const [id, value] of rows) {
      await pace.rest();
      if (spent > mostTime + looked * forEach) return 'takes too long';
      looked += 1;
      const since = performance.now();
      const isFitting = fits(value ?? '');
      spent += performance.now() - since;
      if (id === null || id === undefined || isFitting) continue;
      count += 1;
      if (examples.length < 5) examples.push(id);
    }
    const last = rows.at(-1)?.[0];
    if (rows.length < page || !last) return count === 0 ? null : { count, examples };
    after = last;
  }
}
