/** What nobody can do in raw SQL as the role of the gateway: bring rollups, states or links out of step with the records. */
import {
  type AdminClient,
  type SqlFragment,
  type Statement,
  setUpLogins,
  sql,
  withAdmin,
} from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import type { RecordSelection, Values } from '../src/index.ts';
import { createWriteHarness, type WriteHarness } from './write-harness.ts';

/** Boxes know what their parcels and labels weigh; parcels go one way, and what is deleted of them is kept. */
const depot: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'box',
      plural: 'boxes',
      softDelete: true,
      fields: [
        { key: 'labels', type: 'links', options: { target: 'label' } },
        { key: 'weight', type: 'rollup', options: { via: 'parcels', function: 'sum', field: 'weight' } },
        { key: 'heaviest', type: 'rollup', options: { via: 'parcels', function: 'max', field: 'weight' } },
        { key: 'worth', type: 'rollup', options: { via: 'labels', function: 'sum', field: 'worth' } },
      ],
    },
    {
      key: 'parcel',
      softDelete: true,
      fields: [
        { key: 'weight', type: 'integer' },
        {
          key: 'state',
          type: 'select',
          default: 'packed',
          options: {
            choices: [{ key: 'packed' }, { key: 'sent' }, { key: 'lost' }],
            initial: ['packed'],
            transitions: { packed: ['sent'], sent: ['lost'] },
          },
        },
        { key: 'box', type: 'link', options: { target: 'box', inverse: 'parcels', onDelete: 'set_null' } },
      ],
    },
    { key: 'label', fields: [{ key: 'worth', type: 'integer' }] },
  ],
};

const nothing: RecordSelection = { fields: [] };

let harness: WriteHarness;
let other: WriteHarness;

beforeAll(async () => {
  harness = await createWriteHarness(depot);
  other = await harness.addTenant('rival');
});
afterAll(async () => {
  await other.close();
  await harness.close();
});

const create = async (type: string, input: Values): Promise<string> =>
  (await harness.mutate((records) => records.create(type, input, nothing))).id;
const write = (...statements: readonly Statement[]) =>
  harness.dataPlane.write(harness.tenantId, 1, (transaction) => transaction.run(statements));
const dataOf = async (id: string) => JSON.parse((await harness.dataOf(id)) ?? 'null');

interface Ids {
  readonly box: string;
  readonly parcel: string;
  readonly unused: string;
}

/** A box with one parcel in it, one label on it, and a label beside it. */
async function makeBox(): Promise<Ids> {
  const unused = await create('Label', { worth: 50 });
  const label = await create('Label', { worth: 3 });
  const box = await create('Box', { labels: { add: [{ id: label }] } });
  const parcel = await create('Parcel', { weight: 7, box: { id: box } });
  return { box, parcel, unused };
}

describe('a statement that changes the tenant behind the records that it writes is refused: it', () => {
  const statements: Readonly<Record<string, (ids: Ids) => SqlFragment>> = {
    'changes a value': ({ parcel }) =>
      sql`update formwork.records set data = data || '{"weight": 100}' where id = ${parcel}::uuid`,
    'deletes what is kept': ({ parcel }) =>
      sql`update formwork.records set deleted_at = now() where id = ${parcel}::uuid`,
    'deletes what is linked to and kept': ({ box }) =>
      sql`update formwork.records set deleted_at = now() where id = ${box}::uuid`,
    deletes: ({ parcel }) => sql`delete from formwork.records where id = ${parcel}::uuid`,
    links: ({ box, unused }) =>
      sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
        values ('box', 'labels', ${box}::uuid, ${unused}::uuid)`,
    unlinks: ({ box }) => sql`delete from formwork.record_links where source_id = ${box}::uuid`,
  };

  test.each(Object.entries(statements))('%s', async (_, statement) => {
    const ids = await makeBox();
    const behind = sql`${statement(ids)} returning set_config('app.tenant_id', ${other.tenantId}, true)`;
    const itself = sql`select set_config('app.tenant_id', ${harness.tenantId}, true)`;
    await expect(write(behind, itself)).rejects.toMatchObject({ sqlstate: 'FW003' });
    expect(await dataOf(ids.box)).toEqual({ weight: 7, heaviest: 7, worth: 3 });
    expect((await dataOf(ids.parcel)).box).toBe(ids.box);
    // It is the tenant that is wrong with it.
    await write(statement(ids), itself);
  });
});

describe('a link to what it must not lead to is refused, whatever a statement says in the settings that triggers read:', () => {
  const say = (value: SqlFragment) =>
    sql`concat(set_config('app.relinked', ${value}, true), set_config('app.look_again', ${value}, true)) is not null`;
  const nothingSaid = say(sql`''`);
  const elsewhere = say(sql`gen_random_uuid()::text`);
  const patch = (wrong: string) => sql`jsonb_build_object('box', ${wrong}::text)`;
  const statements: Readonly<Record<string, (ids: Ids, wrong: string) => readonly SqlFragment[]>> = {
    'behind the record': ({ parcel }, wrong) => [
      sql`update formwork.records set data = data || ${patch(wrong)} where id = ${parcel}::uuid returning ${nothingSaid}`,
    ],
    'before it': ({ parcel }, wrong) => [
      sql`update formwork.records set data = data || ${patch(wrong)} where id = ${parcel}::uuid and ${elsewhere}`,
    ],
    'between two of them': ({ parcel }, wrong) => [
      sql`update formwork.records set data = case when ${elsewhere} then data || ${patch(wrong)} end
        where entity_type = 'parcel' and id >= ${parcel}::uuid returning ${elsewhere}`,
    ],
    'in statements of its own': ({ parcel }, wrong) => [
      sql`select ${elsewhere}`,
      sql`update formwork.records set data = data || ${patch(wrong)} where id = ${parcel}::uuid`,
      sql`select ${nothingSaid}`,
    ],
    'where an insert becomes an update': ({ parcel }, wrong) => [
      sql`insert into formwork.records (id, entity_type, data) values (${parcel}::uuid, 'parcel', '{"state": "packed"}')
        on conflict (tenant_id, id) do update set data = records.data || ${patch(wrong)} returning ${nothingSaid}`,
    ],
    'behind a new record': (_, wrong) => [
      sql`insert into formwork.records (entity_type, data) select 'parcel', '{"state": "packed"}' || ${patch(wrong)}
        where ${elsewhere} returning ${nothingSaid}`,
    ],
  };

  test.each(Object.entries(statements))('%s', async (_, make) => {
    const ids = await makeBox();
    await expect(write(...make(ids, ids.unused))).rejects.toMatchObject({ sqlstate: 'FW011' });
    expect((await dataOf(ids.parcel)).box).toBe(ids.box);
    // It is the label that is wrong with it.
    await write(...make(ids, await create('Box', {})));
  });
});

test('a link that is changed and changed back within a transaction leads where it led', async () => {
  const { box, parcel, unused } = await makeBox();
  const lead = (to: string) =>
    sql`update formwork.records set data = data || jsonb_build_object('box', ${to}::text) where id = ${parcel}::uuid`;
  await write(lead(unused), lead(box));
  expect((await dataOf(parcel)).box).toBe(box);
});

describe('what a record is never changes, not even by an administrator:', () => {
  const changes: Readonly<Record<string, string>> = {
    id: 'update formwork.records set id = gen_random_uuid() where id = $1',
    tenant: `update formwork.records set data = data || '{"weight": 1}', tenant_id = gen_random_uuid() where id = $1`,
    'entity type': "update formwork.records set entity_type = 'label' where id = $1",
    'entity type, where an insert becomes an update': `insert into formwork.records (tenant_id, id, entity_type, data)
      select tenant_id, id, entity_type, data from formwork.records where id = $1
      on conflict (tenant_id, id) do update set entity_type = 'label'`,
  };

  test.each(Object.entries(changes))('%s', async (_, statement) => {
    const { parcel } = await makeBox();
    const change = withAdmin(harness.database.adminUrl, (admin) => admin.query(statement, [parcel]));
    await expect(change).rejects.toMatchObject({ code: 'FW004' });
    expect(await dataOf(parcel)).toMatchObject({ weight: 7 });
  });
});

test('a deleted record does not change its state, so that it would come back in one that may not follow', async () => {
  const parcel = await create('Parcel', { weight: 1 });
  const set = (change: ReturnType<typeof sql>) =>
    sql`update formwork.records set ${change} where id = ${parcel}::uuid`;
  const lost = sql`data = data || '{"state": "lost"}'`;
  await expect(write(set(sql`${lost}, deleted_at = now()`))).rejects.toMatchObject({ sqlstate: 'FW014' });
  await write(set(sql`deleted_at = now()`));
  await expect(write(set(lost))).rejects.toMatchObject({ sqlstate: 'FW014' });
  await expect(write(set(sql`${lost}, deleted_at = null`))).rejects.toMatchObject({ sqlstate: 'FW014' });
  expect((await dataOf(parcel)).state).toBe('packed');
});

test("a trigger of the gateway's own, in which rollups could be written, cannot be made", async () => {
  const { box } = await makeBox();
  // As a gateway does when it starts; the privilege is not among what a copy of a database has of it.
  await withAdmin(harness.database.adminUrl, (admin) => setUpLogins(admin, harness.database));
  const forge = `
    begin;
    select set_config('app.tenant_id', '${harness.tenantId}', true);
    create temporary table lever (id uuid);
    create function pg_temp.forge() returns trigger language plpgsql as $$
      begin
        update formwork.records set data = data || '{"weight": 1000}' where id = new.id;
        return new;
      end $$;
    create trigger forge after insert on lever for each row execute function pg_temp.forge();
    insert into lever values ('${box}');
    commit`;
  await expect(asGateway((client) => client.query(forge))).rejects.toMatchObject({ code: '42501' });
  expect(await dataOf(box)).toMatchObject({ weight: 7 });
});

describe('a transaction that reads what was there when it began', () => {
  const levels = ['repeatable read', 'serializable'];

  test.each(levels)('rolls nothing up, for it would miss what others have written (%s)', async (level) => {
    const { box, parcel } = await makeBox();
    await asGateway(async (client) => {
      await client.query(`begin isolation level ${level}`);
      await client.query("select set_config('app.tenant_id', $1, true)", [harness.tenantId]);
      await client.query('select count(*) from formwork.records');
      await create('Parcel', { weight: 6, box: { id: box } });
      await expect(
        client.query('delete from formwork.records where id = $1', [parcel]),
      ).rejects.toMatchObject({
        code: 'FW016',
      });
    });
    expect(await dataOf(box)).toMatchObject({ weight: 13, heaviest: 7 });
  });

  test.each(levels)('deletes nothing that is kept, for it would miss who links to it (%s)', async (level) => {
    const box = await create('Box', {});
    await asGateway(async (client) => {
      await client.query(`begin isolation level ${level}`);
      await client.query("select set_config('app.tenant_id', $1, true)", [harness.tenantId]);
      await client.query('select count(*) from formwork.records');
      const parcel = await create('Parcel', { box: { id: box } });
      await expect(
        client.query('update formwork.records set deleted_at = now() where id = $1', [box]),
      ).rejects.toMatchObject({ code: expect.stringMatching('FW016|40001') });
      expect((await dataOf(parcel)).box).toBe(box);
    });
  });
});

function asGateway<T>(work: (client: AdminClient) => Promise<T>): Promise<T> {
  return withAdmin(harness.database.gatewayUrl, work);
}
