import { connectDataPlane, DatabaseError, type DataPlane, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { until } from './support.ts';

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

const heldUp = sql`select pg_advisory_xact_lock_shared(1)`;

test.each<[string, (n: number) => Promise<unknown>]>([
  ['a tenant that asks for all connections leaves', () => dataPlane.read(greedy, [heldUp])],
  ['those who name made-up tenants together leave', (n) => dataPlane.readAs(`nobody-${n}`, [heldUp])],
])('%s one to the others', async (_, read) => {
  let done = 0;
  const all = await asAdmin(database, async (admin) => {
    await admin.query('select pg_advisory_lock(1)');
    const reads = Array.from({ length: 6 }, (_, n) => read(n).then(() => (done += 1)));
    await until(async () => (await waiting()) === 2);
    await dataPlane.read(modest, [sql`select 1`]);
    expect(done).toBe(0);
    await admin.query('select pg_advisory_unlock(1)');
    return reads;
  });
  await Promise.all(all);
  expect(done).toBe(6);
});

/** Sessions that wait for a lock. */
function waiting(): Promise<number> {
  return asAdmin(database, async (admin) => {
    const { rows } = await admin.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows.length;
  });
}

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
