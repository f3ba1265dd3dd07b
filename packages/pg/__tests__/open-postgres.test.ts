import { randomBytes } from 'node:crypto';
import { connectControlPlane, connectDataPlane, openPostgres, sql, withAdmin } from '@formwork/pg';
import { createEmptyDatabase, createTestDatabase, testCluster } from '@formwork/testkit';

/** What `openPostgres` makes of a Postgres that is there already. (The embedded one: embedded.test.ts.) */
type Database = Awaited<ReturnType<typeof createEmptyDatabase>>;
const databases: Database[] = [];
const roles: string[] = [];

afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.drop()));
  const { adminUrl } = testCluster();
  await withAdmin(adminUrl, async (admin) => {
    for (const role of roles.splice(0))
      await admin.query(`drop owned by ${role}; drop role ${role}`).catch(() => {});
  });
});

const empty = async (): Promise<Database> => {
  const database = await createEmptyDatabase();
  databases.push(database);
  return database;
};

/** A role of the cluster with a password, and the URL by which it enters a database. Other tests look at ours meanwhile, so it is called otherwise. */
const createRole = async (database: Database, attributes: string): Promise<string> => {
  const name = `test_role_${randomBytes(4).toString('hex')}`;
  roles.push(name);
  await withAdmin(database.adminUrl, (admin) =>
    admin.query(`create role ${name} login password 'x' ${attributes}`),
  );
  const url = new URL(database.adminUrl);
  [url.username, url.password] = [name, 'x'];
  return url.href;
};

test('migrates an empty database and sets up both logins', async () => {
  const { adminUrl } = await empty();
  const opened = await openPostgres({ databaseUrl: adminUrl });
  expect(opened).toMatchObject({ adminUrl, source: 'external' });
  expect(opened.applied.length).toBeGreaterThan(0);

  const control = connectControlPlane({ url: opened.designerUrl });
  const [tenant] = await control.control(
    (query) => query`insert into formwork.tenants (slug, name) values ('a', '') returning id`,
  );
  const plane = connectDataPlane({ url: opened.gatewayUrl });
  const { results } = await plane.read(tenant?.id, [
    sql`select current_user, current_setting('timezone'), current_setting('jit')`,
  ]);
  expect(results).toEqual([[['formwork_gateway', 'UTC', 'off']]]);
  await Promise.all([plane.close(), control.close()]);
  await opened.stop();
});

test('gives the same logins and secret every time, and one secret to each installation', async () => {
  const [one, other] = [await empty(), await empty()];
  const first = await openPostgres({ databaseUrl: one.adminUrl });
  const again = await openPostgres({ databaseUrl: one.adminUrl });
  const elsewhere = await openPostgres({ databaseUrl: other.adminUrl });
  expect(again).toMatchObject({
    gatewayUrl: first.gatewayUrl,
    designerUrl: first.designerUrl,
    secret: first.secret,
    applied: [],
  });
  expect(first.secret.length).toBeGreaterThan(40);
  expect(elsewhere.secret).not.toBe(first.secret);
  // Roles belong to the cluster: the second installation has not locked the first one out.
  expect(new URL(elsewhere.gatewayUrl).password).toBe(new URL(first.gatewayUrl).password);
  await withAdmin(first.gatewayUrl, (client) => client.query('select 1'));
});

test('takes the secret that it is given', async () => {
  const { adminUrl } = await empty();
  expect((await openPostgres({ databaseUrl: adminUrl, secret: 'of our own' })).secret).toBe('of our own');
});

test('six that start at once agree', async () => {
  const { adminUrl } = await empty();
  const opened = await Promise.all(Array.from({ length: 6 }, () => openPostgres({ databaseUrl: adminUrl })));
  for (const field of ['gatewayUrl', 'designerUrl', 'secret'] as const) {
    expect(new Set(opened.map((one) => one[field])).size).toBe(1);
  }
});

test('uses logins that it is given, and touches no password', async () => {
  const database = await createTestDatabase();
  databases.push(database);
  const verifiers = (): Promise<unknown[]> =>
    withAdmin(
      database.adminUrl,
      async (admin) =>
        (
          await admin.query(
            "select rolname, rolpassword from pg_authid where rolname like 'formwork\\_%' order by 1",
          )
        ).rows,
    );
  const before = await verifiers();
  const gatewayUrl = await createRole(database, 'in role formwork_gateway');
  const designerUrl = await createRole(database, 'in role formwork_designer');
  const opened = await openPostgres({ databaseUrl: database.adminUrl, gatewayUrl, designerUrl });
  expect(opened).toMatchObject({ gatewayUrl, designerUrl });
  expect(await verifiers()).toEqual(before);
  const { rows } = await withAdmin(gatewayUrl, (client) =>
    client.query("select current_setting('search_path') as path"),
  );
  expect(rows).toEqual([{ path: 'formwork, formwork_views' }]);
});

test.each(['superuser', 'bypassrls', 'in role formwork_owner'])(
  'refuses a login that could step around policies: %s',
  async (attribute) => {
    const database = await createTestDatabase();
    databases.push(database);
    const gatewayUrl = await createRole(database, attribute);
    await expect(openPostgres({ databaseUrl: database.adminUrl, gatewayUrl })).rejects.toThrow(
      "could see every tenant's data",
    );
  },
);

test('says what an administrator lacks', async () => {
  const database = await empty();
  const databaseUrl = await createRole(database, '');
  await expect(openPostgres({ databaseUrl })).rejects.toThrow(
    /permission denied.*has to be a superuser, or to have CREATEROLE/,
  );
});

test.each(['', 'localhost', 'mysql://localhost/x', 'postgres:/', 'https://example.com'])(
  'refuses %j as DATABASE_URL',
  async (databaseUrl) => {
    await expect(openPostgres({ databaseUrl })).rejects.toThrow(/DATABASE_URL/);
  },
);

test('says that a database does not exist', async () => {
  const url = new URL(testCluster().adminUrl);
  url.pathname = '/formwork_nowhere';
  await expect(openPostgres({ databaseUrl: url.href })).rejects.toThrow(
    /database "formwork_nowhere" does not exist.*Create the database first/,
  );
});
