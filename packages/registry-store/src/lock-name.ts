import type { TransactionSql } from '@formwork/pg';

/**
 * Waits until nobody else creates or drops the view of that name, and keeps them away to the end of the transaction.
 * Two tenants that created it at once would collide in the catalog (23505); a sweep must not drop what somebody is
 * about to use.
 */
export async function lockViewName(sql: TransactionSql, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 7047))`;
}
