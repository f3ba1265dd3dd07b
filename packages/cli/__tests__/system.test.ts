/** The system role from the command line: off unless somebody turns it on, and every use of it written down. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgres, withAdmin } from '@formwork/pg';
import { asAdmin, createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { readTemplate } from '../src/templates.ts';
import { type Outcome, runHere, Scratch } from './command-line.ts';

const scratch = new Scratch();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createTestTenant(database, 'acme', await readTemplate('marketplace'));
  await createTestTenant(database, 'globex', await readTemplate('marketplace'));
});
afterAll(async () => {
  await database.drop();
  scratch.remove();
});

const formwork = (words: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  runHere(words.split(' '), {
    environment: { DATABASE_URL: database.adminUrl, FORMWORK_SYSTEM_URL: database.systemUrl, ...environment },
  });

interface Use {
  readonly job: string;
  readonly result: string | null;
  readonly tables: readonly string[];
  readonly outcome: Readonly<Record<string, unknown>>;
}

const uses = async () => (await formwork('audit list --json')).json<readonly Use[]>();

test('verify --all proves each tenant and all of them together, and is written down', async () => {
  const outcome = await formwork('verify --all');
  // On a slow machine it says how far it is.
  expect([outcome.code, outcome.stderr.replace(/^.* were verified …\n/gm, '')]).toEqual([0, '']);
  expect(outcome.stdout).toMatch(
    /acme: .*no drift\nglobex: .*no drift\nall tenants together: \d+ tables, no row outside/,
  );
  const [use] = await uses();
  expect(use).toMatchObject({
    job: 'verify --all',
    by: expect.stringMatching(/.@./),
    role: 'formwork_system',
    tenants: null,
    result: 'done',
    outcome: { findings: 0 },
  });
  // As Postgres saw it, and not as the job said.
  expect(use?.tables).toEqual(
    expect.arrayContaining(['api_keys', 'fields', 'records', 'tenants', 'trusted_documents']),
  );
  expect((await formwork('audit list --last 1')).stdout).toMatch(
    /^BEGAN .*\n.* verify --all .* all +done .*findings: 0/,
  );
});

test('verify --all finds what no tenant can see of itself', async () => {
  const clone = await createTestDatabase();
  try {
    const { tenantId } = await createTestTenant(clone, 'acme', await readTemplate('marketplace'));
    await asAdmin(clone, async (admin) => {
      // As a superuser whose session is a replica: past triggers, keys and policies.
      await admin.query('set session_replication_role = replica');
      await admin.query(
        `insert into formwork.records (tenant_id, id, entity_type, data, words) values
          ($1, gen_random_uuid(), 'tag', '{}', $q$'99:ab3f:berlin'$q$::tsvector),
          (gen_random_uuid(), gen_random_uuid(), 'tag', '{}', null)`,
        [tenantId],
      );
      await admin.query(
        `insert into formwork.records (tenant_id, id, entity_type, data, l1) select $1, gen_random_uuid(), 'tag', '{}', id
          from formwork.records where tenant_id <> $1`,
        [tenantId],
      );
    });
    const environment = { DATABASE_URL: clone.adminUrl, FORMWORK_SYSTEM_URL: clone.systemUrl };
    const outcome = await formwork('verify --all', environment);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/records: Rows of a tenant that does not exist/);
    expect(outcome.stderr).toMatch(/records: Records of an entity type that their tenant does not have/);
    expect(outcome.stderr).toMatch(/records: Links \(l1\) that lead to no record of their own tenant/);
    expect(outcome.stderr).toMatch(/records: Words that stand under the number of another tenant/);
    expect((await formwork('verify --all --json', environment)).json()).toMatchObject({
      apart: { findings: expect.arrayContaining([expect.objectContaining({ table: 'records', count: 1 })]) },
    });
  } finally {
    await clone.drop();
  }
});

test('tenant report says what every tenant has', async () => {
  const sizes = (await formwork('tenant report --json')).json<readonly object[]>();
  expect(sizes).toMatchObject([
    { slug: 'acme', entities: expect.any(Number), records: 0, keys: 1, documents: 0, documentMode: 'off' },
    { slug: 'globex' },
  ]);
  expect((await formwork('tenant report')).stdout).toMatch(/^SLUG .*\nacme .* never\nglobex /);
  expect((await uses())[0]).toMatchObject({ job: 'tenant report', outcome: { tenants: 2 } });
});

test('what needs it says how to come by it, and verify works without', async () => {
  const environment = { FORMWORK_SYSTEM_URL: '' };
  for (const words of ['verify --all', 'tenant report']) {
    expect(await formwork(words, environment)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/FORMWORK_SYSTEM_URL.*formwork system enable/),
    });
  }
  expect(await formwork('verify', environment)).toMatchObject({ code: 0 });
  expect(await formwork('audit list', environment)).toMatchObject({ code: 0 });
  expect(await formwork('verify --all', { FORMWORK_SYSTEM_URL: database.adminUrl })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is a superuser.*formwork system enable/),
  });
  expect(await formwork('verify --all', { FORMWORK_SYSTEM_URL: 'x' })).toMatchObject({ code: 2 });
  expect(await formwork('verify --all --tenant acme')).toMatchObject({ code: 2 });
  expect(await formwork('audit list --last 0')).toMatchObject({ code: 2 });
});

test('no room but this one opens the system plane', () => {
  const packages = join(import.meta.dirname, '../..');
  const users = readdirSync(packages).filter((room) => {
    const source = join(packages, room, 'src');
    return (
      existsSync(source) &&
      readdirSync(source, { recursive: true, encoding: 'utf8' }).some(
        (file) =>
          file.endsWith('.ts') && readFileSync(join(source, file), 'utf8').includes('connectSystemPlane'),
      )
    );
  });
  expect(users).toEqual(['cli', 'pg']);
});

test('enable gives the URL that is to be set', async () => {
  const { url } = (await formwork('system enable --json')).json<{ url: string }>();
  expect(new URL(url).username).toBe('formwork_system');
  expect((await formwork('system enable')).stdout).toContain(`FORMWORK_SYSTEM_URL=${url}`);
  expect(await formwork('tenant report', { FORMWORK_SYSTEM_URL: url })).toMatchObject({ code: 0 });
});

test('on the embedded Postgres it is off, is turned on by a command, is found then, and is turned off', async () => {
  const dataDir = join(scratch.path, 'data');
  // Held, so that it is started once.
  const held = await openPostgres({ dataDir });
  try {
    const embedded = (words: string) =>
      runHere(words.split(' '), { environment: { FORMWORK_DATA_DIR: dataDir } });
    expect((await embedded('system status')).stdout).toBe('The system role is off.\n');
    expect(await embedded('verify --all')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is off: "formwork system enable" turns it on/),
    });
    expect(await embedded('system enable')).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('postgres:'),
    });
    expect((await embedded('system status --json')).json()).toEqual({ enabled: true });
    expect(await embedded('verify --all')).toMatchObject({ code: 0 });
    expect((await embedded('audit list --json')).json()).toMatchObject([
      { job: 'verify --all', result: 'done' },
    ]);
    const { url } = (await embedded('system enable --json')).json<{ url: string }>();
    expect(await embedded('system disable')).toMatchObject({ code: 0 });
    await expect(withAdmin(url, async () => {})).rejects.toThrow();
    expect(await embedded('verify --all')).toMatchObject({ code: 1 });
  } finally {
    await held.stop();
  }
});
