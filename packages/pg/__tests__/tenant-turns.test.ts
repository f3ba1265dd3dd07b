import { setTimeout as sleep } from 'node:timers/promises';
import { connectDataPlane, DatabaseError, type DataPlane, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';

let database: TestDatabase;
let dataPlane: DataPlane;
let greedy: string;
let modest: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const make = (slug: string) =>
    asAdmin(database, async (admin) => {
      const { rows } = await admin.query(
        'insert into formwork.tenants (slug, name) values ($1, $1) returning id',
        [slug],
      );
      return rows[0].id as string;
    });
  [greedy, modest] = [await make('greedy'), await make('modest')];
});
beforeEach(() => {
  dataPlane = connectDataPlane({ url: database.gatewayUrl, max: 3, maxPerTenant: 2, maxWaiting: 5 });
});
afterEach(() => dataPlane.close());
afterAll(() => database.drop());

const slow = () => dataPlane.read(greedy, [sql`select pg_sleep(0.4)`]);

test('a tenant that asks for all connections leaves one to the others', async () => {
  let done = 0;
  const many = Array.from({ length: 6 }, () => slow().then(() => (done += 1)));
  await sleep(50);
  await dataPlane.read(modest, [sql`select 1`]);
  expect(done).toBe(0);
  await Promise.all(many);
  expect(done).toBe(6);
});

test('those who name made-up tenants have one share together', async () => {
  let done = 0;
  const logins = Array.from({ length: 6 }, (_, n) =>
    dataPlane.readAs(`nobody-${n}`, [sql`select pg_sleep(0.4)`]).then(() => (done += 1)),
  );
  await sleep(50);
  await dataPlane.read(modest, [sql`select 1`]);
  expect(done).toBe(0);
  await Promise.all(logins);
  expect(done).toBe(6);
});

test('its own callers come in the order they asked, and too many of them are told so', async () => {
  const order: number[] = [];
  const ask = (n: number) => dataPlane.read(greedy, [sql`select pg_sleep(0.02)`]).then(() => order.push(n));
  await Promise.all([0, 1, 2, 3, 4, 5].map(ask));
  expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  const many = Array.from({ length: 7 }, () => slow());
  const refusal = await dataPlane.read(greedy, []).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DatabaseError);
  expect((refusal as DatabaseError).code).toBe('OVERLOADED');
  await dataPlane.read(modest, [sql`select 1`]);
  await Promise.all(many);
});

test('whoever gives up waiting takes no turn along, and whoever fails gives theirs back', async () => {
  const many = [slow(), slow()];
  await expect(dataPlane.read(greedy, [], { budget: 30 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  const gone = new AbortController();
  const waiting = dataPlane.read(greedy, [], { signal: gone.signal });
  gone.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  await Promise.all(many);
  for (let n = 0; n < 5; n += 1) {
    await expect(dataPlane.read(greedy, [], { budget: 1000, signal: AbortSignal.abort() })).rejects.toThrow();
    await dataPlane.read(greedy, [sql`select 1 / 0`]);
    await expect(dataPlane.read(greedy, [sql`select pg_sleep(10)`], { budget: 20 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  }
  await Promise.all([slow(), slow(), slow()]);
});
