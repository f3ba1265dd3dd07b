import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@formwork/pg';
import { JobWorker, refreshOutdated, refreshTenant, sweepViews, verify } from '@formwork/registry-store';
import { asAdmin, createEmptyDatabase } from '@formwork/testkit';
import { Upkeep } from '../src/refresh/upkeep.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

/* What an older Formwork has derived from registries, and this one would derive otherwise. */

let at: Setup;
beforeAll(async () => {
  at = await setUp();
});
afterAll(() => at.close());

const shop = documentOf(
  {
    key: 'order',
    fields: [
      { key: 'name', type: 'text', indexed: true },
      { key: 'total', type: 'rollup', options: { via: 'items', function: 'sum', field: 'price' } },
      { key: 'latest', type: 'rollup', options: { via: 'items', function: 'max', field: 'price' } },
    ],
  },
  {
    key: 'item',
    fields: [
      { key: 'order', type: 'link', options: { target: 'order', inverse: 'items' } },
      { key: 'price', type: 'decimal' },
    ],
  },
);

/** A function as an older Formwork may have made it: it comes to something else. */
const older = 'f_00000000000000000000000a';
const makeOlder = `
  create or replace function formwork_views.${older}(_tenant uuid, _parents uuid[]) returns table (parent uuid, rolled jsonb)
    language plpgsql stable as 'begin return query select p, ''{"latest": 7}''::jsonb from unnest(_parents) p; end';
  alter function formwork_views.${older} owner to formwork_designer;
  grant execute on function formwork_views.${older} to formwork_gateway`;

/** A tenant with an order of two items, derived as by an older Formwork. */
async function olderTenant(): Promise<{ tenant: string; order: string }> {
  const tenant = await at.tenant();
  await at.apply(tenant, shop);
  const [order = ''] = await at.write(tenant, 'order', { name: 'first' });
  await at.write(tenant, 'item', { order, price: 2 }, { order, price: 5 });
  await at.rows(makeOlder);
  await at.rows(
    `update formwork.rollups set compute = $1 where tenant_id = $2 and keys = array['latest']`,
    older,
    tenant,
  );
  await at.rows('insert into formwork.view_uses (view_name, tenant) values ($1, $2)', older, tenant);
  await at.rows('update formwork.tenants set outdated = true where id = $1', tenant);
  return { tenant, order };
}

const dataOf = async (id: string) =>
  (await at.rows('select data from formwork.records where id = $1', id))[0]?.data;
const outdated = async (id: string) =>
  (await at.rows('select outdated from formwork.tenants where id = $1', id))[0]?.outdated;
const versionOf = async (id: string) =>
  (await at.rows('select registry_version from formwork.tenants where id = $1', id))[0]?.registry_version;

test('what an older Formwork derived is derived anew: functions, and what they come to; nothing else is touched', async () => {
  const [one, other] = [await olderTenant(), await olderTenant()];
  expect(await dataOf(one.order)).toMatchObject({ total: 7, latest: 7 });
  expect(await verify(at.control, one.tenant)).toHaveLength(2);
  const version = await versionOf(one.tenant);

  expect(await refreshTenant(at.control, one.tenant)).toBe(true);
  expect(await dataOf(one.order)).toMatchObject({ total: 7, latest: 5 });
  expect(await verify(at.control, one.tenant)).toEqual([]);
  expect([await outdated(one.tenant), await versionOf(one.tenant)]).toEqual([false, version]);
  // The other tenant is as it was, and keeps what it computes by.
  expect([await outdated(other.tenant), await dataOf(other.order)]).toMatchObject([true, { latest: 7 }]);
  expect(await sweepViews(at.control, { grace: 0 })).toEqual([]);

  await at.write(one.tenant, 'item', { order: one.order, price: 11 });
  expect(await dataOf(one.order)).toMatchObject({ total: 18, latest: 11 });
  expect(await refreshTenant(at.control, one.tenant)).toBe(false);
  expect(await refreshTenant(at.control, other.tenant)).toBe(true);
  expect(await sweepViews(at.control, { grace: 0 })).toEqual([older]);
});

test('a gateway looks after the tenants that a migration has marked, and goes on where one of them cannot be helped', async () => {
  const [broken, other] = [await olderTenant(), await olderTenant()];
  await at.plant(
    `update formwork.fields set options = '{"via": "nowhere", "function": "sum", "field": "price"}'
     where tenant_id = $1 and storage_key = 'total'`,
    broken.tenant,
  );
  const told: string[] = [];
  const worker = await JobWorker.start(at.control, {}, (_, message) => told.push(message));
  try {
    for (let tries = 0; (await outdated(other.tenant)) && tries < 200; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    await worker.close();
  }
  expect(await outdated(other.tenant)).toBe(false);
  expect(await verify(at.control, other.tenant)).toEqual([]);
  expect(told).toEqual([expect.stringContaining(broken.tenant)]);
  expect(await outdated(broken.tenant)).toBe(true);
  await at.rows('update formwork.tenants set outdated = false where id = $1', broken.tenant);
});

test('the same design applied again derives it anew, too', async () => {
  const { tenant, order } = await olderTenant();
  expect(await at.apply(tenant, shop)).toMatchObject({ changed: false });
  expect(await dataOf(order)).toMatchObject({ total: 7, latest: 5 });
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('what the triggers know is put right, and slots with it: at once, or by a job where they are many', async () => {
  const { tenant } = await olderTenant();
  await at.plant(
    `update formwork.entity_storage set text_keys = array_fill(null::text, array[8]), text_exact = array_fill(false, array[8])
     where tenant_id = $1 and entity_type = 'order'`,
    tenant,
  );
  await at.plant(
    `update formwork.records set t1 = null where tenant_id = $1 and entity_type = 'order'`,
    tenant,
  );
  await at.plant('delete from formwork.link_rules where tenant_id = $1', tenant);
  expect((await verify(at.control, tenant)).length).toBeGreaterThan(3);
  expect(await refreshTenant(at.control, tenant)).toBe(true);
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('whoever works on jobs drops views and functions that nobody uses any more, in its time', async () => {
  const tenant = await at.tenant();
  const lonely = (...fields: readonly string[]) =>
    documentOf({ key: 'lonely', fields: fields.map((key) => ({ key, type: 'text' })) });
  await at.apply(tenant, lonely('name', 'more'));
  const { registry } = await at.apply(tenant, lonely('name'));
  const there = async () =>
    (await at.rows(`select viewname as name from pg_views where schemaname = 'formwork_views'`)).length;
  const before = await there();
  const errors: unknown[] = [];
  const options = { onError: (error: unknown) => errors.push(error), grace: 0 };
  const { signal } = new AbortController();
  await new Upkeep(at.control, options).run(signal);
  expect(await there()).toBe(before);
  await new Upkeep(at.control, { ...options, sweepEvery: 0 }).run(signal);
  expect([await there(), errors]).toEqual([expect.any(Number), []]);
  expect(await there()).toBeLessThan(before);
  const kept = registry.entities.map(({ viewName }) => viewName);
  expect(await at.rows('select viewname from pg_views where viewname = any ($1)', kept)).toHaveLength(
    kept.length,
  );
});

test('of tenants that nobody has marked none is looked at', async () => {
  await refreshOutdated(at.control);
  expect(await refreshOutdated(at.control)).toBe(0);
});

test('the migration marks the tenants that have rollups, and no others', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sql-'));
  const database = await createEmptyDatabase();
  try {
    await cp(join(import.meta.dirname, '../../../sql'), directory, {
      recursive: true,
      filter: (path) => !/\/0(2[6-9]|[3-9]\d)\.(un)?do\./.test(path),
    });
    await migrate(database.adminUrl, { directory });
    const [plain, rolling] = await asAdmin(database, async (admin) => {
      const ids = ['plain', 'rolling'].map(async (slug) => {
        const { rows } = await admin.query(
          'insert into formwork.tenants (slug, name) values ($1, $1) returning id',
          [slug],
        );
        return rows[0].id as string;
      });
      const made = await Promise.all(ids);
      await admin.query('set session_replication_role = replica');
      await admin.query(
        `insert into formwork.rollups (tenant_id, entity_type, source_type, field, way, compute, is_added, level, keys, uses)
         values ($1, 'order', 'item', 'order', 'in', 'f_0', false, 1, '{total}', '{}')`,
        [made[1]],
      );
      return made;
    });
    await migrate(database.adminUrl);
    const { rows } = await asAdmin(database, (admin) =>
      admin.query('select id, outdated from formwork.tenants order by slug'),
    );
    expect(rows).toEqual([
      { id: plain, outdated: false },
      { id: rolling, outdated: true },
    ]);
  } finally {
    await database.drop();
    await rm(directory, { recursive: true });
  }
});
