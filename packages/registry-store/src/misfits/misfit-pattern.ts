import { type TransactionSql, sql as text } from '@formwork/pg';
import { RE2JS } from 're2js';
import type { Finding } from '../find-records.ts';
import { runStatement } from '../run-statement.ts';

/** Records whose values are in memory at once, and characters of each that are looked at: longer ones do not fit. */
const page = 1000;
const longestText = 10_000;

/**
 * Living records whose value the pattern does not match. Here and not in Postgres, whose regular expressions are of
 * another kind; by the engine that checks what is written, so that both are of one mind and neither runs for ever.
 */
export async function findMismatches(
  sql: TransactionSql,
  entityType: string,
  storageKey: string,
  pattern: string,
): Promise<Finding | null> {
  const engine = RE2JS.compile(RE2JS.translateRegExp(pattern));
  const examples: string[] = [];
  let count = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await runStatement(
      sql,
      text`select id, left(data ->> ${storageKey}::text, ${longestText + 1}::int) from formwork.records
        where entity_type = ${entityType} and deleted_at is null and data ? ${storageKey} and id > ${after}::uuid
          and jsonb_typeof(data -> ${storageKey}::text) = 'string'
        order by id limit ${page}::int`,
    );
    for (const [id, value] of rows) {
      if (id === null || id === undefined || fits(engine, value ?? '')) continue;
      count += 1;
      if (examples.length < 5) examples.push(id);
    }
    const last = rows.at(-1)?.[0];
    if (rows.length < page || !last) return count === 0 ? null : { count, examples };
    after = last;
  }
}

function fits(engine: RE2JS, value: string): boolean {
  return [...value].length <= longestText && engine.test(value);
}
