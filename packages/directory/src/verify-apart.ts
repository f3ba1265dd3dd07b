import type { TransactionSql } from '@formwork/pg';

/** Rows that are on the wrong side of a wall between tenants, or of none. */
export interface ApartFinding {
  readonly table: string;
  readonly count: number;
  /** At most five, as "<tenant id>/<row>". */
  readonly examples: readonly string[];
  readonly message: string;
}

export interface ApartOutcome {
  /** Tables of tenants that were looked at. */
  readonly tables: readonly string[];
  readonly findings: readonly ApartFinding[];
}

const linkSlots = ['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7', 'l8'] as const;

/**
 * What no tenant can prove of itself, because a policy hides exactly the rows that would be wrong: rows of no tenant,
 * records of an entity type that their tenant does not have, links that lead out of a tenant, words under another
 * tenant's number. For the system role: it reads past all policies.
 */
export async function verifyApart(sql: TransactionSql): Promise<ApartOutcome> {
  const tables = await findTenantTables(sql);
  const findings: ApartFinding[] = [];
  const look = async (table: string, message: string, rows: Parts) => {
    const [found] = await sql<{ count: number; examples: string[] | null }[]>`
      with wrong (id) as materialized (${rows})
      select count(*)::float8 as count, (array_agg(id order by id))[1:5] as examples from wrong`;
    const { count = 0, examples = [] } = found ?? {};
    if (count > 0) findings.push({ table, count, examples: examples ?? [], message });
  };
  for (const table of tables) {
    await look(
      table,
      'Rows of a tenant that does not exist: nobody sees them.',
      sql`
      select x.tenant_id::text from formwork.${sql(table)} x
      where not exists (select from formwork.tenants t where t.id = x.tenant_id)`,
    );
  }
  await look(
    'records',
    'Records of an entity type that their tenant does not have.',
    sql`
    select r.tenant_id || '/' || r.id from formwork.records r where not exists (
      select from formwork.entity_storage e where e.tenant_id = r.tenant_id and e.entity_type = r.entity_type)`,
  );
  for (const slot of linkSlots) {
    await look(
      'records',
      `Links (${slot}) that lead to no record of their own tenant.`,
      sql`
      select r.tenant_id || '/' || r.id from formwork.records r where r.${sql(slot)} is not null and not exists (
        select from formwork.records t where t.tenant_id = r.tenant_id and t.id = r.${sql(slot)})`,
    );
  }
  await look(
    'record_links',
    'Links that begin or end outside of their tenant.',
    sql`
    select l.tenant_id || '/' || l.source_id from formwork.record_links l
    where not exists (select from formwork.records s where s.tenant_id = l.tenant_id and s.id = l.source_id)
      or not exists (select from formwork.records t where t.tenant_id = l.tenant_id and t.id = l.target_id)`,
  );
  await look(
    'records',
    'Words that stand under the number of another tenant: its searches meet them.',
    sql`
    select r.tenant_id || '/' || r.id from formwork.records r join formwork.tenants t on t.id = r.tenant_id
    where r.words is not null
      and exists (select from unnest(r.words) w where not starts_with(w.lexeme, t.number || ':'))`,
  );
  return { tables, findings };
}

type Parts = ReturnType<TransactionSql>;

/** All tables with rows of tenants that the role may read, so that one which is added is looked at too. */
async function findTenantTables(sql: TransactionSql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'formwork'::regnamespace and c.relkind in ('r', 'p')
      and has_column_privilege(c.oid, a.attnum, 'select')
    order by c.relname`;
  return rows.map(({ name }) => name);
}
