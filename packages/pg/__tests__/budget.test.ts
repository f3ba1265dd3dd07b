import { sql, type TenantTransaction } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, connecting, firstValue, insertTenant, until } from './support.ts';

let database: TestDatabase;
let tenantId: string;
let other: string;
const connect = connecting(() => database, { max: 1 });

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await insertTenant(database, 'slow');
  other = await insertTenant(database, 'other');
});
afterAll(() => database.drop());

const backend = sql`select pg_backend_pid()::text`;
const insert = sql`insert into formwork.records (entity_type, data) values ('note', '{}')`;
const count = sql`select count(*) from formwork.records`;

/** Whether a statement of this database is asleep. */
const isAsleep = (): Promise<boolean> =>
  asAdmin(database, async (admin) => {
    const { rows } = await admin.query(
      "select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
    );
    return rows.length > 0;
  });

test('a batch has one budget, however many statements share it', async () => {
  const plane = connect({ budget: 200 });
  const statements = Array.from({ length: 20 }, () => sql`select pg_sleep(0.05)`);
  // None of them takes that long.
  await expect(plane.read(tenantId, statements)).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining('200 ms'),
  });
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
  const refused = expect(read).rejects.toMatchObject({ code: 'CANCELLED' });
  await until(isAsleep);
  abort.abort();
  await refused;
  expect(await isAsleep()).toBe(false);
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
  const abort = new AbortController();
  let isBusy = true;
  const busy = plane.read(tenantId, [sql`select pg_sleep(10)`], { signal: abort.signal }).catch(() => {
    isBusy = false;
  });
  await expect(plane.read(tenantId, [backend], { budget: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(isBusy).toBe(true);
  abort.abort();
  await busy;
  expect(await ask(plane, tenantId, sql`select 'next'`)).toBe('next');
});

test('the own time limit of the server hits one statement, not its neighbours', async () => {
  const plane = connect();
  const { results } = await plane.read(tenantId, [
    sql`select set_config('statement_timeout', '500', true)`,
    sql`select pg_sleep(10)`,
    sql`select 'neighbour'`,
  ]);
  expect(results[1]).toMatchObject({ code: 'TIMEOUT', sqlstate: '57014' });
  expect(firstValue(results[2])).toBe('neighbour');
});

test('a cancel never reaches the statement of another tenant', async () => {
  const plane = connect({ max: 2 });
  let isOver = false;
  const outcomes = { cancelled: 0, faster: 0 };
  let patience = 4;
  // One side aborts around the moment at which its statement ends, as far as that is known, so that many cancels come late.
  const aborting = async (): Promise<void> => {
    while (!isOver) {
      const abort = new AbortController();
      const read = plane.read(tenantId, [sql`select pg_sleep(0.003)`], { signal: abort.signal });
      const timer = setTimeout(() => abort.abort(), patience * (0.3 + Math.random()));
      await read.then(
        () => {
          outcomes.faster += 1;
          patience = Math.max(1, patience * 0.95);
        },
        () => {
          outcomes.cancelled += 1;
          patience *= 1.05;
        },
      );
      clearTimeout(timer);
    }
  };
  // The other side shares the connections and must never fail.
  const working = async (): Promise<void> => {
    const isEnough = () => outcomes.cancelled > 20 && outcomes.faster > 20;
    for (let round = 0; round < 400 || !isEnough(); round += 1) {
      expect(await ask(plane, other, sql`select 'untouched' from pg_sleep(0.002)`)).toBe('untouched');
    }
    isOver = true;
  };
  await Promise.all([aborting(), aborting(), aborting(), working()]);
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
  let given: TenantTransaction | undefined;
  const write = plane.write(
    tenantId,
    0,
    async (transaction) => {
      given = transaction;
      await transaction.run([insert]);
      await new Promise(() => {});
    },
    { budget: 500 },
  );
  await expect(write).rejects.toMatchObject({ code: 'TIMEOUT' });
  await expect(given?.run([insert])).rejects.toThrow('transaction is over');
  expect(await ask(plane, tenantId, count)).toBe('0');
  await asAdmin(database, (admin) =>
    until(async () => {
      const { rows } = await admin.query(
        "select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
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
