import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { readTemplate } from '../src/templates.ts';
import { build, Formwork, Scratch } from './command-line.ts';

let database: TestDatabase;
let key: string;

beforeAll(async () => {
  build();
  database = await createTestDatabase();
  ({ key } = await createTestTenant(database, 'acme', await readTemplate('marketplace')));
}, 300_000);
afterAll(() => database.drop());

test('a gateway that is told to stop under load has logged each request that it has answered', async () => {
  const formwork = new Formwork(['start'], { DATABASE_URL: database.adminUrl, FORMWORK_PORT: '0' });
  await formwork.says('(Ctrl-C stops it)');
  const [, url] = /listens on (\S+)/.exec(formwork.stdout) ?? [];
  const answered: string[] = [];
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let turn = 0; ; turn += 1) {
      const name = `Client${client}Turn${turn}`;
      const answer = await ask(
        `${url}/graphql`,
        `query ${name} { accounts(first: 1) { nodes { name } } }`,
      ).catch(() => null);
      if (answer === null) return;
      expect(answer).toEqual({ data: { accounts: { nodes: [] } } });
      answered.push(name);
    }
  });
  let isOver = false;
  const all = Promise.all(clients).finally(() => {
    isOver = true;
  });
  while (!isOver && answered.length < 200) await sleep(10);
  formwork.child.kill('SIGTERM');
  await all;
  const { code, stdout, stderr } = await formwork.ends();
  expect([code, stderr]).toEqual([0, '']);
  const logged = new Set(Array.from(stdout.matchAll(/"operation":"(\w+)"/g), ([, name]) => name));
  expect(answered.filter((name) => !logged.has(name))).toEqual([]);
}, 120_000);

describe('a gateway that is told to stop without its Postgres', () => {
  const scratch = new Scratch();
  const environment = { FORMWORK_DATA_DIR: `${scratch.path}/data`, FORMWORK_PORT: '0' };
  const running: Formwork[] = [];
  afterAll(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map((formwork) => formwork.ends()));
    scratch.remove();
  });

  test('ends in order where that has died, and at once when it is told twice where that stands still', async () => {
    const first = await start();
    toPostgres('SIGSTOP');
    first.child.kill('SIGTERM');
    await first.says('Stopping');
    // Two within a second are one that was passed on, see hear-interruptions.ts.
    await sleep(600);
    first.child.kill('SIGTERM');
    await sleep(600);
    expect(first.child.exitCode).toBeNull();
    first.child.kill('SIGTERM');
    expect((await first.ends()).code).toBe(130);
    toPostgres('SIGCONT');

    const second = await start();
    toPostgres('SIGKILL');
    second.child.kill('SIGTERM');
    const { code, stdout, stderr } = await second.ends();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/"untold":0,.* could not be told before the end, and is lost/);
  }, 120_000);

  async function start(): Promise<Formwork> {
    const formwork = new Formwork(['start'], environment);
    running.push(formwork);
    await formwork.says('(Ctrl-C stops it)');
    return formwork;
  }

  function toPostgres(signal: NodeJS.Signals): void {
    const [pid = ''] = readFileSync(`${environment.FORMWORK_DATA_DIR}/postgres/postmaster.pid`, 'utf8').split(
      '\n',
    );
    const backends = execFileSync('pgrep', ['-P', pid], { encoding: 'utf8' }).trim().split('\n');
    for (const process of [pid, ...backends]) kill(Number(process), signal);
  }
});

/** Backends may have ended since they were counted. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function ask(url: string, query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return response.json();
}
