import { connectDataPlane, type DataPlane, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { insertTenant } from './support.ts';

/* A Postgres that has no room for all the connections that a gateway may open. */

const backend = sql`select pg_backend_pid()::text from pg_sleep(0.05)`;

let database: TestDatabase;
let plane: DataPlane;
let tenantId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await insertTenant(database, 'one');
});
beforeEach(() => {
  plane = connectDataPlane({ url: database.gatewayUrl, max: 8, maxPerTenant: 8 });
});
afterEach(() => plane.close());
afterAll(() => database.drop());

async function allow(connections: number): Promise<void> {
  const name = new URL(database.adminUrl).pathname.slice(1);
  await asAdmin(database, (admin) => admin.query(`alter database ${name} connection limit ${connections}`));
}

async function backends(requests: number): Promise<readonly string[]> {
  const asked = Array.from({ length: requests }, () => plane.read(tenantId, [backend]));
  return (await Promise.all(asked)).map(({ results: [rows] }) => {
    if (!Array.isArray(rows)) throw rows;
    return String(rows[0][0]);
  });
}

test('requests take turns with the connections that there are', async () => {
  await allow(2);
  // One that there is.
  await backends(1);
  const used = await backends(20);
  expect(new Set(used).size).toBeLessThanOrEqual(2);
  expect(plane.load).toEqual({ open: plane.load.open, busy: 0, waiting: 0 });
  await allow(-1);
});

test('where there is none at all they are told to come again', async () => {
  await allow(0);
  await expect(plane.read(tenantId, [backend])).rejects.toMatchObject({
    code: 'OVERLOADED',
    sqlstate: '53300',
  });
  await allow(-1);
  expect(await backends(1)).toHaveLength(1);
});
