import { identifier, withAdmin } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { registryOf } from '../data/make-tenant.ts';
import { openMade } from '../data/open-made.ts';
import type { Home } from '../home.ts';
import { tell } from '../tell.ts';
import { makeScaleTenant, type ScaleTenant } from './open-scale.ts';
import { scaleDocument } from './scale-document.ts';

/** A database in which the measured tenant is one of many. */
export interface Among {
  readonly home: Home;
  readonly registry: Registry;
  readonly tenant: ScaleTenant;
}

/** Orders of the measured tenant, and of each other one. */
const [measured, small] = [10_000, 50];

/** Opens the home with so many tenants, which are made where they are missing or were interrupted. */
export async function openAmong(count: number): Promise<Among> {
  const plan = { measured, small, scaleDocument };
  const { home, made } = await openMade(`among-${count}`, plan, async (empty) => {
    tell(`Loading a tenant among ${count} …`);
    const tenant = await makeScaleTenant(empty, measured);
    if (count > 1) await copyTenant(empty, (await makeScaleTenant(empty, small)).id, count - 2);
    await withAdmin(empty.postgres.adminUrl, (admin) => admin.query('vacuum analyze'));
    return tenant;
  });
  return { home, tenant: made, registry: await registryOf(home, made.id, scaleDocument) };
}

/** So many more tenants with the very rows of that one: what was checked once need not be checked again. */
async function copyTenant({ postgres }: Home, model: string, copies: number): Promise<void> {
  await withAdmin(postgres.adminUrl, async (admin) => {
    await admin.query('begin');
    await admin.query('set local session_replication_role = replica');
    await admin.query(
      `insert into formwork.tenants (slug, name, registry_version, api_shape, plan_shape)
         select 'copy-' || i, name, registry_version, api_shape, plan_shape
           from formwork.tenants, generate_series(1, $2::int) i where id = $1`,
      [model, copies],
    );
    const { rows } = await admin.query<{ table: string; columns: string[] }>(
      `select c.relname as table, array_agg(a.attname::text) as columns
         from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'formwork'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
          and a.attgenerated = '' and c.relname <> 'api_keys'
        group by 1 having bool_or(a.attname = 'tenant_id')`,
    );
    for (const { table, columns } of rows) {
      const names = columns.filter((column) => column !== 'tenant_id').map(identifier);
      await admin.query(
        `insert into formwork.${identifier(table)} (tenant_id, ${names.join(', ')}) overriding system value
           select t.id, ${names.map((name) => `m.${name}`).join(', ')}
             from formwork.${identifier(table)} m, formwork.tenants t where m.tenant_id = $1 and t.slug like 'copy-%'`,
        [model],
      );
    }
    await admin.query('commit');
  });
}
