import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKey, findTenant } from '@formwork/directory';
import { type Gateway, startGateway } from '@formwork/gateway';
import { connectControlPlane } from '@formwork/pg';
import { createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { runHere, Scratch } from './command-line.ts';

/* docs/evolving-a-schema.md is run from its first block to its last. */

interface Block {
  readonly kind: string;
  readonly text: string;
}

const page = readFileSync(join(import.meta.dirname, '../../../docs/evolving-a-schema.md'), 'utf8');
const blocks = [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(
  ([, kind = '', text = '']): Block => ({ kind, text }),
);

const scratch = new Scratch();
let database: TestDatabase;
let gateway: Gateway;

beforeAll(async () => {
  database = await createTestDatabase();
  const { gatewayUrl, designerUrl } = database;
  gateway = await startGateway({
    gatewayUrl,
    designerUrl,
    secret: 'for tests alone',
    port: 0,
    logLevel: 'silent',
  });
});

afterAll(async () => {
  await gateway.close();
  await database.drop();
  scratch.remove();
});

async function keyOf(role: 'editor' | 'designer'): Promise<string> {
  const control = connectControlPlane({ url: database.designerUrl });
  try {
    const tenant = await findTenant(control, 'rentals');
    if (tenant === null) throw new Error('The page makes no tenant "rentals"');
    return (await createKey(control, tenant.id, { role })).key;
  } finally {
    await control.close();
  }
}

async function run(text: string): Promise<string> {
  let stdout = '';
  for (const line of text.trim().split('\n')) {
    const words = line
      .replace(/^npx formwork /, '')
      .split(' ')
      .map((word) => (word.endsWith('.json') ? join(scratch.path, word) : word));
    const outcome = await runHere(words, { environment: { DATABASE_URL: database.adminUrl } });
    expect([line, outcome.stderr, outcome.code]).toEqual([line, '', line.includes('registry plan') ? 2 : 0]);
    stdout = outcome.stdout;
  }
  return stdout;
}

async function post(path: string, query: string): Promise<unknown> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await keyOf(path === '/design' ? 'designer' : 'editor')}`,
    },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

test('every command of the page does what the page says', async () => {
  let last: unknown;
  for (const { kind, text } of blocks) {
    const [language, detail = ''] = kind.split(' ');
    if (language === 'sh') last = await run(text);
    else if (language === 'graphql') last = await post(detail, text);
    else if (language === 'text') expect(last).toBe(text);
    else if (detail === 'answer') expect(last).toEqual(JSON.parse(text));
    else if (detail.startsWith('file=')) scratch.file(detail.slice('file='.length), text);
    else throw new Error(`The page has a block that is not run: ${kind}`);
  }
  expect(blocks.length).toBeGreaterThan(20);
});
