import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build, Formwork, runApart, Scratch } from './command-line.ts';

const scratch = new Scratch();
const environment = { FORMWORK_DATA_DIR: `${scratch.path}/data`, FORMWORK_PORT: '0' };
const running: Formwork[] = [];

// The demo data takes seconds, and many of them where every core is busy already.
jest.setTimeout(300_000);
beforeAll(build);

afterAll(async () => {
  // Only where a test has failed is any of them left.
  for (const { child } of running) child.kill('SIGINT');
  await Promise.all(running.map((formwork) => formwork.ends()));
  scratch.remove();
});

interface Ready {
  readonly url: string;
  readonly query: string;
  readonly tenants: readonly { readonly slug: string; readonly key: string }[];
}

function start(...options: string[]): Formwork {
  const formwork = new Formwork(['start', ...options], environment);
  running.push(formwork);
  return formwork;
}

async function startReady(): Promise<{ formwork: Formwork; ready: Ready }> {
  const formwork = start('--demo', '--json');
  await formwork.says('"query"');
  await formwork.says('\n}\n');
  return { formwork, ready: JSON.parse(formwork.stdout) };
}

async function stop(formwork: Formwork, signal: NodeJS.Signals) {
  formwork.child.kill(signal);
  return formwork.ends();
}

async function ask(url: string, key: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

function keyOf({ tenants }: Ready, slug: string): string {
  return tenants.find((tenant) => tenant.slug === slug)?.key ?? '';
}

const completedOrder =
  '{ orders(first: 1, where: { status: { eq: COMPLETED } }) { nodes { account { name } items { totalCount } } } }';

const isPostgresUp = () => existsSync(`${environment.FORMWORK_DATA_DIR}/postgres/postmaster.pid`);

// Each test goes on where the one before it has stopped: that is what they are about.
describe('formwork start --demo', () => {
  let first: Ready;

  test('that is interrupted while it loads leaves nothing half, and Postgres stopped', async () => {
    const formwork = start('--demo');
    await formwork.says('Loading the demo tenant "aviation"');
    const { code, stderr } = await stop(formwork, 'SIGINT');
    expect([code, stderr]).toEqual([0, '']);
    expect(isPostgresUp()).toBe(false);
  });

  test('loads what is missing, and prints keys and a query that work', async () => {
    const { formwork, ready } = await startReady();
    first = ready;
    expect(await ask(ready.url, keyOf(ready, 'aviation'), ready.query)).toEqual({
      data: {
        flights: {
          nodes: expect.arrayContaining([
            {
              departsAt: '2001-02-25T14:50:00Z',
              delay: 522,
              origin: { iata: 'BMI', city: 'Bloomington' },
              destination: { iata: 'ORD', city: 'Chicago' },
            },
          ]),
        },
      },
    });
    await otherCommands();
    await takenPort(ready.url);
    const { code } = await stop(formwork, 'SIGTERM');
    expect(code).toBe(0);
    expect(isPostgresUp()).toBe(false);
  });

  /** They find the Postgres that runs, and leave it running. */
  async function otherCommands(): Promise<void> {
    const { code, stdout } = await runApart(['verify'], environment);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^aviation: 2 entities, 23376 records, no drift\n/),
    ]);
    expect(isPostgresUp()).toBe(true);
  }

  async function takenPort(url: string): Promise<void> {
    const { port } = new URL(url);
    const misspelled = { ...environment, FORMWORK_MAX_RECORD: '5' };
    const { code, stderr } = await runApart(['start', '--port', port], misspelled);
    expect([code, ...stderr.split('\n')]).toEqual([
      1,
      expect.stringMatching('FORMWORK_MAX_RECORD is none .* Did you mean "FORMWORK_MAX_RECORDS"\\?'),
      expect.stringMatching(`^Port ${port} on .* is taken.*FORMWORK_PORT.*--port`),
      '',
    ]);
    expect(isPostgresUp()).toBe(true);
  }

  test('finds its data again: the same keys, nothing doubled', async () => {
    const { formwork, ready } = await startReady();
    expect(ready.tenants).toEqual(first.tenants);
    expect(
      await ask(
        ready.url,
        keyOf(ready, 'aviation'),
        '{ airports(first: 0) { totalCount } flights(first: 0) { totalCount } }',
      ),
    ).toEqual({
      data: { airports: { totalCount: 3376 }, flights: { totalCount: 20_000 } },
    });
    expect(await ask(ready.url, keyOf(ready, 'marketplace'), completedOrder)).toMatchObject({
      data: {
        orders: {
          nodes: [{ account: { name: expect.any(String) }, items: { totalCount: expect.any(Number) } }],
        },
      },
    });
    expect((await stop(formwork, 'SIGINT')).code).toBe(0);
  });

  test('keeps the keys for their owner alone', () => {
    expect(statSync(`${environment.FORMWORK_DATA_DIR}/demo-keys.json`).mode & 0o777).toBe(0o600);
  });
});

test('a port that another program has is told before any data is loaded, and Postgres is stopped again', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const { port } = await new Promise<AddressInfo>((resolve) => {
    server.once('listening', () => resolve(server.address() as AddressInfo));
  });
  const { code, stderr } = await runApart(['start', '--demo', '--port', String(port)], environment);
  server.close();
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^Port \d+ on 127\.0\.0\.1 is taken/)]);
  expect(isPostgresUp()).toBe(false);
});

test('ends when the shell that npm put between us is gone, for that passes no signal on', async () => {
  const shell = new Formwork(['start'], { ...environment, npm_lifecycle_event: 'start' }, 'sh');
  await shell.says('Formwork listens');
  shell.child.kill('SIGKILL');
  await shell.ends();
  for (let tries = 0; isPostgresUp() && tries < 200; tries += 1)
    await new Promise((next) => setTimeout(next, 100));
  expect(isPostgresUp()).toBe(false);
});

test('a data directory that cannot be used is one sentence', async () => {
  const file = scratch.file('no-directory', '');
  const { code, stderr } = await runApart(['tenant', 'list'], { FORMWORK_DATA_DIR: file });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/FORMWORK_DATA_DIR/);
});
