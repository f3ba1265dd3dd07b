import { DatabaseError, sql } from '@formwork/pg';
import { asAdmin, countStatements, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, connecting, firstValue, insertTenant, until } from './support.ts';

let database: TestDatabase;
let tenantId: string;
const connect = connecting(() => database, { max: 1 });

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await insertTenant(database, 'reader');
});
afterAll(() => database.drop());

const transactionId = sql`select pg_current_xact_id()::text`;
const backend = sql`select pg_backend_pid()::text`;

test('runs all statements in one message and one transaction', async () => {
  const counter = countStatements();
  const plane = connect({ onBatch: counter.onBatch });
  const { results, versions } = await plane.read(tenantId, [
    transactionId,
    sql`select ${'x'}`,
    transactionId,
  ]);
  expect(firstValue(results[0])).toBe(firstValue(results[2]));
  expect(firstValue(results[1])).toBe('x');
  expect(versions).toEqual({ registry: 0, access: 0 });
  expect(counter.batches).toHaveLength(1);
  expect(counter.batches[0]).toMatchObject({
    tenantId,
    failed: false,
    statements: [transactionId.text, 'select $1', transactionId.text],
  });
});

test('takes one round trip, whatever the number of statements', async () => {
  const plane = connect();
  await plane.read(tenantId, [backend]);
  // The server counts messages for us: with one Sync, all statements begin in the same transaction timestamp.
  const { results } = await plane.read(
    tenantId,
    Array.from({ length: 50 }, () => sql`select now()::text`),
  );
  expect(new Set(results.map(firstValue)).size).toBe(1);
});

test('gives rows as text, nulls as null', async () => {
  const { results } = await connect().read(tenantId, [
    sql`select 1::int, 1.50::numeric, true, null::text, '', '2026-11-21T10:00:00Z'::timestamptz, '{a,NULL}'::text[]`,
    sql`select 1 where false`,
    sql`select x::text from generate_series(1, 3) x`,
    sql``,
  ]);
  expect(results).toEqual([
    [['1', '1.50', 't', null, '', '2026-11-21 10:00:00+00', '{a,NULL}']],
    [],
    [['1'], ['2'], ['3']],
    [],
  ]);
});

test('answers an empty batch with the versions', async () => {
  await asAdmin(database, (admin) =>
    admin.query('update formwork.tenants set access_version = 7, registry_version = 3 where id = $1', [
      tenantId,
    ]),
  );
  expect(await connect().read(tenantId, [])).toEqual({ versions: { registry: 3, access: 7 }, results: [] });
  await asAdmin(database, (admin) =>
    admin.query('update formwork.tenants set access_version = 0, registry_version = 0 where id = $1', [
      tenantId,
    ]),
  );
});

test('gives a failing statement its error and runs the others again, one message each', async () => {
  const counter = countStatements();
  const plane = connect({ onBatch: counter.onBatch });
  const statements = [
    sql`select 'before'`,
    sql`select 1 / 0`,
    sql`select 'after'`,
    sql`select * from nowhere`,
  ];
  const { results } = await plane.read(tenantId, statements);
  expect(firstValue(results[0])).toBe('before');
  expect(firstValue(results[2])).toBe('after');
  expect(results[1]).toMatchObject({ name: 'DatabaseError', code: 'DATABASE', sqlstate: '22012' });
  expect(results[3]).toMatchObject({ sqlstate: '42P01' });
  expect(counter.batches.map((batch) => [batch.statements.length, batch.failed])).toEqual([
    [4, true],
    [1, false],
    [1, false],
    [1, true],
  ]);
});

test('works on after a statement that was behind an error and never parsed', async () => {
  const plane = connect();
  const late = sql`select 'never parsed'`;
  const known = sql`select 'known'`;
  await plane.read(tenantId, [known]);
  await plane.read(tenantId, [known, sql`select 1 / 0`, late, late]);
  expect(await ask(plane, tenantId, late)).toBe('never parsed');
  expect(await ask(plane, tenantId, known)).toBe('known');
});

test('parses a statement once for each connection, also where it stands twice in a batch', async () => {
  const plane = connect();
  const twice = sql`select 'twice'`;
  for (let round = 0; round < 3; round += 1) await plane.read(tenantId, [twice, twice]);
  const names = sql`select count(*) from pg_prepared_statements where statement = 'select ''twice'''`;
  expect(await ask(plane, tenantId, names)).toBe('1');
});

test('keeps no more prepared statements than its cap, the latest used', async () => {
  const plane = connect({ preparedStatements: 10 });
  const count = sql`select count(*) from pg_prepared_statements`;
  const names = sql`select string_agg(substring(statement, '[0-9]+'), ',') from pg_prepared_statements where statement like 'select ''n%'`;
  for (let number = 0; number < 40; number += 1) await plane.read(tenantId, [sql.raw(`select 'n${number}'`)]);
  expect(await ask(plane, tenantId, count)).toBe('10');
  expect((await ask(plane, tenantId, names))?.split(',')).toEqual(
    expect.arrayContaining(['39', '38', '37', '36']),
  );
});

test('runs a batch with more statements than the cap', async () => {
  const plane = connect({ preparedStatements: 5 });
  for (let round = 0; round < 2; round += 1) {
    const statements = Array.from({ length: 30 }, (_, number) => sql.raw(`select 'many ${number}'`));
    const { results } = await plane.read(tenantId, statements);
    expect(results.map(firstValue)).toEqual(statements.map((_, number) => `many ${number}`));
  }
  expect(
    Number(await ask(plane, tenantId, sql`select count(*) from pg_prepared_statements`)),
  ).toBeLessThanOrEqual(5);
});

test('recovers when somebody empties the connection of its prepared statements', async () => {
  const plane = connect();
  await plane.read(tenantId, [backend]);
  await plane.read(tenantId, [sql`deallocate all`]);
  expect(await ask(plane, tenantId, backend)).toMatch(/^\d+$/);
  await plane.read(tenantId, [sql`deallocate all`]);
  expect(await plane.write(tenantId, 0, async (transaction) => transaction.run([backend]))).toHaveLength(1);
});

test('refuses what the protocol cannot carry, and leaves the rest of the batch whole', async () => {
  const plane = connect();
  const { results } = await plane.read(tenantId, [
    sql`select ${'a\0b'}`,
    sql`select ${'whole'}`,
    sql.raw('select 1 -- \0'),
    { text: 'select 1', values: Array.from({ length: 65_536 }, () => 'x') },
    { text: 'select $1', values: [5 as unknown as string] },
  ]);
  expect(firstValue(results[1])).toBe('whole');
  expect(results[0]).toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('$1 contains a NUL'),
  });
  for (const index of [2, 3, 4]) expect(results[index]).toMatchObject({ code: 'BAD_INPUT' });
  await expect(plane.read('a\0b', [backend])).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(await ask(plane, tenantId, sql`select 'alive'`)).toBe('alive');
});

test('refuses a parameter that the server would break the connection over', async () => {
  const plane = connect();
  const { results } = await plane.read(tenantId, [sql`select length(${'é'.repeat(130 * 1024 * 1024)})`]);
  expect(results[0]).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('larger than') });
  expect(await ask(plane, tenantId, sql`select length(${'é'.repeat(5_000_000)})`)).toBe('5000000');
});

test('carries 65,535 parameters', async () => {
  const values = Array.from({ length: 65_535 }, (_, index) => String(index));
  const text = `select count(*) from (values ${values.map((_, index) => `($${index + 1})`).join(',')}) v`;
  expect(await ask(connect(), tenantId, { text, values })).toBe('65535');
});

test('does without COPY, which is for the control plane', async () => {
  const plane = connect();
  await expect(
    plane.read(tenantId, [
      sql`create temporary table x (a int)`,
      sql`copy pg_temp.x from stdin`,
      sql`select 1`,
    ]),
  ).rejects.toBeInstanceOf(DatabaseError);
  expect(await ask(plane, tenantId, sql`select 'alive'`)).toBe('alive');
});

test('gives up a broken connection and makes a new one', async () => {
  const plane = connect();
  const pid = await ask(plane, tenantId, backend);
  const waiting = plane.read(tenantId, [sql`select pg_sleep(20)`]);
  await asAdmin(database, (admin) =>
    until(
      async () =>
        (
          await admin.query('select from pg_stat_activity where pid = $1 and wait_event = $2', [
            pid,
            'PgSleep',
          ])
        ).rowCount === 1,
    ).then(() => admin.query('select pg_terminate_backend($1)', [pid])),
  );
  await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await ask(plane, tenantId, backend)).not.toBe(pid);
});

test('survives the loss of an idle connection', async () => {
  const plane = connect();
  const pid = await ask(plane, tenantId, backend);
  await asAdmin(database, (admin) => admin.query('select pg_terminate_backend($1, 5000)', [pid]));
  let next: string | null = null;
  await until(async () => {
    next = await ask(plane, tenantId, backend).catch(() => null);
    return next !== null;
  });
  expect(next).not.toBe(pid);
});

test('refuses callers beyond the queue limit, and those who waited too long', async () => {
  const plane = connect({ maxWaiting: 2, waitTimeout: 150 });
  await plane.read(tenantId, [backend]);
  const caller = new AbortController();
  const busy = plane.read(tenantId, [sql`select pg_sleep(10)`], { signal: caller.signal });
  const cancelled = expect(busy).rejects.toMatchObject({ code: 'CANCELLED' });
  const waiting = [plane.read(tenantId, [backend]), plane.read(tenantId, [backend])];
  const refused = plane.read(tenantId, [backend]);
  await expect(refused).rejects.toMatchObject({
    code: 'OVERLOADED',
    message: expect.stringContaining('2 callers wait'),
  });
  for (const read of waiting) await expect(read).rejects.toMatchObject({ code: 'OVERLOADED' });
  caller.abort();
  await cancelled;
  expect(await ask(plane, tenantId, sql`select 'free again'`)).toBe('free again');
});

test('says that Postgres cannot be reached', async () => {
  const plane = connect({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
  await expect(plane.read(tenantId, [backend])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
