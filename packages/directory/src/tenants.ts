import { type ControlPlane, DatabaseError, type TransactionSql } from '@formwork/pg';
import { assertLabel } from './assert-label.ts';
import type { DocumentMode } from './document-id.ts';
import { DirectoryError } from './errors.ts';
import { assertSlug, isSlug } from './slug.ts';

export interface TenantRow {
  readonly id: string;
  /** Short number, which stands for the tenant inside search lexemes. */
  readonly number: number;
  readonly slug: string;
  readonly name: string;
  /** 0 before the first registry. */
  readonly registryVersion: number;
  readonly accessVersion: number;
  readonly apiShape: string | null;
  readonly planShape: string | null;
  /** Which documents its clients may send. */
  readonly documentMode: DocumentMode;
}

export interface NewTenant {
  readonly slug: string;
  /** The slug when absent. */
  readonly name?: string;
}

/** Makes a tenant, without a registry and without keys. Throws DirectoryError for a slug that is invalid or taken. */
export async function createTenant(
  control: ControlPlane,
  { slug, name = slug }: NewTenant,
): Promise<TenantRow> {
  assertSlug(slug);
  assertLabel(name, 'name of a tenant', 'NAME_INVALID');
  try {
    const [tenant] = await control.control(
      (sql) => sql<TenantRow[]>`
        insert into formwork.tenants (slug, name) values (${slug}, ${name}) returning ${tenantColumns(sql)}`,
    );
    return tenant as TenantRow;
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlstate === '23505') {
      throw new DirectoryError('SLUG_TAKEN', `There is a tenant "${slug}" already: choose another slug.`);
    }
    throw error;
  }
}

/** All tenants, by slug. */
export function listTenants(control: ControlPlane): Promise<readonly TenantRow[]> {
  return control.control(async (sql) => [
    ...(await sql<TenantRow[]>`select ${tenantColumns(sql)} from formwork.tenants order by slug`),
  ]);
}

/** The tenant of that slug, or null; a text that can be no slug names nobody. */
export async function findTenant(control: ControlPlane, slug: string): Promise<TenantRow | null> {
  if (typeof slug !== 'string' || !isSlug(slug)) return null;
  const rows = await control.control(
    (sql) => sql<TenantRow[]>`select ${tenantColumns(sql)} from formwork.tenants where slug = ${slug}`,
  );
  return rows[0] ?? null;
}

function tenantColumns(sql: TransactionSql) {
  return sql`id, number, slug, name, registry_version as "registryVersion", access_version as "accessVersion",
    api_shape as "apiShape", plan_shape as "planShape", document_mode as "documentMode"`;
}
