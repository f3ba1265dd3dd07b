import { connectDataPlane, migrate, setUpLogins, sql, withAdmin } from '@formwork/pg';
import {
  findSystemPostgres,
  postgresServers,
  type Standby,
  startStandby,
  type TestServer,
} from '@formwork/testkit';

/* A failover: the address leads to the standby before, and after, that has become the primary. */

const postgres = findSystemPostgres(15);
const [, open] = postgresServers[1] ?? [];

describe(postgres ? 'on Postgres 15' : 'on Postgres 15 (skipped: this machine has none)', () => {
  if (!postgres || !open) return test.skip('…', () => {});
  let primary: TestServer;
  let standby: Standby;

  beforeAll(async () => {
    primary = await open();
    await migrate(primary.adminUrl);
  }, 120_000);
  afterAll(async () => {
    await standby?.stop();
    await primary.stop();
  });

  test('nothing is read from a standby, and all from it once it is promoted', async () => {
    const { adminUrl } = primary;
    const { gatewayUrl } = await withAdmin(adminUrl, (admin) =>
      setUpLogins(admin, { adminUrl, secret: 'test' }),
    );
    const id = await withAdmin(adminUrl, async (admin) => {
      const { rows } = await admin.query(
        "insert into formwork.tenants (slug, name) values ('a', '') returning id",
      );
      return rows[0].id as string;
    });
    standby = await startStandby(postgres, primary);
    const there = new URL(gatewayUrl);
    there.port = new URL(standby.adminUrl).port;
    const plane = connectDataPlane({ url: there.href, max: 2 });
    const read = () => plane.read(id, [sql`select pg_is_in_recovery()::text`]);
    try {
      await expect(read()).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining('standby'),
      });
      expect(plane.load).toEqual({ open: 0, busy: 0, waiting: 0 });
      await standby.promote();
      expect((await read()).results).toEqual([[['false']]]);
    } finally {
      await plane.close();
    }
  }, 120_000);
});
