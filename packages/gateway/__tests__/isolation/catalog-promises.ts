import type { AdminClient } from '@formwork/pg';

/** What has to hold of the database, whatever tables and functions come to it. */
interface Promise_ {
  readonly name: string;
  /** What was looked at: one row each, with a column `thing`. */
  readonly examined: string;
  /** What breaks it: one row each, with a column `thing`. */
  readonly broken: string;
}

const schemas = `n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`;
const tables = `pg_class c join pg_namespace n on n.oid = c.relnamespace and ${schemas} and c.relkind in ('r', 'p', 'f')`;
/** Tables with rows of tenants. */
const tenantTables = `(select c.oid, n.nspname || '.' || c.relname as thing, c.relrowsecurity, c.relforcerowsecurity, a.attnum
  from ${tables} join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) t`;
const condition = '(tenant_id = formwork.current_tenant_id())';
const agreed = `p.cmd = 'ALL' and p.roles = '{public}' and p.permissive = 'PERMISSIVE' and p.qual = '${condition}' and p.with_check = '${condition}'`;
/** The search looks into the index past the tenant's policy, as a role that sees the words alone; see sql/010. */
const ofSearch = `p.tablename = 'records' and p.policyname = 'search' and p.cmd = 'SELECT' and p.roles = '{formwork_search}'`;
const policies = `pg_policies p where p.schemaname not like 'pg\\_%'`;
const uniqueIndexes = `pg_index i join ${tenantTables} on t.oid = i.indrelid where i.indisunique`;
const foreignKeys = `pg_constraint k join ${tenantTables} on t.oid = k.conrelid where k.contype = 'f'`;
const views = `pg_class c join pg_namespace n on n.oid = c.relnamespace and ${schemas} where c.relkind in ('v', 'm')`;
const functions = `pg_proc p join pg_namespace n on n.oid = p.pronamespace and ${schemas}`;
const logins = `('formwork_gateway', 'formwork_designer')`;

const catalogPromises: readonly Promise_[] = [
  {
    name: 'Every table with a tenant_id has row-level security, and its owner is bound by it too.',
    examined: `select thing from ${tenantTables}`,
    broken: `select thing from ${tenantTables} where not (relrowsecurity and relforcerowsecurity)`,
  },
  {
    name: 'Every table with a tenant_id has the one policy in the agreed form: tenant_id = formwork.current_tenant_id().',
    examined: `select thing from ${tenantTables}`,
    broken: `select thing from ${tenantTables} where not exists (
      select from ${policies} and p.schemaname || '.' || p.tablename = t.thing and ${agreed})`,
  },
  {
    name: 'There is no other policy, but for the one of the role that searches the index of words.',
    examined: `select p.tablename || '.' || p.policyname as thing from ${policies}`,
    broken: `select p.tablename || '.' || p.policyname as thing from ${policies} and not (${agreed}) and not (${ofSearch})`,
  },
  {
    name: 'Every primary key and every unique index of such a table begins with tenant_id.',
    examined: `select i.indexrelid::regclass::text as thing from ${uniqueIndexes}`,
    broken: `select i.indexrelid::regclass::text as thing from ${uniqueIndexes} and i.indkey[0] <> t.attnum`,
  },
  {
    name: 'Every foreign key of such a table begins with tenant_id, on both sides.',
    examined: `select thing || '.' || k.conname as thing from ${foreignKeys}`,
    broken: `select thing || '.' || k.conname as thing from ${foreignKeys}
      and k.confrelid <> 'formwork.field_types'::regclass and (k.conkey[1] <> t.attnum
        or (select a.attname from pg_attribute a where a.attrelid = k.confrelid and a.attnum = k.confkey[1])
          <> case when k.confrelid = 'formwork.tenants'::regclass then 'id' else 'tenant_id' end)`,
  },
  {
    name: 'Every view reads with the rights of whoever asks (security_invoker), and none is materialized.',
    examined: `select n.nspname || '.' || c.relname as thing from ${views}`,
    broken: `select n.nspname || '.' || c.relname as thing from ${views}
      and (c.relkind = 'm' or coalesce(not c.reloptions @> '{security_invoker=true}', true))`,
  },
  {
    name: 'The gateway owns nothing.',
    examined: `select rolname as thing from pg_roles where rolname = 'formwork_gateway'`,
    broken: `select classid::regclass::text || ' ' || objid as thing from pg_shdepend
      where deptype = 'o' and refobjid = 'formwork_gateway'::regrole`,
  },
  {
    name: 'The logins are members of no role: there is nothing that they could become.',
    examined: `select rolname as thing from pg_roles where rolname in ${logins}`,
    broken: `select member.rolname || ' of ' || granted.rolname as thing from pg_auth_members m
      join pg_roles member on member.oid = m.member join pg_roles granted on granted.oid = m.roleid
      where member.rolname in ${logins} or member.rolname in ('formwork_owner', 'formwork_search', 'formwork_writer')`,
  },
  {
    name: 'Neither login is a superuser, bypasses policies, or makes roles, databases or replicas.',
    examined: `select rolname as thing from pg_roles where rolname in ${logins}`,
    broken: `select rolname as thing from pg_roles where rolname in ${logins}
      and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
  },
  {
    name: 'The gateway can make nothing: no table, view, function or schema.',
    examined: `select nspname as thing from pg_namespace n where ${schemas}`,
    broken: `select n.nspname as thing from pg_namespace n where ${schemas}
        and has_schema_privilege('formwork_gateway', n.oid, 'create')
      union all select datname from pg_database
        where datname = current_database() and has_database_privilege('formwork_gateway', oid, 'create')`,
  },
  {
    name: 'Of tables without a tenant_id the logins reach those of the short list alone.',
    examined: `select n.nspname || '.' || c.relname as thing from ${tables}`,
    broken: `select n.nspname || '.' || c.relname as thing from ${tables}
      join (values ('formwork_gateway', array['tenants', 'field_types', 'gateways']),
        ('formwork_designer', array['tenants', 'field_types', 'view_uses', 'gateways', 'system_audit', 'job_queue'])) l (login, known) on true
      where not exists (select from ${tenantTables} where t.oid = c.oid) and not c.relname = any (l.known)
        and has_any_column_privilege(l.login, c.oid, 'select, insert, update')`,
  },
  {
    name: 'The gateway writes to no table but those of records, links, counters and the last use of a key.',
    examined: `select n.nspname || '.' || c.relname as thing from ${tables}`,
    broken: `select n.nspname || '.' || c.relname as thing from ${tables}
      where c.relname not in ('records', 'record_links', 'autonumbers', 'api_keys')
        and (has_any_column_privilege('formwork_gateway', c.oid, 'insert, update')
          or has_table_privilege('formwork_gateway', c.oid, 'delete, truncate, references, trigger'))`,
  },
  {
    name: 'Nobody but the system role bypasses policies; it owns nothing, is a member of nothing, has no members but whoever made it, makes nothing and deletes nothing.',
    examined: `select rolname as thing from pg_roles where rolname like 'formwork%'`,
    broken: `select rolname as thing from pg_roles where rolname like 'formwork%' and (rolsuper or rolcreaterole or rolcreatedb or rolreplication
        or rolbypassrls and rolname <> 'formwork_system')
      union all select 'owns ' || classid::regclass::text || ' ' || objid from pg_shdepend
        where deptype = 'o' and refobjid = 'formwork_system'::regrole
      union all select member.rolname || ' of ' || granted.rolname from pg_auth_members m
        join pg_roles member on member.oid = m.member join pg_roles granted on granted.oid = m.roleid
        where member.rolname = 'formwork_system' or granted.rolname = 'formwork_system' and member.rolname like 'formwork%'
      union all select nspname from pg_namespace n where ${schemas} and has_schema_privilege('formwork_system', n.oid, 'create')
      union all select n.nspname || '.' || c.relname from ${tables}
        where has_table_privilege('formwork_system', c.oid, 'delete, truncate, references, trigger')`,
  },
  {
    name: 'Nobody can become the role that writes slots, and it can do no more than insert records, touch them and draw their numbers.',
    examined: `select rolname as thing from pg_roles where rolname = 'formwork_writer'`,
    broken: `select member.rolname as thing from pg_auth_members m join pg_roles member on member.oid = m.member
        where m.roleid = 'formwork_writer'::regrole and member.rolname like 'formwork%'
      union all select rolname from pg_roles where rolname = 'formwork_writer' and (rolcanlogin or rolbypassrls or rolsuper)
      union all select n.nspname || '.' || c.relname from ${tables}
        where has_table_privilege('formwork_writer', c.oid, 'delete, truncate, references, trigger')
          or has_any_column_privilege('formwork_writer', c.oid, 'insert, update') and c.relname not in ('records', 'autonumbers')
          or has_any_column_privilege('formwork_writer', c.oid, 'select')
            and c.relname not in ('records', 'record_links', 'entity_storage', 'rollups', 'autonumbers')`,
  },
  {
    name: 'What designs compute runs as the role that writes slots, too: it may nothing that the gateway may not, but insert slots and words, which no such function can.',
    examined: `select p.oid::regprocedure::text as thing from ${functions} where has_function_privilege('formwork_writer', p.oid, 'execute')`,
    broken: `select c.relname || '.' || a.attname || ' ' || privilege as thing from ${tables}
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        cross join unnest(array['select', 'insert', 'update', 'references']) privilege
        where has_column_privilege('formwork_writer', c.oid, a.attnum, privilege)
          and not has_column_privilege('formwork_gateway', c.oid, a.attnum, privilege)
          and not (c.oid = 'formwork.records'::regclass and privilege = 'insert' and a.attname ~ '^([tnd][1-8]|l[1-8]|u[1-4]|words)$')
      union all select p.oid::regprocedure::text from ${functions}
        where has_function_privilege('formwork_writer', p.oid, 'execute') and not has_function_privilege('formwork_gateway', p.oid, 'execute')
          and p.oid not in ('formwork.complete_new(formwork.entity_storage, jsonb[])'::regprocedure,
            'formwork.first_states(jsonb)'::regprocedure, 'formwork.may_begin(text, jsonb, jsonb)'::regprocedure, 'formwork.fits(text, jsonb, boolean)'::regprocedure)
      union all select nspname from pg_namespace n where ${schemas} and has_schema_privilege('formwork_writer', n.oid, 'create')`,
  },
  {
    name: 'The audit of the system role can be added to by it alone, and changed by nobody: triggers refuse it, replicas included.',
    examined: `select tgname::text as thing from pg_trigger where tgrelid = 'formwork.system_audit'::regclass`,
    broken: `select l.login as thing from (values ('formwork_gateway'), ('formwork_designer'), ('formwork_system')) l (login)
        where has_table_privilege(l.login, 'formwork.system_audit', 'update, delete, truncate')
          or has_any_column_privilege(l.login, 'formwork.system_audit', 'update')
          or l.login <> 'formwork_system' and has_any_column_privilege(l.login, 'formwork.system_audit', 'insert')
      union all select 'no trigger' where not exists (select from pg_trigger
        where tgrelid = 'formwork.system_audit'::regclass and tgenabled = 'A' and tgfoid = 'formwork.keep_audit()'::regprocedure
          and tgtype = (2 | 8 | 16 | 32))`,
  },
  {
    name: 'Functions that run with the rights of their owner are on a short list and fix their search_path.',
    examined: `select p.oid::regprocedure::text as thing from ${functions}`,
    broken: `select p.oid::regprocedure::text as thing from ${functions}
      where p.prosecdef and not ((p.proname in ('search_records', 'search_few') and p.proowner = 'formwork_search'::regrole
          or p.proname = 'insert_filled' and p.proowner = 'formwork_writer'::regrole)
        and p.proconfig::text ~ 'search_path=(pg_catalog, formwork|formwork, pg_catalog), pg_temp')`,
  },
  {
    name: 'What customers’ designs generate belongs to the designer, runs with the rights of whoever calls it, and is for the gateway and the role that writes slots.',
    examined: `select p.oid::regprocedure::text as thing from ${functions} where n.nspname = 'formwork_views'`,
    broken: `select p.oid::regprocedure::text as thing from ${functions} where n.nspname = 'formwork_views'
      and (p.prosecdef or p.proowner <> 'formwork_designer'::regrole or has_function_privilege('public', p.oid, 'execute')
        or p.provolatile = 'v' or p.proname !~ '^f_[0-9a-f]{24}$')`,
  },
  {
    name: 'No function is for the public.',
    examined: `select p.oid::regprocedure::text as thing from ${functions}`,
    broken: `select p.oid::regprocedure::text as thing from ${functions}
      where n.nspname like 'formwork%' and has_function_privilege('public', p.oid, 'execute')`,
  },
  {
    name: 'Whatever sets the tenant sets it for one transaction.',
    examined: `select p.oid::regprocedure::text as thing from ${functions} where p.prosrc ~ 'app\\.tenant_id'`,
    // Written in any other way than the one that is seen to be so, it counts as broken.
    broken: `select p.oid::regprocedure::text as thing from ${functions}
      where regexp_count(p.prosrc, 'set_config\\s*\\(\\s*''app\\.tenant_id''', 1, 'i')
        <> regexp_count(p.prosrc, 'set_config\\(''app\\.tenant_id'', (?:[^,;()]|\\([^()]*\\))+, true\\)', 1, 'i')`,
  },
];

export interface Finding {
  readonly name: string;
  readonly examined: readonly string[];
  readonly broken: readonly string[];
}

/** Looks at the catalog as an administrator, and at what a transaction leaves behind. */
export async function checkCatalog(admin: AdminClient): Promise<readonly Finding[]> {
  return [...(await checkPromises(admin)), await checkScope(admin)];
}

/** Looks at the catalog alone, in whatever transaction there is. */
export async function checkPromises(admin: AdminClient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, examined, broken } of catalogPromises) {
    const things = async (text: string) =>
      (await admin.query<{ thing: string }>(`select distinct thing from (${text}) x order by 1`)).rows.map(
        ({ thing }) => thing,
      );
    findings.push({ name, examined: await things(examined), broken: await things(broken) });
  }
  return findings;
}

/** What a connection of the gateway is left with when a tenant's transaction has ended: no tenant, and so no rows. */
async function checkScope(admin: AdminClient): Promise<Finding> {
  const name =
    'A connection belongs to no tenant when a transaction has ended: whatever it asks then is an error.';
  const broken: string[] = [];
  const { rows } = await admin.query<{ id: string; slug: string; version: number }>(
    'select id, slug, registry_version as version from formwork.tenants order by number limit 1',
  );
  const [tenant] = rows;
  if (tenant === undefined) throw new Error('There is no tenant');
  const begins = {
    begin_read: ['select formwork.begin_read($1)', [tenant.id]],
    begin_read_as: ['select formwork.begin_read_as($1)', [tenant.slug]],
    begin_read_by_size: ['select formwork.begin_read_by_size($1, 5000)', [tenant.id]],
    begin_write: ['select formwork.begin_write($1, $2)', [tenant.id, tenant.version]],
  } as const;
  try {
    await admin.query('set role formwork_gateway');
    for (const [what, [text, values]] of Object.entries(begins)) {
      await admin.query('begin');
      await admin.query(text, [...values]);
      await admin.query('commit');
      const left = await admin.query('select id from formwork.records limit 1').then(
        () => 'rows',
        () => null,
      );
      if (left !== null) broken.push(`after ${what}`);
    }
  } finally {
    await admin.query('reset role; reset app.tenant_id');
  }
  return { name, examined: Object.keys(begins), broken };
}
