import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { withAdmin } from '@formwork/pg';
import { findSystemPostgres, postgresServers, type TestServer } from '@formwork/testkit';
import { type Outcome, runHere, Scratch } from './command-line.ts';

/* A backup by Postgres' own tools, restored into a cluster that has never seen a Formwork: as docs/operating.md says it. */

const postgres = findSystemPostgres(15);
const [, open] = postgresServers[1] ?? [];

describe(postgres ? 'on Postgres 15' : 'on Postgres 15 (skipped: this machine has none)', () => {
  if (!postgres || !open) return test.skip('…', () => {});
  const scratch = new Scratch();
  const servers: TestServer[] = [];

  beforeAll(async () => {
    servers.push(await open(), await open());
  }, 120_000);
  afterAll(async () => {
    for (const server of servers) await server.stop();
    scratch.remove();
  });

  const tool = (name: string, ...words: readonly string[]) =>
    execFileSync(join(postgres.bin, name), [...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const databaseOf = (server: number) => {
    const url = new URL(servers[server]?.adminUrl ?? '');
    url.pathname = '/formwork';
    return url.href;
  };
  const formwork = async (server: number, words: string): Promise<Outcome> => {
    const outcome = await runHere(words.split(' '), { environment: { DATABASE_URL: databaseOf(server) } });
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    return outcome;
  };
  const create = (server: number) =>
    withAdmin(servers[server]?.adminUrl ?? '', (admin) =>
      admin.query(`create database formwork encoding 'UTF8' template template0`),
    );

  test('what was dumped is there again: records, designs, keys, and nothing has drifted', async () => {
    await create(0);
    await formwork(0, 'tenant create acme --template marketplace');
    await formwork(0, 'tenant create globex --template marketplace');
    const { key } = (await formwork(0, 'key create --tenant acme --role editor --json')).json<{
      key: string;
    }>();
    const accounts = scratch.file('accounts.csv', 'Slug,Name\nfirst,First\nsecond,Second\n');
    await formwork(0, `import --tenant acme --entity account ${accounts}`);

    const [roles, dump] = [join(scratch.path, 'roles.sql'), join(scratch.path, 'formwork.dump')];
    tool('pg_dumpall', '--roles-only', '--file', roles, '--dbname', databaseOf(0));
    tool('pg_dump', '--format', 'custom', '--file', dump, databaseOf(0));
    tool('psql', '--quiet', '--file', roles, servers[1]?.adminUrl ?? '');
    await create(1);
    tool('pg_restore', '--exit-on-error', '--dbname', databaseOf(1), dump);
    expect((await formwork(1, 'migrate --json')).json()).toEqual({ applied: [] });
    const verified = await formwork(1, 'verify');
    expect(verified.stdout).toMatch(
      /acme: \d+ entities, 2 records, no drift\nglobex: \d+ entities, 0 records, no drift/,
    );
    expect((await formwork(1, 'key list --tenant acme --json')).stdout).toContain('editor');
    expect(key).toMatch(/^fw_acme_/);
  }, 120_000);
});
