import {
  type ControlPlane,
  connectControlPlane,
  connectDataPlane,
  DatabaseError,
  sql,
  type TransactionSql,
} from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { insertTenant, until } from './support.ts';

let database: TestDatabase;
let control: ControlPlane;
let mine: string;
let theirs: string;

beforeAll(async () => {
  database = await createTestDatabase();
  mine = await insertTenant(database, 'mine');
  theirs = await insertTenant(database, 'theirs');
});
beforeEach(() => {
  control = connectControlPlane({ url: database.designerUrl, max: 2 });
});
afterEach(() => control.close());
afterAll(() => database.drop());

test('runs as formwork_designer, in one transaction of one tenant', async () => {
  const [first, second] = await control.withTenant(mine, async (transaction) => [
    await transaction`select current_user as role, current_setting('app.tenant_id') as tenant, pg_current_xact_id()::text as id`,
    await transaction`select pg_current_xact_id()::text as id`,
  ]);
  expect(first?.[0]).toMatchObject({ role: 'formwork_designer', tenant: mine });
  expect(second?.[0]?.id).toBe(first?.[0]?.id);
});

test('gives back what work resolved with, an array included', async () => {
  expect(await control.control(async () => [1, [2]])).toEqual([1, [2]]);
  expect(await control.control(async () => undefined)).toBeUndefined();
});

test('sends and reads arrays, though it asks no connection which types of them there are', async () => {
  const texts = ['plain', 'with "quotes", \\ and {braces}', '', 'NULL', null];
  const ids = [mine, theirs];
  const contents = [{ a: '"1"' }, [2], null];
  const [row] = await control.control(
    (transaction) => transaction`
      select ${texts}::text[] as texts, ${ids}::uuid[] as ids, ${contents as never}::jsonb[] as contents,
        array[1, null] as numbers, array[true, false] as flags, array[0.5::float8] as doubles, array['a'::name] as names,
        array[]::text[] as none, ${[]}::uuid[] as nothing,
        array['2026-11-21'::date] as unknown`,
  );
  expect(row).toEqual({
    ...{ texts, ids, contents, numbers: [1, null], flags: [true, false], doubles: [0.5], names: ['a'] },
    ...{ none: [], nothing: [], unknown: '{2026-11-21}' },
  });
});

test("sees the tenant's own rows and no other's", async () => {
  const rows = await control.withTenant(
    mine,
    (transaction) => transaction`select tenant_id from formwork.entity_types`,
  );
  expect([...rows]).toEqual([{ tenant_id: mine }]);
  await control.withTenant(mine, async (transaction) => {
    await transaction`delete from formwork.entity_types where tenant_id = ${theirs}`;
  });
  const { rows: all } = await asAdmin(database, (admin) => admin.query('select from formwork.entity_types'));
  expect(all).toHaveLength(2);
});

test('without a tenant the control tables are open and every other table is an error', async () => {
  await control.withTenant(mine, async (transaction) => transaction`select 1`);
  const slugs = await control.control(
    (transaction) => transaction`select slug from formwork.tenants order by slug`,
  );
  expect(slugs.map(({ slug }) => slug)).toEqual(['mine', 'theirs']);
  await expect(
    control.control((transaction) => transaction`select count(*) from formwork.entity_types`),
  ).rejects.toMatchObject({ name: 'DatabaseError', sqlstate: expect.stringMatching(/^(42704|22P02)$/) });
});

test.each(['', 'nonsense', '00000000-0000-7000-8000-000000000000'])(
  'refuses %j as a tenant',
  async (tenant) => {
    let hasRun = false;
    const attempt = control.withTenant(tenant, async () => {
      hasRun = true;
    });
    await expect(attempt).rejects.toMatchObject({ sqlstate: expect.stringMatching(/^(22P02|FW002)$/) });
    expect(hasRun).toBe(false);
  },
);

test('rolls back when work rejects, and passes its error on as it is', async () => {
  const reason = new TypeError('not today');
  await expect(
    control.control(async (transaction) => {
      await transaction`update formwork.tenants set name = 'renamed'`;
      throw reason;
    }),
  ).rejects.toBe(reason);
  const names = await control.control(
    (transaction) => transaction`select name from formwork.tenants where name = 'renamed'`,
  );
  expect(names).toHaveLength(0);
});

test('turns errors of the server into DatabaseErrors', async () => {
  const attempt = control.control(
    (transaction) => transaction`insert into formwork.tenants (slug, name) values ('mine', '')`,
  );
  await expect(attempt).rejects.toBeInstanceOf(DatabaseError);
  await expect(attempt).rejects.toMatchObject({
    sqlstate: '23505',
    constraint: 'tenants_slug_key',
    table: 'tenants',
  });
});

test('the setting is gone when the next user of the connection comes', async () => {
  const single = connectControlPlane({ url: database.designerUrl, max: 1 });
  await single.withTenant(mine, (transaction) => transaction`select 1`);
  const [row] = await single.control(
    (transaction) => transaction`select current_setting('app.tenant_id', true) as tenant`,
  );
  expect(row?.tenant).toBe('');
  await single.close();
});

test('says that Postgres cannot be reached', async () => {
  const nowhere = connectControlPlane({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
  await expect(nowhere.control(async (transaction) => transaction`select 1`)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  await nowhere.close();
});

describe('listening', () => {
  const notify = (payload: string): Promise<unknown> =>
    asAdmin(database, (admin) => admin.query("select pg_notify('formwork_registry', $1)", [payload]));

  test('hears what is notified, by the designer too', async () => {
    const heard: string[] = [];
    await control.listen(
      'formwork_registry',
      (payload) => heard.push(payload),
      () => {},
    );
    await notify('{"version": 1}');
    await control.withTenant(
      mine,
      (transaction) => transaction`select pg_notify('formwork_registry', 'from within')`,
    );
    await until(() => heard.length === 2);
    expect(heard).toEqual(['{"version": 1}', 'from within']);
  });

  test('hears nothing more once it is closed', async () => {
    const heard: string[] = [];
    const listener = await control.listen(
      'formwork_registry',
      (payload) => heard.push(payload),
      () => {},
    );
    listener.close();
    await notify('too late');
    await control.control((transaction) => transaction`select pg_sleep(0.05)`);
    expect(heard).toEqual([]);
  });

  test('connects again when its connection is lost, says so, and hears on', async () => {
    const heard: string[] = [];
    let reconnected = 0;
    await control.listen(
      'formwork_registry',
      (payload) => heard.push(payload),
      () => {
        reconnected += 1;
      },
    );
    expect(reconnected).toBe(0);
    for (let round = 1; round <= 2; round += 1) {
      await asAdmin(database, (admin) =>
        admin.query(
          "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and query ilike 'listen%'",
        ),
      );
      await until(() => reconnected === round);
      await notify(`round ${round}`);
      await until(() => heard.includes(`round ${round}`));
    }
  });
});

describe('of a transaction whose connection is lost while it does something else', () => {
  const lose = (pid: number) =>
    asAdmin(database, (admin) => admin.query('select pg_terminate_backend($1, 5000)', [pid]));

  async function loseWithin(goOn: (transaction: TransactionSql) => Promise<unknown>): Promise<unknown> {
    let ended: unknown = 'not yet';
    const outcome = control.control(async (transaction) => {
      const [row] = await transaction<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await lose(row?.pid ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await goOn(transaction).then(
        () => {
          ended = 'went on';
        },
        (error: unknown) => {
          ended = error;
          throw error;
        },
      );
    });
    expect(await outcome.catch((error: unknown) => error)).toMatchObject({ code: 'UNAVAILABLE' });
    await until(() => ended !== 'not yet');
    return ended;
  }

  test('nothing more is sent: whoever goes on hears of it, and the process lives', async () => {
    expect(await loseWithin(async (transaction) => transaction`select 1`)).toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  test('a part of a statement is no statement, and harms nobody', async () => {
    const ended = await loseWithin(async (transaction) => {
      const part = transaction`where true`;
      await transaction`select 1 ${part}`;
    });
    expect(ended).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('work that ends without another statement is not committed, and connections do after it', async () => {
    expect(await loseWithin(async () => 'nothing')).toBe('went on');
    for (let time = 0; time < 4; time += 1)
      expect(await control.control((transaction) => transaction`select 1 as one`)).toMatchObject([
        { one: 1 },
      ]);
  });
});

test('both planes lose their connections and recover', async () => {
  const plane = connectDataPlane({ url: database.gatewayUrl, max: 2 });
  await plane.read(mine, [sql`select 1`]);
  await control.control((transaction) => transaction`select 1`);
  await asAdmin(database, (admin) =>
    admin.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    ),
  );
  await until(async () => (await plane.read(mine, [sql`select 1`]).catch(() => null)) !== null);
  await until(
    async () => (await control.control((transaction) => transaction`select 1`).catch(() => null)) !== null,
  );
  await plane.close();
});
