import { connectControlPlane } from '@formwork/pg';
import { saveUsage } from '@formwork/registry-store';
import { createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { type Outcome, runHere, Scratch } from './command-line.ts';

/* `formwork registry diff|plan|apply`, as a pipeline runs them. */

const scratch = new Scratch();
let database: TestDatabase;

const airports = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      fields: [
        { key: 'iata', type: 'text', unique: true },
        { key: 'city', type: 'text' },
      ],
    },
  ],
};
const renamed = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      fields: [
        { key: 'iata', type: 'text', unique: true },
        { key: 'town', type: 'text', aliases: [{ key: 'city' }] },
      ],
    },
  ],
};

beforeAll(async () => {
  database = await createTestDatabase();
  await createTestTenant(database, 'acme', airports);
  await createTestTenant(database, 'other', airports);
});

afterAll(async () => {
  await database.drop();
  scratch.remove();
});

function formwork(words: string, file?: unknown): Promise<Outcome> {
  const input = file === undefined ? {} : { input: JSON.stringify(file) };
  return runHere(words.split(' '), { ...input, environment: { DATABASE_URL: database.adminUrl } });
}

describe.each(['diff', 'plan'])('registry %s', (command) => {
  test('ends with 0 where the registry is as the file says', async () => {
    const { code, stdout } = await formwork(`registry ${command} --tenant acme -`, airports);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing to change')]);
  });

  test('ends with 2 where there is something to apply, and says what', async () => {
    const { code, stdout, stderr } = await formwork(`registry ${command} --tenant acme -`, renamed);
    expect([code, stderr]).toEqual([2, '']);
    expect(stdout).toContain('Field "airport.town": key changed from "city" to "town".');
  });

  test.each([
    ['what is wrong with the file', `registry ${command} --tenant acme -`, { formwork: 1 }],
    ['a tenant that there is not', `registry ${command} --tenant nobody -`, airports],
    ['a stale version', `registry ${command} --tenant acme --expect-version 7 -`, airports],
    ['an option that there is not', `registry ${command} --tenant acme --sdll -`, airports],
    ['a tenant that is not given', `registry ${command} -`, airports],
    ['a version that is none', `registry ${command} --tenant acme --expect-version x -`, airports],
    ['a list of changes that is none', `registry ${command} --tenant acme -`, [{ renameField: 1 }]],
  ])('ends with 1 for %s', async (_, words, file) => {
    const { code, stdout, stderr } = await formwork(words, file);
    expect(code).toBe(1);
    expect(stderr).not.toBe('');
    expect(stdout).not.toContain('    at ');
  });
});

test('a plan says what it means to clients, and how the schema would change', async () => {
  const removed = {
    formwork: 1,
    entities: [{ key: 'airport', fields: [{ key: 'iata', type: 'text', unique: true }] }],
  };
  const documents = { cities: 'query Cities { airports { nodes { city } } }' };
  expect((await formwork('documents add --tenant acme -', documents)).code).toBe(0);
  const { code, stdout } = await formwork('registry plan --tenant acme --sdl -', removed);
  expect(code).toBe(2);
  expect(stdout).toMatch(
    /Trusted documents that would not run any more:\n {2}- sha256:[0-9a-f]{64}, "Cities": Cannot query field "city" on type "Airport"\./,
  );
  expect(stdout).toContain('For clients that is BREAKING:');
  expect(stdout).toContain('  - BREAKING FIELD_REMOVED: Airport.city was removed.');
  expect(stdout).toContain('\n-  city: String\n');
  const plan = await formwork('registry plan --tenant acme --json -', removed);
  expect([plan.code, plan.json<{ level: string }>().level]).toEqual([2, 'BREAKING']);
});

describe('a document that leaves out what clients use', () => {
  const [airport] = airports.entities;
  const [iata, city] = airport?.fields ?? [];
  const documentOf = (...fields: readonly object[]) => ({ formwork: 1, entities: [{ ...airport, fields }] });

  async function inUse(slug: string, field: object | undefined): Promise<void> {
    const { tenantId } = await createTestTenant(database, slug, documentOf({ ...iata }, { ...field }));
    const use = { entityType: 'airport', field: 'city', name: 'city', client: 'old-app', clientVersion: '' };
    const control = connectControlPlane({ url: database.designerUrl });
    await saveUsage(control, tenantId, [{ ...use, operation: 'Cities', ways: ['filter'], uses: 1, age: 0 }]);
    await control.close();
  }

  test('is planned with their names, and applied', async () => {
    await inUse('plain', city);
    const left = documentOf({ ...iata });
    const plan = await formwork('registry plan --tenant plain -', left);
    expect([plan.code, plan.stdout]).toEqual([
      2,
      expect.stringMatching(/"airport\.city" by "old-app" in operation "Cities" \(filter\), last at 2/),
    ]);
    expect((await formwork('registry apply --tenant plain -', left)).code).toBe(0);
  });

  test('and was deprecated is refused, and says who they are; --force insists', async () => {
    await inUse('used', { ...city, deprecated: { reason: 'Gone.' } });
    const left = documentOf({ ...iata });
    for (const words of ['diff', 'plan', 'apply --dry-run', 'apply']) {
      const { code, stderr } = await formwork(`registry ${words} --tenant used -`, left);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          /entities\[0\]\.fields: The field "airport\.city" was used .* "old-app" in operation "Cities" .*--force/,
        ),
      ]);
    }
    expect((await formwork('registry diff --tenant used --force -', left)).code).toBe(2);
    const forced = await formwork('registry apply --tenant used --json --force -', left);
    expect(forced.json()).toMatchObject({ version: 2, changed: true });
  });
});

test('a list of changes can be planned and applied, and a second time it is refused', async () => {
  const changes = [{ renameField: { entity: 'airport', field: 'city', to: 'town' } }];
  expect((await formwork('registry plan --tenant other -', changes)).code).toBe(2);
  expect((await formwork('registry apply --tenant other --expect-version 1 -', changes)).code).toBe(0);
  const again = await formwork('registry apply --tenant other -', changes);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('changes[0].renameField.field')]);
});

test('applying is idempotent: what was pending is not pending any more', async () => {
  expect((await formwork('registry apply --tenant acme --expect-version 1 -', renamed)).code).toBe(0);
  expect((await formwork('registry diff --tenant acme -', renamed)).code).toBe(0);
  const again = await formwork('registry apply --tenant acme --json -', renamed);
  expect(again.json()).toMatchObject({ version: 2, changed: false });
  const stale = await formwork('registry apply --tenant acme --expect-version 1 -', airports);
  expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('at version 2')]);
  const { stdout } = await formwork('registry export --tenant acme');
  expect((await formwork('registry diff --tenant acme -', JSON.parse(stdout))).code).toBe(0);
});
