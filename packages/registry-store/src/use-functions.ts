import type { TransactionSql } from '@formwork/pg';
import { type GeneratedFunction, viewSchema } from '@formwork/view-compiler';
import { lockViewNames, noteUse } from './use-views.ts';

/** Creates the functions that are not there, and notes that the tenant computes by all of them. */
export async function useFunctions(
  sql: TransactionSql,
  tenantId: string,
  functions: readonly GeneratedFunction[],
): Promise<void> {
  const names = functions.map(({ name }) => name);
  await lockViewNames(sql, names);
  const present = await findFunctions(sql, names);
  for (const { name, text } of functions) {
    if (!present.has(name)) await sql.unsafe(text);
  }
  await noteUse(sql, tenantId, names);
}

/** Which of these generated functions there are. */
export async function findFunctions(
  sql: TransactionSql,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await sql<{ name: string }[]>`
    select proname as name from pg_catalog.pg_proc
    where pronamespace = ${viewSchema}::regnamespace and proname = any (${[...names]})`;
  return new Set(found.map(({ name }) => name));
}
