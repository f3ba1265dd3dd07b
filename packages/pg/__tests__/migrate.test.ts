import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, SetupError, withAdmin } from '@formwork/pg';
import { createEmptyDatabase, createTestDatabase } from '@formwork/testkit';

const source = join(import.meta.dirname, '../../../sql');

type Database = Awaited<ReturnType<typeof createEmptyDatabase>>;
const databases: Database[] = [];
let directory: string;

/** A database without anything in it. */
const empty = async (): Promise<Database> => remember(await createEmptyDatabase());
/** A database that the files of `sql/` have been applied to. */
const migrated = async (): Promise<Database> => remember(await createTestDatabase());

function remember(database: Database): Database {
  databases.push(database);
  return database;
}

beforeEach(async () => {
  // A name that would be a pattern, were it not escaped.
  directory = await mkdtemp(join(tmpdir(), 'sql [a]{b,c}*-'));
  await cp(source, directory, { recursive: true });
});
afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.drop()));
  await rm(directory, { recursive: true });
});

const all = async (): Promise<number[]> =>
  (await readdir(source))
    .flatMap((name) => (/^\d+\.do\./.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);

const ask = <T>(database: Database, text: string): Promise<T[]> =>
  withAdmin(database.adminUrl, async (admin) => (await admin.query(text)).rows as T[]);

test('applies every file to an empty database, in order', async () => {
  const database = await empty();
  expect(await migrate(database.adminUrl)).toEqual({ applied: await all() });
  expect(await ask(database, 'select count(*)::int as records from formwork.records')).toEqual([
    { records: 0 },
  ]);
});

test('does nothing the second time', async () => {
  const database = await migrated();
  expect(await migrate(database.adminUrl)).toEqual({ applied: [] });
});

test('applies what is new', async () => {
  const database = await migrated();
  await writeFile(join(directory, '900.do.more.sql'), 'create table formwork.more (a int)');
  expect(await migrate(database.adminUrl, { directory })).toEqual({ applied: [900] });
});

test('eight that start at once apply each file once', async () => {
  const database = await empty();
  const runs = await Promise.all(Array.from({ length: 8 }, () => migrate(database.adminUrl)));
  expect(runs.flatMap(({ applied }) => applied)).toEqual(await all());
});

test('databases of one cluster can be migrated at once', async () => {
  const several = await Promise.all([empty(), empty(), empty()]);
  const runs = await Promise.all(several.map(({ adminUrl }) => migrate(adminUrl)));
  for (const { applied } of runs) expect(applied).toEqual(await all());
});

test('refuses a file that was changed after it had been applied', async () => {
  const database = await migrated();
  const file = join(directory, '002.do.functions.sql');
  await writeFile(file, `${await readFile(file, 'utf8')}\n-- an afterthought\n`);
  const attempt = migrate(database.adminUrl, { directory });
  await expect(attempt).rejects.toBeInstanceOf(SetupError);
  await expect(attempt).rejects.toThrow(/002\.do\.functions\.sql" was changed after it had been applied/);
});

test('takes a file with other line ends for the same', async () => {
  const database = await migrated();
  const file = join(directory, '002.do.functions.sql');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', '\r\n'));
  expect(await migrate(database.adminUrl, { directory })).toEqual({ applied: [] });
});

test('keeps nothing of a file that fails, and everything before it', async () => {
  const database = await migrated();
  await writeFile(join(directory, '900.do.good.sql'), 'create table formwork.good (a int)');
  await writeFile(
    join(directory, '901.do.bad.sql'),
    'create table formwork.half (a int); select * from nowhere;',
  );
  await expect(migrate(database.adminUrl, { directory })).rejects.toThrow(
    /901\.do\.bad\.sql" failed.*nowhere/,
  );
  expect(
    await ask(
      database,
      "select to_regclass('formwork.good') is not null as good, to_regclass('formwork.half') as half",
    ),
  ).toEqual([{ good: true, half: null }]);
  await writeFile(join(directory, '901.do.bad.sql'), 'create table formwork.half (a int)');
  expect(await migrate(database.adminUrl, { directory })).toEqual({ applied: [901] });
});

test('refuses a database that is newer than the code, and changes nothing', async () => {
  const database = await migrated();
  await writeFile(join(directory, '900.do.more.sql'), 'create table formwork.more (a int)');
  await writeFile(join(directory, '900.undo.more.sql'), 'drop table formwork.more');
  await migrate(database.adminUrl, { directory });
  await expect(migrate(database.adminUrl)).rejects.toThrow(
    /at version 900, but this Formwork knows versions up to/,
  );
  expect(await ask(database, "select to_regclass('formwork.more') is not null as there")).toEqual([
    { there: true },
  ]);
});

test('says that a directory holds no migrations', async () => {
  const database = await migrated();
  await expect(migrate(database.adminUrl, { directory: tmpdir() })).rejects.toThrow(
    'There are no migrations in',
  );
});

test('says that Postgres cannot be reached, without the password', async () => {
  const attempt = migrate('postgres://admin:hush@127.0.0.1:1/formwork');
  await expect(attempt).rejects.toThrow(
    'postgres://admin@127.0.0.1:1/formwork does not let us in: connect ECONNREFUSED',
  );
  await expect(attempt).rejects.not.toThrow('hush');
});

test('says that the database has another encoding', async () => {
  const database = await empty();
  const name = 'formwork_latin1';
  await withAdmin(database.adminUrl, (admin) =>
    admin.query(`create database ${name} encoding 'LATIN1' locale 'C' template template0`),
  );
  const url = new URL(database.adminUrl);
  url.pathname = `/${name}`;
  await expect(migrate(url.href)).rejects.toThrow('encoding UTF8; this one has LATIN1');
  await withAdmin(database.adminUrl, (admin) => admin.query(`drop database ${name}`));
});

test('says that the role lacks privileges', async () => {
  const database = await empty();
  await withAdmin(database.adminUrl, (admin) =>
    admin.query(
      "create role test_role_nobody login password 'x'; alter role test_role_nobody set timezone = 'UTC'",
    ),
  );
  const url = new URL(database.adminUrl);
  [url.username, url.password] = ['test_role_nobody', 'x'];
  await expect(migrate(url.href)).rejects.toThrow(/permission denied.*has to be a superuser/);
  await withAdmin(database.adminUrl, (admin) => admin.query('drop role test_role_nobody'));
});

test('every file has its way back, and the ways back lead to an empty database', async () => {
  const database = await empty();
  const files = await readdir(source);
  const numbers = await all();
  const before = await objects(database);
  await migrate(database.adminUrl);
  expect(await objects(database)).not.toEqual(before);
  for (const number of numbers.reverse()) {
    const undo = files.find((name) => name.startsWith(`${String(number).padStart(3, '0')}.undo.`));
    const text = await readFile(join(source, undo ?? `undo of ${number}`), 'utf8');
    await withAdmin(database.adminUrl, (admin) => admin.query(text));
  }
  await withAdmin(database.adminUrl, (admin) => admin.query('drop schema formwork_migrations cascade'));
  expect(await objects(database)).toEqual(before);
  expect(await migrate(database.adminUrl)).toEqual({ applied: await all() });
});

const objects = (database: Database): Promise<unknown[]> =>
  ask(
    database,
    `select nspname, (select count(*)::int from pg_class where relnamespace = n.oid) as relations,
      (select count(*)::int from pg_proc where pronamespace = n.oid) as functions,
      (select json_agg(d.defaclacl::text) from pg_default_acl d where d.defaclnamespace in (0, n.oid)) as defaults
    from pg_namespace n where nspname not like 'pg_%' and nspname <> 'information_schema' order by 1`,
  );

describe('while a transaction holds a table for long', () => {
  /** Reads the table as a request does, in a transaction that is still open. */
  async function holding(database: Database, work: (end: () => Promise<unknown>) => Promise<void>) {
    await withAdmin(database.adminUrl, async (other) => {
      await other.query('begin');
      await other.query('select from formwork.tenants');
      await work(() => other.query('commit'));
      await other.query('rollback');
    });
  }
  const alter = () =>
    writeFile(join(directory, '900.do.alter.sql'), 'alter table formwork.tenants add column more int');

  test('a file that changes it holds nobody up, and is tried again', async () => {
    const database = await migrated();
    await alter();
    await holding(database, async (end) => {
      const migrating = migrate(database.adminUrl, { directory, lockTimeout: 100 });
      // Whoever reads behind a change that waits for its lock would wait with it, until the transaction ends.
      for (let times = 0; times < 20; times += 1) await ask(database, 'select from formwork.tenants');
      await end();
      expect(await migrating).toEqual({ applied: [900] });
    });
  });

  test('a file that never gets it says so, and nothing of it is kept', async () => {
    const database = await migrated();
    await alter();
    await holding(database, async () => {
      await expect(
        migrate(database.adminUrl, { directory, lockTimeout: 50, lockAttempts: 1 }),
      ).rejects.toThrow(/900\.do\.alter\.sql" failed.*pg_stat_activity/);
    });
    expect(await migrate(database.adminUrl, { directory })).toEqual({ applied: [900] });
  });
});
