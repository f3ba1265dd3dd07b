import type { TransactionSql } from '@formwork/pg';

/** What a tenant has, in numbers: for those who plan capacity, or write bills. */
export interface TenantSize {
  readonly slug: string;
  readonly name: string;
  readonly registryVersion: number;
  readonly entities: number;
  /** Living ones; those that were deleted and kept stand apart. */
  readonly records: number;
  readonly deleted: number;
  /** Of values, as they are stored. */
  readonly bytes: number;
  readonly links: number;
  /** That could be used now. */
  readonly keys: number;
  readonly keyLastUsedAt: Date | null;
  readonly lastWriteAt: Date | null;
  readonly documentMode: string;
  readonly documents: number;
}

/** All tenants at once, past their policies: for the system role, each table read once. */
export async function readTenantSizes(sql: TransactionSql): Promise<readonly TenantSize[]> {
  return sql<TenantSize[]>`
    with entities as (select tenant_id, count(*) from formwork.entity_types group by 1),
      records as (
        select tenant_id, count(*) filter (where deleted_at is null) as living, count(deleted_at) as deleted,
          sum(pg_column_size(data)) as bytes, max(updated_at) as last
        from formwork.records group by 1),
      links as (select tenant_id, count(*) from formwork.record_links group by 1),
      keys as (
        select tenant_id, max(last_used_at) as used,
          count(*) filter (where revoked_at is null and coalesce(expires_at > now(), true)) as good
        from formwork.api_keys group by 1),
      documents as (select tenant_id, count(*) from formwork.trusted_documents group by 1)
    select t.slug, t.name, t.registry_version as "registryVersion", coalesce(e.count, 0)::float8 as entities,
      coalesce(r.living, 0)::float8 as records, coalesce(r.deleted, 0)::float8 as deleted,
      coalesce(r.bytes, 0)::float8 as bytes, coalesce(l.count, 0)::float8 as links,
      coalesce(k.good, 0)::float8 as keys, k.used as "keyLastUsedAt", r.last as "lastWriteAt",
      t.document_mode as "documentMode", coalesce(d.count, 0)::float8 as documents
    from formwork.tenants t
    left join entities e on e.tenant_id = t.id left join records r on r.tenant_id = t.id
    left join links l on l.tenant_id = t.id left join keys k on k.tenant_id = t.id
    left join documents d on d.tenant_id = t.id
    order by t.slug`;
}
