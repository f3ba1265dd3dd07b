import { type AdminClient, identifier, withAdmin } from '@formwork/pg';
import { checkCatalog, checkPromises } from './catalog-promises.ts';

/** A protection that somebody forgets, as SQL, and the promise that must notice. */
export interface TakenAway {
  readonly name: string;
  /** How the sentence of the promise begins, or what stands in it. */
  readonly promise: string;
  readonly sql: string;
}

const owner = 'set role formwork_owner';
/** A promise about what is left of a transaction when it has ended. */
const afterCommit = 'A connection belongs to no tenant';

/** Makes a function of sql/007 set the tenant for the whole session. */
const sessionWide = (name: string) => `do $$
  declare body text := pg_get_functiondef('formwork.${name}'::regprocedure);
  begin
    execute regexp_replace(body, '(set_config\\(''app.tenant_id''.*?), true\\)', '\\1, false)');
  end $$`;

export const takenAway: readonly TakenAway[] = [
  {
    name: 'a policy is dropped',
    promise: 'the one policy in the agreed form',
    sql: 'drop policy tenant_isolation on formwork.record_links',
  },
  {
    name: 'a policy lets through what has no tenant',
    promise: 'the one policy in the agreed form',
    sql: 'alter policy tenant_isolation on formwork.records using (tenant_id = formwork.current_tenant_id() or tenant_id is null)',
  },
  {
    name: 'a second policy lets the gateway see all',
    promise: 'There is no other policy',
    sql: 'create policy extra on formwork.records for select to formwork_gateway using (true)',
  },
  {
    name: 'row-level security does not bind the owner',
    promise: 'has row-level security',
    sql: 'alter table formwork.records no force row level security',
  },
  {
    name: 'row-level security is off',
    promise: 'has row-level security',
    sql: 'alter table formwork.fields disable row level security',
  },
  {
    name: 'a new table has no policy',
    promise: 'has row-level security',
    sql: `${owner}; create table formwork.drafts (tenant_id uuid, id uuid, primary key (tenant_id, id))`,
  },
  {
    name: 'a view runs with the rights of its owner',
    promise: 'security_invoker',
    sql: `do $$ declare view text := (select viewname from pg_views where schemaname = 'formwork_views' limit 1);
      begin execute format('alter view formwork_views.%I reset (security_invoker)', view); end $$`,
  },
  {
    name: 'the system role may delete',
    promise: 'Nobody but the system role bypasses policies',
    sql: 'grant delete on formwork.records to formwork_system',
  },
  {
    name: 'the audit of the system role can be changed',
    promise: 'The audit of the system role',
    sql: 'alter table formwork.system_audit disable trigger _200_keep',
  },
  {
    name: 'a key has no tenant_id',
    promise: 'begins with tenant_id',
    sql: 'create unique index unscoped on formwork.records (id)',
  },
  {
    name: 'a foreign key has no tenant_id',
    promise: 'Every foreign key',
    sql: `create table formwork.plain (id uuid primary key);
      alter table formwork.records add column plain uuid references formwork.plain (id)`,
  },
  {
    name: 'the gateway owns a table',
    promise: 'The gateway owns nothing',
    sql: 'alter table formwork.records owner to formwork_gateway',
  },
  {
    name: 'the gateway may create functions',
    promise: 'The gateway can make nothing',
    sql: 'grant create on schema formwork_views to formwork_gateway',
  },
  {
    name: 'the gateway reads the settings',
    promise: 'of the short list alone',
    sql: 'grant select on formwork.settings to formwork_gateway',
  },
  {
    name: 'the gateway may write the registry',
    promise: 'The gateway writes to no table',
    sql: 'grant update (permissions) on formwork.roles to formwork_gateway',
  },
  {
    name: 'a function runs with the rights of its owner',
    promise: 'on a short list',
    sql: 'alter function formwork.roll_up_all() security definer',
  },
  {
    name: 'a generated function runs with the rights of its owner',
    promise: 'designs generate',
    sql: `do $$ declare one regprocedure := (select oid from pg_proc where pronamespace = 'formwork_views'::regnamespace limit 1);
      begin execute format('alter function %s security definer', one); end $$`,
  },
  {
    name: 'a function is for the public',
    promise: 'No function is for the public',
    sql: 'grant execute on function formwork.fold(text, boolean) to public',
  },
  ...['begin_read(uuid)', 'begin_read_as(text)', 'begin_write(uuid,int)'].flatMap((name) =>
    ['Whatever sets the tenant', afterCommit].map((promise) => ({
      name: `${name} sets the tenant for the session (${promise})`,
      promise,
      sql: sessionWide(name),
    })),
  ),
];

/** The promises that are seen to be broken without the protection: in a transaction that is rolled back. */
export function brokenWithout(
  { adminUrl }: { readonly adminUrl: string },
  { promise, sql }: TakenAway,
): Promise<readonly string[]> {
  const look = async (admin: AdminClient, check: typeof checkCatalog) => {
    await admin.query(sql);
    await admin.query('reset role');
    const findings = await check(admin);
    return findings.filter(({ broken }) => broken.length > 0).map(({ name }) => name);
  };
  if (promise === afterCommit) return inClone(adminUrl, (admin) => look(admin, checkCatalog));
  return withAdmin(adminUrl, async (admin) => {
    await admin.query('begin');
    return look(admin, checkPromises);
  });
}

/** In a clone of the database: what is looked at there ends transactions. */
async function inClone<T>(adminUrl: string, work: (admin: AdminClient) => Promise<T>): Promise<T> {
  const url = new URL(adminUrl);
  const from = url.pathname.slice(1);
  const clone = `${from}_without`;
  url.pathname = `/${clone}`;
  const server = new URL(adminUrl);
  server.pathname = '/postgres';
  return withAdmin(server.href, async (admin) => {
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [from],
    );
    await admin.query(`create database ${identifier(clone)} template ${identifier(from)}`);
    try {
      return await withAdmin(url.href, work);
    } finally {
      await admin.query(`drop database ${identifier(clone)} with (force)`);
    }
  });
}
