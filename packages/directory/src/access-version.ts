import type { TransactionSql } from '@formwork/pg';

/**
 * NOTIFY channel: who may do what has changed: a key was made or revoked, or which documents may run. Payload:
 * `{"tenant": "<uuid>", "version": <access version>}`.
 */
export const accessChannel = 'formwork_access';

/** In the transaction of the change, so that no gateway can see one without the other. */
export async function raiseAccessVersion(sql: TransactionSql, tenantId: string): Promise<{ slug: string }> {
  const [tenant] = await sql<{ slug: string }[]>`
    with raised as (
      update formwork.tenants set access_version = access_version + 1 where id = ${tenantId}::uuid
      returning slug, access_version
    )
    select slug, pg_notify(${accessChannel},
      json_build_object('tenant', ${tenantId}::text, 'version', access_version)::text)
    from raised`;
  return tenant as { slug: string };
}
