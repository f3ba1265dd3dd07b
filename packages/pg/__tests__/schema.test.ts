import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';

/**
 * What `sql/` amounts to, as a text that lies in git: a reviewer of a migration sees its effect and not only its cause.
 * It is the same on every version of Postgres. After a change on purpose: `npx jest packages/pg/__tests__/schema -u`.
 */
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const lines = (query: string): Promise<string> =>
  asAdmin(database, async (admin) => {
    // By code points, whatever the database's own order is.
    const { rows } = await admin.query<{ line: string }>(
      `select line from (${query}) l order by line collate "C"`,
    );
    return `\n${rows.map(({ line }) => line).join('\n')}\n`;
  });

const ours = "('formwork'::regnamespace, 'formwork_views'::regnamespace)";

test('roles', async () => {
  expect(
    await lines(`select rolname || case when rolcanlogin then ' may log in' else ' cannot log in' end as line
      from pg_roles where rolname like 'formwork%'`),
  ).toMatchSnapshot();
});

test('tables and columns', async () => {
  expect(
    await lines(`select c.relname || ' ' || to_char(a.attnum, 'fm00') || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when l.collname = 'C' then ' collate "C"' else '' end
        || case when a.attnotnull then ' not null' else '' end
        || case when a.attidentity <> '' then ' generated always as identity' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      left join pg_collation l on l.oid = a.attcollation
      where c.relnamespace in ${ours} and c.relkind in ('r', 'p')`),
  ).toMatchSnapshot();
});

test('constraints', async () => {
  // Not null is told by the columns; Postgres 18 lists it here as well.
  expect(
    await lines(`select conrelid::regclass || ' ' || conname || ': ' || pg_get_constraintdef(oid) as line
      from pg_constraint where connamespace in ${ours} and contype in ('p', 'u', 'f', 'c')`),
  ).toMatchSnapshot();
});

test('indexes', async () => {
  expect(
    await lines(`select pg_get_indexdef(i.indexrelid) as line from pg_index i join pg_class c on c.oid = i.indexrelid
      where c.relnamespace in ${ours}`),
  ).toMatchSnapshot();
});

test('policies', async () => {
  expect(
    await lines(`select tablename || ' ' || policyname || ' for ' || cmd || ' to ' || array_to_string(roles, ',')
        || ' using ' || qual || ' with check ' || coalesce(with_check, '') as line
      from pg_policies where schemaname = 'formwork'`),
  ).toMatchSnapshot();
});

test('triggers', async () => {
  expect(
    await lines(`select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where c.relnamespace in ${ours} and not t.tgisinternal`),
  ).toMatchSnapshot();
});

test('functions', async () => {
  expect(
    await lines(`select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') returns ' || pg_get_function_result(p.oid)
        || ' ' || l.lanname
        || case p.provolatile when 'i' then ' immutable' when 's' then ' stable' else ' volatile' end
        || case when p.prosecdef then ' security definer' else '' end
        || case when p.proleakproof then ' leakproof' else '' end
        || coalesce(' set ' || array_to_string(p.proconfig, '; '), '') as line
      from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace in ${ours}`),
  ).toMatchSnapshot();
});

test('grants', async () => {
  const grants = (from: string, name: string, acl: string): string =>
    `select ${name} || ' to ' || coalesce(r.rolname, 'public') || ': ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) as line
      from ${from} cross join lateral aclexplode(${acl}) g left join pg_roles r on r.oid = g.grantee
      where coalesce(r.rolname, '') <> 'formwork_owner'`;
  expect(
    await lines(`
      ${grants('pg_namespace n', "'schema ' || n.nspname", 'n.nspacl')} and n.oid in ${ours} group by n.nspname, r.rolname
      union all
      ${grants('pg_class c', "'table ' || c.relname", 'c.relacl')} and c.relnamespace in ${ours} and c.relkind = 'r' group by c.relname, r.rolname
      union all
      ${grants('pg_attribute a join pg_class c on c.oid = a.attrelid', "'column ' || c.relname || '.' || a.attname", 'a.attacl')}
        and c.relnamespace in ${ours} group by c.relname, a.attname, r.rolname
      union all
      ${grants('pg_proc p', "'function ' || p.proname", 'p.proacl')} and p.pronamespace in ${ours} group by p.proname, p.oid, r.rolname
     `),
  ).toMatchSnapshot();
});
