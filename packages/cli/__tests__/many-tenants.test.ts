import { asAdmin, createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { countProgress } from '../src/count-progress.ts';
import { readTemplate } from '../src/templates.ts';
import { type Outcome, runHere } from './command-line.ts';

/* Commands that go through all tenants. */

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createTestTenant(database, 'acme', await readTemplate('marketplace'));
  await createTestTenant(database, 'globex', await readTemplate('aviation'));
});
afterAll(() => database.drop());

const formwork = (words: string, interrupted?: AbortSignal): Promise<Outcome> =>
  runHere(words.split(' '), {
    environment: { DATABASE_URL: database.adminUrl },
    ...(interrupted && { interrupted }),
  });

test('registry refresh puts back what was derived and is not there, of those tenants that need it', async () => {
  expect((await formwork('registry refresh')).stdout).toBe(
    'Nothing to do: all is as this Formwork derives it.\n',
  );
  await asAdmin(database, async (admin) => {
    const { rows } = await admin.query(
      `select e.view_name as name from formwork.entity_types e join formwork.tenants t on t.id = e.tenant_id
       where t.slug = 'globex' limit 1`,
    );
    await admin.query(`drop view formwork_views.${rows[0].name}`);
  });
  expect((await formwork('verify --tenant globex')).stderr).toContain('run "formwork registry refresh"');
  expect(await formwork('registry refresh --json')).toMatchObject({
    code: 0,
    stdout: JSON.stringify({ tenants: 2, refreshed: ['globex'] }, null, 2).concat('\n'),
  });
  expect((await formwork('verify')).code).toBe(0);
  expect((await formwork('registry refresh --tenant acme')).stdout).toContain('Nothing to do');
});

test('what is interrupted says how far it came', async () => {
  for (const command of ['registry refresh', 'verify']) {
    const { code, stderr } = await formwork(command, AbortSignal.abort());
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Interrupted: 0 of 2 tenants were/)]);
  }
});

test('says now and then how far it has come, and nothing to machines', () => {
  const lines: string[] = [];
  const error = { write: (line: string) => lines.push(line) > 0 } as never;
  const tell = (isQuiet: boolean, interval: number) =>
    countProgress({ error }, { of: 9, what: 'tenants were verified', isQuiet }, interval)(3);
  tell(true, 0);
  tell(false, 60_000);
  expect(lines).toEqual([]);
  tell(false, 0);
  expect(lines).toEqual(['3 of 9 tenants were verified …\n']);
});

test('a tenant whose registry somebody has broken is named with what is wrong, and holds up no other', async () => {
  await createTestTenant(database, 'hooli', await readTemplate('aviation'));
  await asAdmin(database, (admin) =>
    admin.query(`update formwork.fields f set options = '{"target": "nowhere"}' from formwork.tenants t
      where t.id = f.tenant_id and t.slug = 'hooli' and f.type = 'link'`),
  );
  const verified = await formwork('verify');
  expect([verified.code, verified.stdout]).toEqual([1, expect.stringMatching(/globex: .* no drift/)]);
  expect(verified.stderr).toMatch(
    /hooli: entities\[\d\]\.fields\[\d\]\.options\.target: The registry as it is stored is broken: .*"nowhere"/,
  );
  const refreshed = await formwork('registry refresh');
  expect([refreshed.code, refreshed.stdout]).toEqual([1, expect.stringContaining('Nothing to do')]);
  expect(refreshed.stderr).toMatch(/for their registries are broken .*: hooli\.\n$/);
  const applied = await formwork('registry export --tenant hooli');
  expect(applied.stderr).toMatch(/^The registry as it is stored is broken: .*\n {2}- entities.*"nowhere"/);
});
