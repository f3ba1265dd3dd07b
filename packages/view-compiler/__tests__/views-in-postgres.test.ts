import type { AdminClient } from '@formwork/pg';
import {
  asAdmin,
  createTestDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from '@formwork/testkit';
import { compileView } from '@formwork/view-compiler';
import { entityOf, everyType } from './every-type.ts';

let database: TestDatabase;
let mine: TestTenant;
let theirs: TestTenant;

beforeAll(async () => {
  database = await createTestDatabase();
  mine = await createTestTenant(database, 'mine', everyType({ indexed: true }));
  theirs = await createTestTenant(database, 'theirs', everyType({ indexed: true }));
  for (const tenant of [mine, theirs]) {
    await asGateway(tenant, async (client) => {
      await client.query(`insert into formwork.records (entity_type, data) values ('other', $1)`, [
        JSON.stringify({ name: tenant.slug }),
      ]);
      await client.query('commit');
    });
  }
});

afterAll(() => database.drop());

test('gives every column its type', async () => {
  const columns = await asAdmin(database, async (client) => {
    const { rows } = await client.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
        where attrelid = $1::regclass and attnum > 0 order by attnum`,
      [`formwork_views.${entityOf(mine.registry).viewName}`],
    );
    return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
  });
  expect(columns).toMatchInlineSnapshot(`
{
  "_boolean": "double precision",
  "_currency": "double precision",
  "_date": "timestamp with time zone",
  "_datetime": "timestamp with time zone",
  "_decimal": "double precision",
  "_email": "text",
  "_integer": "double precision",
  "_number": "double precision",
  "_percent": "double precision",
  "_rating": "double precision",
  "_select": "text",
  "_serial": "double precision",
  "_text": "text",
  "_time": "text",
  "_u1": "text",
  "boolean": "boolean",
  "created_at": "timestamp with time zone",
  "created_by": "text",
  "currency": "jsonb",
  "data": "jsonb",
  "date": "date",
  "datetime": "timestamp with time zone",
  "decimal": "numeric",
  "duration": "text",
  "email": "text",
  "id": "uuid",
  "integer": "integer",
  "json": "jsonb",
  "link": "uuid",
  "long_text": "text",
  "multi_select": "jsonb",
  "number": "double precision",
  "percent": "double precision",
  "phone": "text",
  "rating": "integer",
  "select": "text",
  "serial": "integer",
  "text": "text",
  "time": "time without time zone",
  "updated_at": "timestamp with time zone",
  "updated_by": "text",
  "url": "text",
  "version": "integer",
}
`);
});

test('belongs to the designer, runs as whoever asks, and lets the gateway read alone', async () => {
  const { rows } = await asAdmin(database, (client) =>
    client.query(
      `select distinct pg_get_userbyid(relowner) as owner, reloptions as options,
        has_table_privilege('formwork_gateway', oid, 'select') as read,
        has_table_privilege('formwork_gateway', oid, 'insert, update, delete') as write
        from pg_class where relnamespace = 'formwork_views'::regnamespace and relkind = 'v'`,
    ),
  );
  expect(rows).toEqual([
    { owner: 'formwork_designer', options: ['security_invoker=true'], read: true, write: false },
  ]);
});

test('shows the records of the tenant that is set, and of no other', async () => {
  const view = viewOf(mine);
  expect(viewOf(theirs)).toBe(view);
  for (const tenant of [mine, theirs]) {
    await asGateway(tenant, async (client) => {
      const text = `select name, data ->> 'name' as raw from ${view} order by 1`;
      expect((await client.query(text)).rows).toEqual([{ name: tenant.slug, raw: tenant.slug }]);
    });
  }
  const all = await asAdmin(database, (client) => client.query(`select data from ${view} order by name`));
  expect(all.rows).toEqual([{ data: { name: 'mine' } }, { data: { name: 'theirs' } }]);
});

test('is an error without a tenant', async () => {
  await asAdmin(database, async (client) => {
    await client.query(`begin; set local role formwork_gateway`);
    await expect(client.query(`select name from ${viewOf(mine)}`)).rejects.toMatchObject({ code: '42704' });
  });
});

test('would show everybody everything if it ran as an owner who bypasses policies', async () => {
  const { name, text } = compileView(entityOf(mine.registry, 'other'));
  const leaking = text.replace(name, 'leaking').replace(' with (security_invoker = true)', '');
  expect(leaking).not.toContain('security_invoker');
  await asAdmin(database, async (client) => {
    await client.query(`begin; ${leaking}; grant select on formwork_views.leaking to formwork_gateway`);
    await beGateway(client, mine);
    const { rows } = await client.query('select name from formwork_views.leaking order by 1');
    expect(rows).toEqual([{ name: 'mine' }, { name: 'theirs' }]);
    await client.query('rollback');
  });
});

test('leaves deleted records out', async () => {
  await asGateway(mine, async (client) => {
    await client.query(`update formwork.records set deleted_at = now() where entity_type = 'other'`);
    expect((await client.query(`select name from ${viewOf(mine)}`)).rows).toEqual([]);
  });
});

test('serves conditions and orders by key from the index of the slot', async () => {
  await asGateway(mine, async (client) => {
    await client.query(`set local enable_seqscan = off; set local enable_sort = off`);
    const view = `formwork_views.${entityOf(mine.registry).viewName}`;
    const { rows } = await client.query(
      `explain select id from ${view} where _integer > 5 and _integer is not null order by _integer, id limit 5`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan using records_n1');
    expect(plan).toMatch(/Index Cond: .*n1 > /);
  });
});

function viewOf({ registry }: TestTenant): string {
  return `formwork_views.${entityOf(registry, 'other').viewName}`;
}

async function beGateway(client: AdminClient, { tenantId }: TestTenant): Promise<void> {
  await client.query('set local role formwork_gateway');
  await client.query(`select formwork.begin_read($1::uuid)`, [tenantId]);
}

function asGateway(tenant: TestTenant, work: (client: AdminClient) => Promise<void>): Promise<void> {
  return asAdmin(database, async (client) => {
    await client.query('begin');
    await beGateway(client, tenant);
    await work(client);
    await client.query('rollback');
  });
}
