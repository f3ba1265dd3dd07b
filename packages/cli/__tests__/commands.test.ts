import { readFileSync } from 'node:fs';
import { settings } from '@formwork/gateway';
import { asAdmin, createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { readTemplate } from '../src/templates.ts';
import { type Outcome, type RunOptions, runHere, Scratch } from './command-line.ts';

const scratch = new Scratch();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createTestTenant(database, 'acme', await readTemplate('marketplace'));
});

afterAll(async () => {
  await database.drop();
  scratch.remove();
});

function formwork(words: string, options: RunOptions = {}): Promise<Outcome> {
  return runHere(words.split(' '), {
    ...options,
    environment: { DATABASE_URL: database.adminUrl, ...options.environment },
  });
}

describe('help', () => {
  test('lists every environment variable with its default', async () => {
    const { code, stdout } = await formwork('--help');
    expect(code).toBe(0);
    for (const { name, default: value } of Object.values(settings)) {
      expect(stdout).toContain(name);
      if (value !== null) expect(stdout).toContain(`(default: ${value})`);
    }
  });

  test.each([
    'start',
    'migrate',
    'tenant create',
    'tenant list',
    'tenant report',
    'key create',
    'key list',
    'key revoke',
    'registry apply',
    'registry diff',
    'registry plan',
    'registry export',
    'registry schema',
    'documents mode',
    'documents add',
    'documents list',
    'documents check',
    'documents remove',
    'import',
    'verify',
    'system enable',
    'system disable',
    'system status',
    'audit list',
  ])('of "%s" has examples', async (command) => {
    const { code, stdout } = await formwork(`${command} --help`);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`Examples:\\n {2}.*formwork ${command}`)),
    ]);
  });

  test('is where wrong usage points, with exit code 2', async () => {
    for (const words of [
      'impotr',
      'tenant',
      'tenant create',
      'tenant create a --nmae b',
      'key create --tenant acme',
      'start --port x',
    ]) {
      const { code, stdout, stderr } = await formwork(words);
      expect([words, code, stdout]).toEqual([words, 2, '']);
      expect(stderr).toMatch(/--help|Usage:/);
    }
    expect((await formwork('impotr')).stderr).toMatch(/Did you mean import\?/);
  });

  test('--version prints the version', async () => {
    const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../package.json`, 'utf8'));
    expect(await formwork('--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

test('a variable that cannot be read is told before anything happens, with exit code 2', async () => {
  const environment = { FORMWORK_PORT: 'http', FORMWORK_LOG_LEVEL: 'loud' };
  const { code, stderr } = await formwork('tenant list', { environment });
  expect(code).toBe(2);
  expect(stderr).toMatch(/FORMWORK_PORT must be a whole number/);
  expect(stderr).toMatch(/FORMWORK_LOG_LEVEL must be one of/);
});

test('a Postgres that does not answer is one sentence, and a stack trace only for who debugs', async () => {
  const environment = { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' };
  const { code, stderr } = await formwork('tenant list', { environment });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  const { stderr: debug } = await formwork('tenant list', {
    environment: { ...environment, FORMWORK_LOG_LEVEL: 'debug' },
  });
  expect(debug).toMatch(/\n\s+at /);
});

test('migrate says what it applied', async () => {
  expect(await formwork('migrate')).toMatchObject({ code: 0, stdout: 'The database was up to date.\n' });
  expect((await formwork('migrate --json')).json()).toEqual({ applied: [] });
});

describe('tenants', () => {
  test('are made, with a design or without, and listed', async () => {
    const { code, json } = await formwork('tenant create new-one --json');
    expect([code, json()]).toEqual([
      0,
      { id: expect.any(String), slug: 'new-one', name: 'new-one', registryVersion: 0 },
    ]);
    const made = await runHere(
      ['tenant', 'create', 'flyers', '--name', 'Flyers & Co', '--template', 'aviation'],
      {
        environment: { DATABASE_URL: database.adminUrl },
      },
    );
    expect(made.stdout).toMatch(/"flyers" is made, with the design "aviation"/);
    expect((await formwork('tenant list --json')).json()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ slug: 'flyers', name: 'Flyers & Co', registryVersion: 1 }),
      ]),
    );
    expect((await formwork('tenant list')).stdout).toMatch(/^SLUG +NAME +REGISTRY +ID\n/);
  });

  test.each([
    ['tenant create acme', 1, /already/],
    ['tenant create Acme', 1, /"Acme" cannot name a tenant/],
    ['tenant create a;drop', 1, /cannot name a tenant/],
    ['tenant create fine --template nope', 2, /Allowed choices are aviation, marketplace/],
  ])('are not made wrongly: %s', async (words, code, message) => {
    expect(await formwork(words)).toEqual(
      expect.objectContaining({ code, stderr: expect.stringMatching(message) }),
    );
  });
});

describe('keys', () => {
  test('are shown once, listed without their text, and revoked', async () => {
    const { code, json } = await formwork(
      'key create --tenant acme --role editor --label nightly --expires 90d --json',
    );
    const made = json<{ id: string; key: string; expiresAt: string }>();
    expect([code, made.key]).toEqual([0, expect.stringMatching(/^fw_acme_[\w-]{43}$/)]);
    expect(Date.parse(made.expiresAt) - Date.now()).toBeGreaterThan(89.9 * 86_400_000);
    const list = await formwork('key list --tenant acme --json');
    expect(list.json()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: made.id, role: 'editor', label: 'nightly', revokedAt: null }),
      ]),
    );
    expect(list.stdout).not.toContain(made.key);
    expect(await formwork(`key revoke ${made.id} --tenant acme`)).toMatchObject({
      code: 0,
      stdout: `Key ${made.id} is revoked.\n`,
    });
    expect((await formwork('key list --tenant acme')).stdout).toMatch(/revoked \d{4}-\d\d-\d\d/);
  });

  test('carry claims: text, JSON, and lists of what is given twice', async () => {
    const { json } = await formwork(
      'key create --tenant acme --role viewer --claim email=ann=x@example.com --claim level:=3 --claim team=a --claim team=b --json',
    );
    const { id } = json<{ id: string }>();
    const claims = { email: 'ann=x@example.com', level: 3, team: ['a', 'b'] };
    expect((await formwork('key list --tenant acme --json')).json()).toContainEqual(
      expect.objectContaining({ id, claims }),
    );
  });

  test('are alone on the first line, for who reads it', async () => {
    const { stdout } = await formwork('key create --tenant acme --role viewer');
    expect(stdout.split('\n')[0]).toMatch(/^fw_acme_[\w-]{43}$/);
  });

  test.each([
    [
      'key create --tenant acme --role boss',
      1,
      /no role "boss"\. The roles are "viewer", "editor", "designer", "admin"/,
    ],
    ['key create --tenant acem --role viewer', 1, /no tenant "acem"\. Did you mean "acme"\?/],
    ['key create --tenant acme --role viewer --claim email', 2, /Write email=/],
    ['key create --tenant acme --role viewer --claim level:=x', 2, /must be JSON/],
    ['key create --tenant acme --role viewer --claim actor=x', 1, /told by Formwork/],
    ['key create --tenant acme --role viewer --expires soon', 2, /Write 90d/],
    ['key create --tenant acme --role viewer --expires 2001-01-01', 1, /in the past/],
    ['key create --tenant acme --role viewer --expires 9999999y', 2, /Write 90d/],
    ['key list --tenant nobody', 1, /no tenant "nobody"/],
    ['key revoke 123 --tenant acme', 1, /no key "123"/],
    ['key revoke 019a9f3e-6c1b-7d4e-8a51-0c6d3f6b2a10 --tenant acme', 1, /no key "019a9f3e/],
  ])('are not made or ended wrongly: %s', async (words, code, message) => {
    const result = await formwork(words);
    expect(result).toEqual(expect.objectContaining({ code, stderr: expect.stringMatching(message) }));
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a registry', () => {
  const design = { formwork: 1, entities: [{ key: 'note', fields: [{ key: 'title', type: 'text' }] }] };

  test('is applied, exported, and applied again without a change', async () => {
    await formwork('tenant create writers');
    const file = scratch.file('design.json', `\uFEFF${JSON.stringify(design)}`);
    expect((await formwork(`registry apply --tenant writers ${file} --json`)).json()).toMatchObject({
      version: 1,
      changed: true,
    });
    const output = `${scratch.path}/exported.json`;
    expect(await formwork(`registry export --tenant writers -o ${output}`)).toMatchObject({
      code: 0,
      stdout: '',
    });
    const { stdout } = await formwork('registry export --tenant writers');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(output, 'utf8')));
    const again = await formwork('registry apply --tenant writers - --json', { input: stdout });
    expect(again.json()).toMatchObject({ version: 1, changed: false });
  });

  test('is only looked at in a dry run, and refused at another version', async () => {
    const next = {
      ...design,
      entities: [{ ...design.entities[0], fields: [{ key: 'body', type: 'long_text' }] }],
    };
    const file = scratch.file('next.json', JSON.stringify(next));
    const { stdout } = await formwork(`registry apply --tenant writers ${file} --dry-run`);
    expect(stdout).toMatch(/note\.body.*added[\s\S]*Nothing was applied/);
    expect(await formwork(`registry apply --tenant writers ${file} --expected-version 7`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/at version 1, but the change was made for version 7/),
    });
    expect((await formwork('tenant list --json')).json()).toEqual(
      expect.arrayContaining([expect.objectContaining({ slug: 'writers', registryVersion: 1 })]),
    );
  });

  test.each([
    ['is no JSON', '{"formwork": 1,\n  entities: []}', /is not JSON: .*line 2, column 3/],
    ['is no object', '[1]', /refused/],
    ['is empty', '', /is not JSON/],
    ['is of an unknown version', '{"formwork":7,"entities":[]}', /formwork.*7|7.*formwork/],
    [
      'has a key that is SQL',
      '{"formwork":1,"entities":[{"key":"; drop table records; --","fields":[]}]}',
      /"; drop table records; --"/,
    ],
    [
      'has a key that is too long',
      `{"formwork":1,"entities":[{"key":"${'a'.repeat(64)}","fields":[]}]}`,
      /50/,
    ],
    [
      'has two keys for one name',
      '{"formwork":1,"entities":[{"key":"a","fields":[{"key":"b_c","type":"text"},{"key":"b__c","type":"text"}]}]}',
      /"b__c"/,
    ],
    [
      'has an unknown type',
      '{"formwork":1,"entities":[{"key":"a","fields":[{"key":"b","type":"texxt"}]}]}',
      /"texxt".*Did you mean "text"\?/,
    ],
    [
      'links to nothing',
      '{"formwork":1,"entities":[{"key":"a","fields":[{"key":"b","type":"link","options":{"target":"c"}}]}]}',
      /"c"/,
    ],
    [
      'has a reserved name',
      '{"formwork":1,"entities":[{"key":"query","fields":[{"key":"b","type":"text"}]}]}',
      /query/i,
    ],
    [
      'reaches for prototypes',
      '{"formwork":1,"entities":[{"key":"a","__proto__":{"x":1},"constructor":1,"fields":[]}]}',
      /"__proto__"|"constructor"/,
    ],
  ])('that %s is refused, and nothing applied', async (_, document, message) => {
    const file = scratch.file('wrong.json', document);
    const { code, stdout, stderr } = await formwork(`registry apply --tenant acme ${file}`);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('that was refused has left no trace', async () => {
    expect((await formwork('tenant list --json')).json()).toEqual(
      expect.arrayContaining([expect.objectContaining({ slug: 'acme', registryVersion: 1 })]),
    );
  });

  test('that is wrong is told to machines with codes and paths', async () => {
    const input = '{"formwork":1,"entities":[{"key":"A","fields":[{"key":"b","type":"x"}]}]}';
    const { code, json } = await formwork('registry apply --tenant acme - --json', { input });
    expect(code).toBe(1);
    expect(json()).toMatchObject({
      error: expect.any(String),
      refused: expect.arrayContaining([
        { code: 'KEY_INVALID', path: 'entities[0].key', message: expect.any(String) },
        { code: 'TYPE_UNKNOWN', path: 'entities[0].fields[0].type', message: expect.any(String) },
      ]),
    });
  });

  test('comes from a file that is there, for a tenant that is there', async () => {
    expect((await formwork('registry apply --tenant acme /nowhere.json')).stderr).toMatch(
      /no file "\/nowhere\.json"/,
    );
    expect((await formwork(`registry apply --tenant acme ${scratch.path}`)).stderr).toMatch(/is a directory/);
    expect((await formwork('registry export --tenant nobody')).stderr).toMatch(/no tenant "nobody"/);
    await formwork('tenant create blank');
    expect(await formwork('registry export --tenant blank')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no registry yet/),
    });
    expect(await formwork('registry export --tenant acme -o /nowhere/x.json')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/"\/nowhere\/x\.json" cannot be written/),
    });
  });

  test('has a JSON Schema', async () => {
    const { code, json } = await formwork('registry schema');
    expect([code, json<{ $schema: string }>().$schema]).toEqual([0, expect.stringContaining('2020-12')]);
  });
});

describe('verify', () => {
  test('says what it looked at, and finds what has drifted', async () => {
    const file = scratch.file('tags.csv', 'name\nred\nblue\n');
    await formwork(`import --tenant acme --entity tag ${file}`);
    const clean = await formwork('verify --tenant acme');
    expect(clean).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^acme: 7 entities, 2 records, no drift\nZero drift/),
    });
    await asAdmin(database, async (admin) => {
      await admin.query('set session_replication_role = replica');
      await admin.query(
        "update formwork.records set u1 = 'drifted' where entity_type = 'tag' and data ->> 'name' = 'red'",
      );
    });
    const drifted = await formwork('verify --json');
    expect(drifted.code).toBe(1);
    expect(drifted.json()).toMatchObject({ drift: expect.any(Number) });
    expect(drifted.stderr).toMatch(/acme: tag/);
    expect((await formwork('verify --tenant writers')).code).toBe(0);
    expect((await formwork('verify --tenant nobody')).code).toBe(1);
  });
});
