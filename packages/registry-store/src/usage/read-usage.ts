import type { ControlPlane, TransactionSql } from '@formwork/pg';
import type { RecordedUse } from './use.ts';

/** All that is known of who used what of the tenant's design, the latest first. */
export function readUsage(control: ControlPlane, tenantId: string): Promise<readonly RecordedUse[]> {
  return control.withTenant(tenantId, (sql) => readUses(sql, null));
}

/** Of the transaction's tenant; `within`: days, null for all there is. */
export async function readUses(sql: TransactionSql, within: number | null): Promise<readonly RecordedUse[]> {
  const rows = await sql<RecordedUse[]>`
    select entity_type as "entityType", field, name, client, client_version as "clientVersion", operation, ways,
      uses::float8 as uses, last_used_at as "lastUsedAt"
    from formwork.usage
    where ${within}::float8 is null or last_used_at > now() - make_interval(secs => ${within}::float8 * 86400)
    order by last_used_at desc, client, client_version, operation, name`;
  return [...rows];
}
