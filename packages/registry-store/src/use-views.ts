import type { TransactionSql } from '@formwork/pg';
import { type View, viewSchema } from '@formwork/view-compiler';

/** Creates the views that are not there, and notes that the tenant reads through all of them. */
export async function useViews(sql: TransactionSql, tenantId: string, views: readonly View[]): Promise<void> {
  const names = views.map(({ name }) => name);
  await lockViewNames(sql, names);
  const present = await findViews(sql, names);
  for (const { name, text } of views) {
    if (!present.has(name)) await sql.unsafe(text);
  }
  await noteUse(sql, tenantId, names);
}

/** Which of these generated views there are. */
export async function findViews(sql: TransactionSql, names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await sql<{ name: string }[]>`
    select viewname as name from pg_catalog.pg_views
    where schemaname = ${viewSchema} and viewname = any (${[...names]}::text[])`;
  return new Set(found.map(({ name }) => name));
}

/** Notes that the tenant uses views or generated functions, so that no sweep drops them. */
export async function noteUse(
  sql: TransactionSql,
  tenantId: string,
  names: readonly string[],
): Promise<void> {
  await sql`
    insert into formwork.view_uses (view_name, tenant) select unnest(${[...names]}::text[]), ${tenantId}::uuid
    on conflict (view_name, tenant) do update set released_at = null`;
}

/** Notes that the tenant has moved on from views, which stay for requests in flight until they are swept away. */
export async function releaseViews(
  sql: TransactionSql,
  tenantId: string,
  names: readonly string[],
): Promise<void> {
  await sql`
    update formwork.view_uses set released_at = now()
    where view_name = any (${[...names]}) and tenant = ${tenantId}::uuid`;
}

/**
 * Waits until nobody else creates or drops views of these names, and keeps them away to the end of the transaction.
 * Two tenants that created one at once would collide in the catalog (23505); a sweep must not drop what somebody is
 * about to use. Everybody takes the locks in one order.
 */
export async function lockViewNames(sql: TransactionSql, names: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(hashtextextended(name, 7047))
    from (select unnest(${[...names]}::text[]) as name order by 1) names`;
}
