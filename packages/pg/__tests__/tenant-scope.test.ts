import { connectDataPlane, type DataPlane, sql, withAdmin } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, insertTenant } from './support.ts';

let database: TestDatabase;
let plane: DataPlane;
let mine: string;
let theirs: string;

beforeAll(async () => {
  database = await createTestDatabase();
  mine = await insertTenant(database, 'mine');
  theirs = await insertTenant(database, 'theirs');
  plane = connectDataPlane({ url: database.gatewayUrl, max: 1 });
});
afterAll(async () => {
  await plane.close();
  await database.drop();
});

/** A client of the gateway's role that nobody has given a tenant. */
const unscoped = <T>(work: Parameters<typeof withAdmin<T>>[1]): Promise<T> =>
  withAdmin(database.gatewayUrl, work);

const insert = sql`insert into formwork.records (entity_type, data) values ('note', '{"x": 1}')`;
const tables = [
  'records',
  'record_links',
  'api_keys',
  'entity_types',
  'fields',
  'unique_keys',
  'entity_storage',
  'link_rules',
  'autonumbers',
  'registry_versions',
];

test.each(tables)('without a tenant a query on %s is an error, not an empty answer', async (table) => {
  await unscoped(async (client) => {
    await expect(client.query(`select count(*) from formwork.${table}`)).rejects.toMatchObject({
      code: '42704',
    });
  });
});

test('without a tenant nothing can be written', async () => {
  await unscoped(async (client) => {
    await expect(client.query(insert.text)).rejects.toMatchObject({ code: '42704' });
    await expect(client.query('delete from formwork.records')).rejects.toMatchObject({ code: '42704' });
  });
});

test('the tenant is gone when the batch has ended, and a query is an error again', async () => {
  expect(await ask(plane, mine, sql`select current_setting('app.tenant_id')`)).toBe(mine);
  await unscoped(async (client) => {
    await client.query('begin');
    await client.query('select formwork.begin_read($1)', [mine]);
    await client.query('commit');
    const { rows } = await client.query("select current_setting('app.tenant_id', true) as tenant");
    expect(rows[0].tenant).toBe('');
    await expect(client.query('select count(*) from formwork.records')).rejects.toMatchObject({
      code: '22P02',
    });
  });
});

test('a statement that ends the transaction leaves the rest of its batch without a tenant', async () => {
  const { results } = await plane.read(mine, [sql`commit`, sql`select count(*) from formwork.records`]);
  expect(results[1]).toMatchObject({ sqlstate: '22P02' });
});

test.each(['', 'not a uuid', '00000000-0000-0000-0000-000000000000', "'; select 1; --", '{}'])(
  'refuses %j as a tenant',
  async (tenant) => {
    await expect(plane.read(tenant, [sql`select count(*) from formwork.records`])).rejects.toMatchObject({
      code: 'DATABASE',
      sqlstate: expect.stringMatching(/^(22P02|FW002)$/),
    });
    await expect(plane.write(tenant, 0, async () => 'never')).rejects.toMatchObject({
      sqlstate: expect.stringMatching(/^(22P02|FW002)$/),
    });
  },
);

test('a row cannot be written for another tenant, nor moved to one', async () => {
  const foreign = sql`insert into formwork.record_links (tenant_id, entity_type, field, source_id, target_id)
    values (${theirs}::uuid, 'note', 'x', gen_random_uuid(), gen_random_uuid())`;
  await expect(plane.write(mine, 0, (transaction) => transaction.run([foreign]))).rejects.toMatchObject({
    sqlstate: '42501',
    message: expect.stringContaining('row-level security'),
  });
  const move = sql`update formwork.records set tenant_id = ${theirs}::uuid`;
  await expect(plane.write(mine, 0, (transaction) => transaction.run([insert, move]))).rejects.toMatchObject({
    sqlstate: '42501',
  });
});

test("hides another tenant's records from reads, updates and deletes", async () => {
  await plane.write(theirs, 0, (transaction) => transaction.run([insert]));
  expect(await ask(plane, theirs, sql`select count(*) from formwork.records`)).toBe('1');
  expect(await ask(plane, mine, sql`select count(*) from formwork.records`)).toBe('0');
  const touched = await plane.write(mine, 0, (transaction) =>
    transaction.run([
      sql`with touched as (update formwork.records set data = '{}' where tenant_id = ${theirs}::uuid returning 1) select count(*) from touched`,
      sql`with gone as (delete from formwork.records returning 1) select count(*) from gone`,
    ]),
  );
  expect(touched).toEqual([[['0']], [['0']]]);
  const { rows } = await asAdmin(database, (admin) =>
    admin.query('select data from formwork.records where tenant_id = $1', [theirs]),
  );
  expect(rows).toEqual([{ data: { x: 1 } }]);
});

test('settings, keys and roles are out of reach', async () => {
  for (const statement of [
    sql`select * from formwork.settings`,
    sql`update formwork.tenants set registry_version = 5`,
    sql`insert into formwork.api_keys (hash, role) values (sha256('x'), 'admin')`,
    sql`set role formwork_owner`,
    sql`alter table formwork.records disable row level security`,
    sql`truncate formwork.records`,
    sql`create table formwork.mine (a int)`,
    sql`create table public.mine (a int)`,
    sql`update formwork.records set t1 = 'x'`,
    sql`insert into formwork.fields (entity_type, storage_key, key, label, type, position) values ('note', 'a', 'a', '', 'text', 0)`,
  ]) {
    const { results } = await plane.read(mine, [statement]);
    expect(results[0]).toMatchObject({ sqlstate: '42501' });
  }
});
