import { randomUUID } from 'node:crypto';
import { connectControlPlane } from '@formwork/pg';
import { applyChange } from '@formwork/registry-store';
import {
  asAdmin,
  createTestDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from '@formwork/testkit';
import { runHere } from './command-line.ts';

let database: TestDatabase;
let tenant: TestTenant;

const document = {
  formwork: 1,
  entities: [
    {
      key: 'flat',
      fields: [
        { key: 'name', type: 'text' },
        { key: 'rent', type: 'text' },
      ],
    },
  ],
};

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await createTestTenant(database, 'rentals', document);
});
afterAll(() => database.drop());

const formwork = (...words: readonly string[]) =>
  runHere(words, { environment: { DATABASE_URL: database.adminUrl } });

async function plant(...rents: readonly string[]): Promise<void> {
  await asAdmin(database, async (admin) => {
    for (const rent of rents) {
      await admin.query(
        `insert into formwork.records (tenant_id, entity_type, data) values ($1, 'flat', $2)`,
        [tenant.tenantId, JSON.stringify({ rent })],
      );
    }
  });
}

test('a job is listed, shown, compared, paused, run, blocked by a value, and tried again', async () => {
  await plant('1', '2');
  expect((await formwork('jobs', 'list', '--tenant', 'rentals')).stdout).toBe('There are no jobs.\n');
  const control = connectControlPlane({ url: database.designerUrl });
  await applyChange(
    control,
    tenant.tenantId,
    { changes: [{ changeType: { entity: 'flat', field: 'rent', type: 'integer' } }] },
    { appliedBy: 'test' },
  );
  await control.close();
  await plant('on request');

  const listed = await formwork('jobs', 'list', '--tenant', 'rentals', '--json');
  const { jobs } = listed.json<{ jobs: { id: string }[] }>();
  expect(jobs).toMatchObject([{ name: 'flat.rent_integer', state: 'waiting' }]);
  const id = jobs[0]?.id ?? '';
  const parity = await formwork('jobs', 'parity', '--tenant', 'rentals');
  expect(parity.code).toBe(2);
  expect(parity.stdout).toMatch(
    /^flat\.rent_integer \(being filled\): 3 records differ, 1 of them with a value that cannot be converted: /,
  );

  const tell = (what: string) => formwork('jobs', what, '--tenant', 'rentals', id);
  expect((await tell('pause')).stdout).toBe(`Job ${id}: flat.rent_integer is paused, 0 of 0 records.\n`);
  expect(await tell('pause')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'The job is paused, and only one that is waiting or running can be paused.',
    ),
  });
  expect((await tell('resume')).code).toBe(0);
  const blocked = await formwork('jobs', 'run', '--tenant', 'rentals');
  expect(blocked.code).toBe(1);
  expect(blocked.stderr).toMatch(/flat\.rent_integer is blocked: There is 1 record of "flat".*retry the job/);
  expect((await tell('show')).stdout).toMatch(/is blocked, 3 of 3 records\.\nThere is 1 record/);

  await asAdmin(database, (admin) =>
    admin.query(
      `update formwork.records set data = data || '{"rent": "3"}' where data ->> 'rent' = 'on request'`,
    ),
  );
  expect((await tell('retry')).code).toBe(0);
  expect(await formwork('jobs', 'run', '--tenant', 'rentals')).toMatchObject({
    code: 0,
    stdout: 'All jobs are done.\n',
  });
  expect(await formwork('jobs', 'parity', '--tenant', 'rentals')).toMatchObject({
    code: 0,
    stdout: 'flat.rent_integer (served): no record differs.\n',
  });
});

test('a job that there is not is said so', async () => {
  for (const id of [randomUUID(), 'none']) {
    expect(await formwork('jobs', 'retry', '--tenant', 'rentals', id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`There is no job "${id}".`),
    });
  }
});
