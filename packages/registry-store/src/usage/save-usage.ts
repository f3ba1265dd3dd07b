import type { ControlPlane, TransactionSql } from '@formwork/pg';
import { type CountedUse, mostClients, mostUses } from './use.ts';

/** Adds what a gateway has counted of one tenant to what is known. Each use of a name by a client stands there once. */
export function saveUsage(
  control: ControlPlane,
  tenantId: string,
  counted: readonly CountedUse[],
): Promise<void> {
  return control.withTenant(tenantId, (sql) => addUses(sql, counted));
}

/** Of the transaction's tenant. */
export async function addUses(sql: TransactionSql, counted: readonly CountedUse[]): Promise<void> {
  const rows = sql.json(counted as unknown as Parameters<typeof sql.json>[0]);
  // In the order of the key, so that two gateways that tell of the same do not wait for each other in a circle.
  const saved = await sql<{ isNew: boolean }[]>`
    insert into formwork.usage as known
      (entity_type, field, name, client, client_version, operation, ways, uses, last_used_at)
    select r."entityType", r.field, r.name, r.client, r."clientVersion", r.operation, r.ways, r.uses,
      now() - make_interval(secs => r.age / 1000)
    from jsonb_to_recordset(${rows}) as r ("entityType" text, field text, name text, client text,
      "clientVersion" text, operation text, ways text[], uses bigint, age float8)
    order by 1, 2, 3, 4, 5, 6
    on conflict (tenant_id, entity_type, field, name, client, client_version, operation) do update set
      ways = array(select distinct unnest(known.ways || excluded.ways) order by 1),
      uses = known.uses + excluded.uses,
      last_used_at = greatest(known.last_used_at, excluded.last_used_at)
    returning xmax = 0 as "isNew"`;
  if (saved.some(({ isNew }) => isNew)) await forgetOldest(sql);
}

/**
 * Whoever makes up names of clients pushes out the oldest, never the table's bounds. The latest use of a name of a field
 * goes last: that somebody uses it has to stay known.
 */
async function forgetOldest(sql: TransactionSql): Promise<void> {
  await sql`
    delete from formwork.usage u using (
      select *, row_number() over (order by place, last_used_at desc) as rank
      from (
        select entity_type, field, name, client, client_version, operation, last_used_at,
          row_number() over (partition by entity_type, field, name order by last_used_at desc) as place
        from formwork.usage
      ) placed
    ) ranked
    where (ranked.place > ${mostClients} or ranked.rank > ${mostUses})
      and (u.entity_type, u.field, u.name, u.client, u.client_version, u.operation)
      = (ranked.entity_type, ranked.field, ranked.name, ranked.client, ranked.client_version, ranked.operation)`;
}
