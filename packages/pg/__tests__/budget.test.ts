import { setTimeout as sleep } from 'node:timers/promises';
import { connectDataPlane, type DataPlane, type DataPlaneOptions, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, firstValue, insertTenant, until } from './support.ts';

let database: TestDatabase;
let tenantId: string;
let other: string;
const planes: DataPlane[] = [];

const connect = (options: Partial<DataPlaneOptions> = {}): DataPlane => {
  const plane = connectDataPlane({ url: database.gatewayUrl, max: 1, ...options });
  planes.push(plane);
  return plane;
};

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await insertTenant(database, 'slow');
  other = await insertTenant(database, 'other');
});
afterEach(async () => {
  await Promise.all(planes.splice(0).map((plane) => plane.close()));
});
afterAll(() => database.drop());

const backend = sql`select pg_backend_pid()::text`;
const insert = sql`insert into formwork.records (entity_type, data) values ('note', '{}')`;
const count = sql`select count(*) from formwork.records`;

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

test('a batch has one budget, however many statements share it', async () => {
  const plane = connect({ budget: 200 });
  const statements = Array.from({ length: 20 }, () => sql`select pg_sleep(0.05)`);
  const time = await elapsed(() =>
    expect(plane.read(tenantId, statements)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('200 ms'),
    }),
  );
  expect(time).toBeGreaterThan(190);
  expect(time).toBeLessThan(800);
});

test('the connection of a cancelled batch serves the next one', async () => {
  const plane = connect();
  const pid = await ask(plane, tenantId, backend);
  await expect(plane.read(tenantId, [sql`select pg_sleep(10)`], { budget: 50 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  });
  expect(await ask(plane, other, backend)).toBe(pid);
});

test('an AbortSignal cancels the statement on the server', async () => {
  const plane = connect();
  const abort = new AbortController();
  const read = plane.read(tenantId, [sql`select pg_sleep(10)`], { signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  expect(await elapsed(() => expect(read).rejects.toMatchObject({ code: 'CANCELLED' }))).toBeLessThan(1_000);
  const { rows } = await asAdmin(database, (admin) =>
    admin.query("select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"),
  );
  expect(rows).toEqual([]);
});

test('nothing is sent for a caller who has left already', async () => {
  const plane = connect();
  const reports: unknown[] = [];
  const listening = connect({ onBatch: (report) => reports.push(report) });
  await expect(
    listening.write(tenantId, 0, (transaction) => transaction.run([insert]), { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(reports.filter((report) => !(report as { failed: boolean }).failed)).toEqual([]);
  expect(await ask(plane, tenantId, count)).toBe('0');
});

test('a caller who leaves while waiting for a connection is answered at once', async () => {
  const plane = connect();
  const busy = plane.read(tenantId, [sql`select pg_sleep(0.4)`]);
  const time = await elapsed(() =>
    expect(plane.read(tenantId, [backend], { budget: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' }),
  );
  expect(time).toBeLessThan(300);
  await busy;
  expect(await ask(plane, tenantId, sql`select 'next'`)).toBe('next');
});

test('the own time limit of the server hits one statement, not its neighbours', async () => {
  const plane = connect();
  const { results } = await plane.read(tenantId, [
    sql`select set_config('statement_timeout', '60', true)`,
    sql`select pg_sleep(1)`,
    sql`select 'neighbour'`,
  ]);
  expect(results[1]).toMatchObject({ code: 'TIMEOUT', sqlstate: '57014' });
  expect(firstValue(results[2])).toBe('neighbour');
});

test('a cancel never reaches the statement of another tenant', async () => {
  const plane = connect({ max: 2 });
  let isOver = false;
  const outcomes = { cancelled: 0, faster: 0 };
  // One side aborts around the moment at which its statement ends, so that many cancels come late.
  const aborting = async (): Promise<void> => {
    while (!isOver) {
      const abort = new AbortController();
      const read = plane.read(tenantId, [sql`select pg_sleep(0.003)`], { signal: abort.signal });
      const timer = setTimeout(() => abort.abort(), 1 + Math.random() * 6);
      await read.then(
        () => {
          outcomes.faster += 1;
        },
        () => {
          outcomes.cancelled += 1;
        },
      );
      clearTimeout(timer);
    }
  };
  // The other side shares the connections and must never fail.
  const working = async (): Promise<void> => {
    for (let round = 0; round < 400; round += 1) {
      expect(await ask(plane, other, sql`select 'untouched' from pg_sleep(0.002)`)).toBe('untouched');
    }
    isOver = true;
  };
  await Promise.all([aborting(), aborting(), aborting(), working()]);
  expect(outcomes.cancelled).toBeGreaterThan(20);
  expect(outcomes.faster).toBeGreaterThan(20);
});

test('a transaction has one budget, and is rolled back when that runs out in a statement', async () => {
  const plane = connect();
  await expect(
    plane.write(
      tenantId,
      0,
      async (transaction) => {
        await transaction.run([insert]);
        await transaction.run([sql`select pg_sleep(10)`]);
      },
      { budget: 100 },
    ),
  ).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(await ask(plane, tenantId, count)).toBe('0');
});

test('a transaction is rolled back when its work never ends', async () => {
  const plane = connect();
  let late: Promise<unknown> = Promise.resolve();
  const write = plane.write(
    tenantId,
    0,
    async (transaction) => {
      await transaction.run([insert]);
      late = sleep(1_000).then(() => transaction.run([insert]));
      late.catch(() => {});
      await new Promise(() => {});
    },
    { budget: 500 },
  );
  await expect(write).rejects.toMatchObject({ code: 'TIMEOUT' });
  await expect(late).rejects.toThrow('transaction is over');
  expect(await ask(plane, tenantId, count)).toBe('0');
  await asAdmin(database, (admin) =>
    until(async () => {
      const { rows } = await admin.query(
        "select from pg_stat_activity where state like 'idle in transaction%'",
      );
      return rows.length === 0;
    }),
  );
});

test('a transaction that waits for a lock gives up in time', async () => {
  const plane = connect();
  await asAdmin(database, async (admin) => {
    await admin.query('begin');
    await admin.query('select pg_advisory_xact_lock(formwork.tenant_lock_key($1))', [tenantId]);
    await expect(plane.write(tenantId, 0, async () => 'never', { budget: 100 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    await admin.query('rollback');
  });
  expect(await plane.write(tenantId, 0, async () => 'now')).toBe('now');
});
