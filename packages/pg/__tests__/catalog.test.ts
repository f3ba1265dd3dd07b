import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';

/** What the promises of isolation rest on, read off the catalog: a new table that forgets one of them fails here. */
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  // A generated view, as the designer makes them.
  await asAdmin(database, (admin) =>
    admin.query(
      'set role formwork_designer; create view formwork_views.example with (security_invoker = true) as select id from formwork.records; reset role',
    ),
  );
});
afterAll(() => database.drop());

const ask = async <T>(text: string): Promise<T[]> =>
  asAdmin(database, async (admin) => (await admin.query(text)).rows as T[]);

/** Tables without customers' data: who the tenants are, the menu of types, settings, what the system role did, which view is in use. */
const controlTables = [
  'field_types',
  'gateways',
  'job_queue',
  'settings',
  'system_audit',
  'tenants',
  'view_uses',
];

test('neither login is a superuser, bypasses policies, may make roles or databases, or replicates', async () => {
  const roles =
    await ask(`select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin
    from pg_roles where rolname like 'formwork%' order by rolname`);
  const harmless = {
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
  };
  expect(roles).toEqual([
    { rolname: 'formwork_designer', ...harmless, rolcanlogin: true },
    { rolname: 'formwork_gateway', ...harmless, rolcanlogin: true },
    { rolname: 'formwork_owner', ...harmless, rolcanlogin: false },
    { rolname: 'formwork_search', ...harmless, rolcanlogin: false },
    // The test cluster has turned it on; see logins.test.ts for one that has not, and system-role.test.ts for what it may.
    { rolname: 'formwork_system', ...harmless, rolbypassrls: true, rolcanlogin: true },
    { rolname: 'formwork_writer', ...harmless, rolcanlogin: false },
  ]);
});

test('no role of ours is a member of any role', async () => {
  expect(
    await ask(`select member.rolname, granted.rolname as of from pg_auth_members
      join pg_roles member on member.oid = pg_auth_members.member
      join pg_roles granted on granted.oid = pg_auth_members.roleid
      where member.rolname like 'formwork%'`),
  ).toEqual([]);
});

test('the gateway owns nothing', async () => {
  expect(
    await ask(`select classid::regclass::text, objid from pg_shdepend
      where deptype = 'o' and refobjid = 'formwork_gateway'::regrole`),
  ).toEqual([]);
});

test('the designer owns generated views and nothing else', async () => {
  expect(
    await ask(`select c.relkind, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relowner = 'formwork_designer'::regrole`),
  ).toEqual([{ relkind: 'v', nspname: 'formwork_views' }]);
  expect(await ask("select proname from pg_proc where proowner = 'formwork_designer'::regrole")).toEqual([]);
});

/** Beside the one policy of a tenant: the search looks past it as a role of its own (see sql/010 and its isolation tests). */
const ofSearch = {
  for: 'SELECT',
  to: ['formwork_search'],
  permissive: 'PERMISSIVE',
  using: 'true',
  check: null,
};

test("every table with customers' data has forced row-level security and the one policy", async () => {
  const tables = await ask<{ name: string; enabled: boolean; forced: boolean; policies: unknown }>(`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select json_agg(json_build_object('for', p.cmd, 'to', p.roles, 'permissive', p.permissive, 'using', p.qual, 'check', p.with_check))
        from pg_policies p where p.schemaname = 'formwork' and p.tablename = c.relname) as policies
    from pg_class c where c.relnamespace = 'formwork'::regnamespace and c.relkind in ('r', 'p') order by 1`);
  const guarded = tables.filter(({ name }) => !controlTables.includes(name));
  expect(guarded.length).toBeGreaterThan(8);
  const condition = '(tenant_id = formwork.current_tenant_id())';
  for (const table of guarded) {
    expect(table).toEqual({
      name: table.name,
      enabled: true,
      forced: true,
      policies: [
        { for: 'ALL', to: ['public'], permissive: 'PERMISSIVE', using: condition, check: condition },
        ...(table.name === 'records' ? [ofSearch] : []),
      ],
    });
  }
});

test('every table with a tenant_id begins each of its keys with it', async () => {
  const keys = await ask<{ table: string; key: string; first: string }>(`
    select c.relname as table, i.indexrelid::regclass::text as key, a.attname as first
    from pg_index i
    join pg_class c on c.oid = i.indrelid and c.relnamespace = 'formwork'::regnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where i.indisunique and c.relname not in (${controlTables.map((name) => `'${name}'`).join(', ')})`);
  expect(keys.length).toBeGreaterThan(15);
  expect(keys.filter(({ first }) => first !== 'tenant_id')).toEqual([]);
});

test('every foreign key between tables of tenants carries the tenant', async () => {
  const foreign = await ask<{ name: string }>(`
    select con.conname as name from pg_constraint con
    join pg_class source on source.oid = con.conrelid
    join pg_class target on target.oid = con.confrelid
    join pg_attribute a on a.attrelid = con.conrelid and a.attnum = con.conkey[1]
    where con.contype = 'f' and source.relnamespace = 'formwork'::regnamespace
      and target.relname not in (${controlTables.map((name) => `'${name}'`).join(', ')})
      and (a.attname <> 'tenant_id')`);
  expect(foreign).toEqual([]);
});

test('every view has security_invoker', async () => {
  const views = await ask<{ name: string; options: string[] | null }>(`
    select c.relname as name, c.reloptions as options from pg_class c
    where c.relkind in ('v', 'm') and c.relnamespace in ('formwork'::regnamespace, 'formwork_views'::regnamespace)`);
  expect(views.map(({ name }) => name)).toContain('example');
  for (const { options } of views) expect(options).toContain('security_invoker=true');
});

test('every function fixes its search_path or is a plain expression, and none is executable by the public', async () => {
  const functions = await ask<{ name: string; definer: boolean; public: boolean; path: boolean }>(`
    select p.oid::regprocedure::text as name, p.prosecdef as definer,
      has_function_privilege('public', p.oid, 'execute') as public,
      coalesce(p.proconfig::text like '%search_path=%', false) as path
    from pg_proc p where p.pronamespace in ('formwork'::regnamespace, 'formwork_views'::regnamespace)`);
  expect(functions.filter((one) => one.public)).toEqual([]);
  expect(functions.filter((one) => one.definer && !one.path)).toEqual([]);
  const definers = functions.filter((one) => one.definer).map(({ name }) => name);
  expect(definers.sort()).toEqual([
    'formwork.insert_filled(text,jsonb,text,boolean,jsonb)',
    'formwork.search_few(text,text,integer,boolean)',
    'formwork.search_records(text,text,integer,boolean)',
  ]);
});

test('no table may be truncated, referenced or given triggers by the logins', async () => {
  const grants = await ask(`
    select c.relname, role, privilege
    from pg_class c, unnest(array['formwork_gateway', 'formwork_designer']) role,
      unnest(array['truncate', 'references', 'trigger']) privilege
    where c.relnamespace = 'formwork'::regnamespace and c.relkind = 'r'
      and has_table_privilege(role, c.oid, privilege)`);
  expect(grants).toEqual([]);
});

test('the public has no way into our schemas, nor into public by way of creating', async () => {
  expect(
    await ask(`select nspname from pg_namespace, unnest(array['formwork_gateway', 'formwork_designer']) role
      where has_schema_privilege(role, oid, 'create') and nspname not like 'pg_temp%'
        and (nspname, role) <> ('formwork_views', 'formwork_designer')`),
  ).toEqual([]);
});
