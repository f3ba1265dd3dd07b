import { identifier, withAdmin } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { applyRegistry } from '@formwork/registry-store';
import { type Home, openHome, removeHome } from '../home.ts';
import { tell } from '../tell.ts';
import { makeTenant, type ScaleTenant } from './open-scale.ts';
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
  const name = `among-${count}`;
  const found = await openHome(name);
  const wanted = JSON.stringify({ measured, small, scaleDocument });
  if (found.recall('plan') === wanted) return withRegistry(found, found.recall('tenant') as ScaleTenant);
  await found.close();
  await removeHome(name);
  const home = await openHome(name);
  tell(`Loading a tenant among ${count} …`);
  const tenant = await makeTenant(home, measured);
  if (count > 1) await copyTenant(home, (await makeTenant(home, small)).id, count - 2);
  await withAdmin(home.postgres.adminUrl, (admin) => admin.query('vacuum analyze'));
  await home.note('tenant', tenant);
  await home.note('plan', wanted);
  return withRegistry(home, tenant);
}

async function withRegistry(home: Home, tenant: ScaleTenant): Promise<Among> {
  const { registry } = await applyRegistry(home.control, tenant.id, scaleDocument, { appliedBy: 'bench' });
  return { home, tenant, registry };
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
