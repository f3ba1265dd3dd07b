import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { readTemplate } from '../src/templates.ts';
import { build, Formwork } from './command-line.ts';

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

async function ask(url: string, query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return response.json();
}
