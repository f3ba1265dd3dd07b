import { sql } from '@formwork/pg';
import { asAdmin, countStatements, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, connecting, firstValue, insertTenant } from './support.ts';

let database: TestDatabase;
let tenantId: string;
const connect = connecting(() => database, { max: 1 });

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  tenantId = await insertTenant(database);
});
afterAll(() => database.drop());

const insert = sql`insert into formwork.records (entity_type, data) values ('note', '{}') returning id::text`;
const count = sql`select count(*) from formwork.records`;
const now = { registry: 0, access: 0 };

/** Records that are there, as a connection sees them that has nothing to do with the write. */
async function counted(): Promise<string | null | undefined> {
  return ask(connect(), tenantId, count);
}

test('is committed by its one message, and gives the rows of each statement', async () => {
  const counter = countStatements();
  const plane = connect({ onBatch: counter.onBatch });
  const [inserted, all] = (await plane.writeWhole(tenantId, now, [insert, count])) ?? [];
  expect(firstValue(inserted)).toMatch(/^[0-9a-f-]{36}$/);
  expect(firstValue(all)).toBe('1');
  expect(counter.batches.map(({ statements }) => statements)).toEqual([[insert.text, count.text]]);
  expect(await counted()).toBe('1');
});

test.each([
  ['a statement that fails', [insert, sql`select 1 / 0`, insert]],
  ['one that fails before all others', [sql`select 1 / 0`, insert]],
  ['a text that Postgres cannot hold', [insert, sql`select ${'a\0b'}::text`]],
  [
    'what only the commit finds out',
    [
      insert,
      sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
        values ('note', 'x', gen_random_uuid(), gen_random_uuid())`,
    ],
  ],
])('leaves nothing behind where %s refuses it, and serves the next', async (_what, statements) => {
  const plane = connect();
  expect(await plane.writeWhole(tenantId, now, statements)).toBeNull();
  expect(await counted()).toBe('0');
  expect(await plane.writeWhole(tenantId, now, [insert])).toHaveLength(1);
});

test.each([
  ['of another registry', { registry: 1, access: 0 }],
  ['of keys that have changed', { registry: 0, access: 1 }],
])('does nothing for a tenant %s', async (_what, versions) => {
  expect(await connect().writeWhole(tenantId, versions, [insert])).toBeNull();
  expect(await counted()).toBe('0');
});

test('writes for its own tenant alone: of another, which has such records, it neither sees nor changes one', async () => {
  const plane = connect();
  const other = await insertTenant(database, `o${Math.random().toString(36).slice(2)}`);
  const [inserted] = (await plane.writeWhole(other, now, [insert])) ?? [];
  const id = firstValue(inserted) ?? null;
  const change = sql`update formwork.records set data = '{"x": 1}' where id = ${id}::uuid returning id`;
  const remove = sql`delete from formwork.records where id = ${id}::uuid returning id`;
  expect(await plane.writeWhole(tenantId, now, [count, change, remove])).toEqual([[['0']], [], []]);
  expect(await ask(plane, other, sql`select data from formwork.records`)).toBe('{}');
});

test('fails where the connection breaks before the answer: nobody knows whether it was done', async () => {
  const plane = connect();
  await expect(
    plane.writeWhole(tenantId, now, [insert, sql`select pg_terminate_backend(pg_backend_pid())`]),
  ).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
});

test('fails when its time is up, and leaves nothing behind', async () => {
  const plane = connect();
  const slow = [insert, sql`select pg_sleep(5)`];
  await expect(plane.writeWhole(tenantId, now, slow, { budget: 50 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  });
  expect(await plane.writeWhole(tenantId, now, [count])).toEqual([[['0']]]);
});

test('fails when the caller has gone, and leaves nothing behind', async () => {
  const plane = connect();
  const caller = new AbortController();
  setTimeout(() => caller.abort(), 50);
  const slow = [insert, sql`select pg_sleep(5)`];
  await expect(plane.writeWhole(tenantId, now, slow, { signal: caller.signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(await plane.writeWhole(tenantId, now, [count])).toEqual([[['0']]]);
});

test('waits for a registry change that is under way, and is refused then', async () => {
  const plane = connect();
  let written: Promise<unknown> | undefined;
  await asAdmin(database, async (admin) => {
    await admin.query('begin');
    await admin.query('select pg_advisory_xact_lock(formwork.tenant_lock_key($1))', [tenantId]);
    await admin.query('update formwork.tenants set registry_version = registry_version + 1 where id = $1', [
      tenantId,
    ]);
    written = plane.writeWhole(tenantId, now, [insert]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await admin.query('commit');
  });
  expect(await written).toBeNull();
  expect(await counted()).toBe('0');
});
