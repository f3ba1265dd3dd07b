import {
  connectSystemPlane,
  disableSystemRole,
  enableSystemRole,
  isSystemRoleEnabled,
  openPostgres,
  withAdmin,
} from '@formwork/pg';
import { postgresServers, type TestServer } from '@formwork/testkit';

/* Logins belong to a whole cluster; on 15 an administrator who is no superuser has other rights over roles. */

describe.each(postgresServers)('on %s', (_, start) => {
  if (start === undefined) return test.skip('…', () => {});
  let server: TestServer;

  beforeAll(async () => {
    server = await start();
    await withAdmin(server.adminUrl, async (admin) => {
      await admin.query("create role manager login createrole createdb password 'managing'");
      await admin.query("create role owner login password 'owning'");
      for (const name of ['managed', 'without_secret']) {
        await admin.query(`create database ${name} owner manager encoding 'UTF8' template template0`);
      }
      await admin.query(`create database owned owner owner encoding 'UTF8' template template0`);
      await admin.query(`create database plain encoding 'UTF8' template template0`);
    });
  });
  afterAll(() => server.stop());

  const url = (role: string, password: string, database: string): string => {
    const changed = new URL(server.adminUrl);
    if (role !== '') [changed.username, changed.password] = [role, password];
    changed.pathname = `/${database}`;
    return changed.href;
  };

  test('an administrator who is no superuser but may make roles is enough, with a secret', async () => {
    const databaseUrl = url('manager', 'managing', 'managed');
    const opened = await openPostgres({ databaseUrl, secret: 'kept elsewhere' });
    const again = await openPostgres({ databaseUrl, secret: 'kept elsewhere' });
    expect(again).toMatchObject({
      gatewayUrl: opened.gatewayUrl,
      designerUrl: opened.designerUrl,
      applied: [],
    });
    const { rows } = await withAdmin(opened.gatewayUrl, (client) =>
      client.query("select current_user as role, current_setting('search_path') as path"),
    );
    expect(rows).toEqual([{ role: 'formwork_gateway', path: 'formwork, formwork_views' }]);
    await withAdmin(opened.designerUrl, (client) =>
      client.query(
        'create view formwork_views.x with (security_invoker = true) as select id from formwork.records',
      ),
    );
  });

  test('the gateway makes no temporary tables, and no transactions that read what was there when they began', async () => {
    await withAdmin(server.adminUrl, async (admin) => {
      await admin.query("alter database managed set default_transaction_isolation = 'repeatable read'");
    });
    const databaseUrl = url('manager', 'managing', 'managed');
    const { gatewayUrl } = await openPostgres({ databaseUrl, secret: 'kept elsewhere' });
    await withAdmin(gatewayUrl, async (client) => {
      await expect(client.query('create temporary table mine (id int)')).rejects.toMatchObject({
        code: '42501',
      });
      const { rows } = await client.query('show transaction_isolation');
      expect(rows).toEqual([{ transaction_isolation: 'read committed' }]);
    });
    await withAdmin(databaseUrl, (admin) => admin.query('create temporary table mine (id int)'));
  });

  test('the system role is off until an administrator who may turn it on does so, and can be turned off', async () => {
    const superuser = url('', '', 'managed');
    await withAdmin(superuser, async (admin) => {
      const options = { adminUrl: superuser };
      expect(await isSystemRoleEnabled(admin)).toBe(false);
      const first = await enableSystemRole(admin, options);
      expect(await enableSystemRole(admin, options)).toBe(first);
      expect(await isSystemRoleEnabled(admin)).toBe(true);
      const plane = await connectSystemPlane({ url: first, by: 'test' });
      const job = { name: 'look', tables: ['tenants'], tenants: null };
      await plane.run(job, async (sql) => ({ value: await sql`select from formwork.records`, outcome: {} }));
      await plane.close();
      await disableSystemRole(admin);
      expect(await isSystemRoleEnabled(admin)).toBe(false);
      await expect(connectSystemPlane({ url: first, by: 'test' })).rejects.toThrow(/does not let/);
    });
  });

  test('an administrator who is no superuser is told what a superuser has to run', async () => {
    const manager = url('manager', 'managing', 'managed');
    await withAdmin(manager, async (admin) => {
      await withAdmin(url('', '', 'managed'), (other) =>
        other.query('alter role formwork_system nobypassrls'),
      );
      const enabling = enableSystemRole(admin, { adminUrl: manager, secret: 'kept elsewhere' });
      await expect(enabling).rejects.toThrow(/formwork_system/);
    });
  });

  test('without a secret he is asked for one', async () => {
    await expect(openPostgres({ databaseUrl: url('manager', 'managing', 'without_secret') })).rejects.toThrow(
      /no superuser.*Set FORMWORK_SECRET.*FORMWORK_GATEWAY_URL/,
    );
  });

  test('an administrator who may not make roles is told what he lacks', async () => {
    await expect(openPostgres({ databaseUrl: url('owner', 'owning', 'owned'), secret: 'x' })).rejects.toThrow(
      /has to be a superuser, or to have CREATEROLE and own the database/,
    );
  });

  test('a superuser puts right a password that somebody has changed, and then leaves it alone', async () => {
    const databaseUrl = url('', '', 'plain');
    const verifier = (): Promise<string> =>
      withAdmin(server.adminUrl, async (admin) => {
        const { rows } = await admin.query(
          "select rolpassword from pg_authid where rolname = 'formwork_gateway'",
        );
        return rows[0].rolpassword;
      });
    const first = await openPostgres({ databaseUrl });
    await withAdmin(server.adminUrl, (admin) =>
      admin.query("alter role formwork_gateway password 'changed'"),
    );
    const second = await openPostgres({ databaseUrl });
    expect(second.gatewayUrl).toBe(first.gatewayUrl);
    const settled = await verifier();
    await openPostgres({ databaseUrl });
    expect(await verifier()).toBe(settled);
    expect(settled).toMatch(/^SCRAM-SHA-256\$4096:/);
  });
});
