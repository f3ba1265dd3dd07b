import { randomUUID } from 'node:crypto';
import type { Change, Problem } from '@formwork/registry';
import {
  applyChange,
  checkChange,
  exportRegistry,
  loadTenantRegistry,
  pauseJob,
  readHistory,
  readJobs,
  resumeJob,
  retryJob,
  verify,
  workOffJobs,
} from '@formwork/registry-store';
import { claimJob } from '../src/jobs/claim-job.ts';
import { fillBatch } from '../src/jobs/fill-batch.ts';
import { serveSlots } from '../src/jobs/serve-slots.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

/* Slots and keys of more records than one change touches: a job fills them, while everybody goes on. */

const homes = documentOf({
  key: 'home',
  fields: [
    { key: 'code', type: 'text' },
    { key: 'rent', type: 'integer' },
    { key: 'town', type: 'text' },
    { key: 'built', type: 'date' },
  ],
});
const indexRent: Change = { indexField: { entity: 'home', field: 'rent' } };
const uniqueCode: Change = { changeField: { entity: 'home', field: 'code', unique: true } };
const commonCode: Change = { changeField: { entity: 'home', field: 'code', unique: false } };

let setup: Setup;
let tenant: string;

beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.close());

beforeEach(async () => {
  tenant = await setup.tenant();
  await setup.apply(tenant, homes);
  await write(7);
});

afterEach(async () => {
  expect(await verify(setup.control, tenant)).toEqual([]);
  // A job that a test leaves behind is no other test's work.
  await setup.rows('delete from formwork.job_queue');
});

const write = (count: number, from = 0) =>
  setup.write(
    tenant,
    'home',
    ...Array.from({ length: count }, (_, n) => ({ code: `c${from + n}`, rent: from + n, town: 'Oslo' })),
  );
const change = (...changes: Change[]) =>
  applyChange(setup.control, tenant, { changes }, { appliedBy: 'test', fillLimit: 3 });
const work = (options = {}) =>
  workOffJobs(setup.control, { tenantId: tenant, load: 100, batch: 2, ...options });
const theJob = async () => (await readJobs(setup.control, tenant))[0];
const home = async () => (await loadTenantRegistry(setup.control, tenant)).registry?.entities[0];
const slotsOf = async () => {
  const entity = await home();
  return [...(entity?.fields ?? []), ...(entity?.keys ?? [])].flatMap(({ key, slot }) =>
    slot ? `${key}:${slot.column}:${slot.state}` : [],
  );
};
const filled = async (column: string) => {
  const [row] = await setup.rows(
    `select count(${column})::int as filled from formwork.records where tenant_id = $1`,
    tenant,
  );
  return row?.filled;
};
async function problemsOf(...changes: Change[]): Promise<unknown> {
  const error: unknown = await change(...changes).then(
    () => null,
    (caught: unknown) => caught,
  );
  return (error as { problems?: unknown } | null)?.problems ?? error;
}

test('an index of many records is filled by a job, and used once all of them are in it', async () => {
  const preview = await checkChange(setup.control, tenant, { changes: [indexRent] }, { fillLimit: 3 });
  expect(preview).toMatchObject({ problems: [], backfill: [{ entity: 'home', records: 7 }] });
  const { version } = await change(indexRent);
  expect(await slotsOf()).toEqual(['rent:n1:filling']);
  expect(await theJob()).toMatchObject({ kind: 'fill', entityType: 'home', field: '', state: 'waiting' });
  expect(await filled('n1')).toBe(0);
  const before = (await home())?.viewName;
  await work();
  expect(await slotsOf()).toEqual(['rent:n1:ready']);
  expect((await home())?.viewName).not.toBe(before);
  expect(await filled('n1')).toBe(7);
  expect(await theJob()).toMatchObject({ state: 'done', done: 7, total: 7, error: null });
  const [latest] = await readHistory(setup.control, tenant, { first: 1, documents: false });
  expect(latest).toMatchObject({ version: version + 1, appliedBy: expect.stringMatching(/^job:/) });
  expect(latest?.changes.map(({ message }) => message)).toEqual([
    'Field "home.rent": its index is filled, and used.',
  ]);
});

test('of few records it is filled with the change, without a job', async () => {
  await applyChange(setup.control, tenant, { changes: [indexRent] }, { appliedBy: 'test', fillLimit: 7 });
  expect([await slotsOf(), await filled('n1'), await theJob()]).toEqual([['rent:n1:ready'], 7, undefined]);
});

test('what is written meanwhile is in the index at once, and the same change again changes nothing', async () => {
  await change(indexRent);
  await write(2, 100);
  expect(await filled('n1')).toBe(2);
  const document = await exportRegistry(setup.control, tenant);
  expect(await setup.apply(tenant, document, { fillLimit: 3 })).toMatchObject({ changed: false });
  await work();
  expect(await filled('n1')).toBe(9);
});

test('another change of the design leaves what is being filled as it is', async () => {
  await change(indexRent);
  await change({ relabelField: { entity: 'home', field: 'town', label: 'City' } });
  expect(await slotsOf()).toEqual(['rent:n1:filling']);
  expect(await readJobs(setup.control, tenant)).toHaveLength(1);
  await work();
  expect(await slotsOf()).toEqual(['rent:n1:ready']);
});

test('a second index begins the job anew, for the records that it has passed', async () => {
  await change(indexRent);
  const claim = await claimJob(setup.control, randomUUID(), { tenantId: tenant });
  if (claim === null) throw new Error('There is no job.');
  expect(await fillBatch(setup.control, claim, 5, 'nothing')).toBe('more');
  await change({ indexField: { entity: 'home', field: 'town' } });
  expect(await theJob()).toMatchObject({ done: 0, state: 'waiting' });
  expect(await serveSlots(setup.control, claim)).toBe(false);
  await setup.rows('update formwork.job_queue set claimed_by = null');
  await work();
  expect(await slotsOf()).toEqual(['rent:n1:ready', 'town:t1:ready']);
  expect([await filled('n1'), await filled('t1')]).toEqual([7, 7]);
});

test('a change that touches few enough records fills what is left too', async () => {
  await change(indexRent);
  await setup.rows("delete from formwork.records where tenant_id = $1 and data ->> 'code' > 'c2'", tenant);
  await change({ indexField: { entity: 'home', field: 'town' } });
  expect(await slotsOf()).toEqual(['rent:n1:ready', 'town:t1:ready']);
  expect(await theJob()).toMatchObject({ state: 'cancelled' });
});

describe('a unique key of many records', () => {
  test('refuses what is written twice from the beginning, and is a key once it is filled', async () => {
    await change(uniqueCode);
    await write(1, 100);
    await expect(write(1, 100)).rejects.toMatchObject({ sqlstate: '23505' });
    expect(await slotsOf()).toEqual(['code:u1:filling']);
    await work();
    expect([await slotsOf(), await filled('u1')]).toEqual([['code:u1:ready'], 8]);
    await expect(write(1, 3)).rejects.toMatchObject({ sqlstate: '23505' });
  });

  test('is refused while records share a value', async () => {
    const shared = [...(await write(1, 100)), ...(await write(1, 100))].sort();
    expect(await problemsOf(uniqueCode)).toEqual([
      expect.objectContaining({
        code: 'VALUES_NOT_UNIQUE',
        path: 'changes[0].changeField.unique',
        records: { count: 2, examples: shared },
      }),
    ]);
    expect(await theJob()).toBeUndefined();
  });

  test('stops its job at records that came to share a value, and goes on once they do not', async () => {
    await change(uniqueCode);
    const [twin] = await write(1, 5);
    await work();
    const blocked = await theJob();
    expect(blocked).toMatchObject({ state: 'blocked', misfits: 2, examples: expect.arrayContaining([twin]) });
    expect(blocked?.error).toMatch(
      /^There are 2 records of "home" that share the value of the unique key "code" with another: .*retry the job/,
    );
    expect(await slotsOf()).toEqual(['code:u1:filling']);
    await setup.rows('delete from formwork.records where id = $1', twin);
    await retryJob(setup.control, tenant, blocked?.id ?? '');
    await work();
    expect([await slotsOf(), await filled('u1')]).toEqual([['code:u1:ready'], 7]);
  });

  test('is given up again, before and after it is filled; its place is emptied by a job', async () => {
    const { version } = await change(uniqueCode);
    await applyChange(setup.control, tenant, { revert: version }, { appliedBy: 'test', fillLimit: 3 });
    expect(
      (await readJobs(setup.control, tenant)).map(({ kind, state }) => `${kind} ${state}`).sort(),
    ).toEqual(['fill cancelled', 'tidy waiting']);
    await work();
    await change(uniqueCode);
    await work();
    expect(await filled('u1')).toBe(7);
    await change(commonCode);
    await write(1, 3);
    expect(await problemsOf(uniqueCode)).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'STILL_FILLING' })]),
    );
    // What nobody looks at is no drift while a job is about to take it away.
    expect([await filled('u1'), await verify(setup.control, tenant)]).toEqual([7, []]);
    await work();
    expect([await slotsOf(), await filled('u1')]).toEqual([[], 0]);
  });
});

test('a link that is new to many records is there at once', async () => {
  const { registry } = await change({
    addField: { entity: 'home', field: { key: 'next', type: 'link', options: { target: 'home' } } },
  });
  expect(registry.entities[0]?.fieldByKey.get('next')?.slot?.state).toBe('filling');
  const [first] = await setup.rows('select id from formwork.records where tenant_id = $1 limit 1', tenant);
  const [second] = await setup.write(tenant, 'home', { code: 'linked', next: first?.id });
  await expect(
    setup.rows('delete from formwork.records where id = $1 returning id', first?.id),
  ).rejects.toMatchObject({ code: 'FW012' });
  await work();
  expect(await slotsOf()).toEqual(['next:l1:ready']);
  await setup.rows('delete from formwork.records where id = $1', second);
});

test('what cannot wait is still refused where it is too much at once', async () => {
  const search: Change = { changeEntity: { entity: 'home', searchable: ['town'] } };
  expect(await problemsOf(search, indexRent)).toEqual([
    expect.objectContaining({
      code: 'TOO_MANY_RECORDS',
      message: expect.stringMatching(
        /slots of 7 records of "home"; at most 3 .*FORMWORK_FILL_LIMIT=7 formwork registry apply/,
      ),
    }),
  ]);
});

test('of a list it is refused at the change with which it is too much', async () => {
  const search: Change = { changeEntity: { entity: 'home', searchable: ['town'] } };
  const label: Change = { relabelField: { entity: 'home', field: 'built', label: 'Built on' } };
  const placesOf = async (...changes: Change[]) =>
    ((await problemsOf(...changes)) as Problem[]).map(({ code, path }) => `${code} at ${path}`);
  const expected = ['TOO_MANY_RECORDS at changes[2].changeEntity'];
  expect(await placesOf(label, indexRent, search, uniqueCode)).toEqual(expected);
  const listed = { changes: [label, indexRent, search, uniqueCode] };
  const { problems } = await checkChange(setup.control, tenant, listed, { fillLimit: 3 });
  expect(problems.map(({ code, path }) => `${code} at ${path}`)).toEqual(expected);
  // Beside one that is wrong in itself.
  const wrong: Change = { dropKey: { entity: 'home', key: 'nothing' } };
  expect(await placesOf(wrong, label, search)).toEqual([
    'KEY_MISSING at changes[0].dropKey.key',
    ...expected,
  ]);
});

test('a worker that dies is taken over from, and what it had done stays done', async () => {
  await change(indexRent);
  const dead = await claimJob(setup.control, randomUUID(), { tenantId: tenant });
  if (dead === null) throw new Error('There is no job.');
  await fillBatch(setup.control, dead, 3, 'nothing');
  await setup.rows("update formwork.job_queue set seen_at = now() - interval '1 minute'");
  await work();
  expect(await theJob()).toMatchObject({ state: 'done', done: 7 });
  expect(await fillBatch(setup.control, dead, 3, 'nothing')).toBe('stopped');
});

test('it is paused and goes on where it was', async () => {
  await change(indexRent);
  const { id = '' } = (await theJob()) ?? {};
  await pauseJob(setup.control, tenant, id);
  await work();
  expect([await slotsOf(), await filled('n1')]).toEqual([['rent:n1:filling'], 0]);
  await resumeJob(setup.control, tenant, id);
  await work();
  expect(await slotsOf()).toEqual(['rent:n1:ready']);
});

/** Holds the record at that place from when it resolves until `free` is called. */
async function hold(place: number) {
  let free = () => {};
  const isHeld = new Promise<void>((resolve) => {
    free = resolve;
  });
  let isLocked = () => {};
  const locked = new Promise<void>((resolve) => {
    isLocked = resolve;
  });
  const holding = setup.control.withTenant(tenant, async (sql) => {
    await sql`
      select from formwork.records where id = (select id from formwork.records order by id offset ${place} limit 1)
      for no key update`;
    isLocked();
    await isHeld;
  });
  await locked;
  return { free, holding };
}

test('records that somebody holds without writing them are filled when they are free', async () => {
  await change(indexRent);
  const { free, holding } = await hold(3);
  const working = work();
  while ((await filled('n1')) !== 3);
  free();
  await Promise.all([holding, working]);
  expect([await slotsOf(), await filled('n1')]).toEqual([['rent:n1:ready'], 7]);
});

test('what is new while the first batch waits for a record is filled for those too that it had touched', async () => {
  await change(indexRent);
  const claim = await claimJob(setup.control, randomUUID(), { tenantId: tenant });
  if (claim === null) throw new Error('There is no job.');
  const { free, holding } = await hold(3);
  const batch = fillBatch(setup.control, claim, 5, 'nothing');
  while ((await filled('n1')) !== 4);
  const changing = change({ indexField: { entity: 'home', field: 'town' } });
  // Behind the record that the batch waits for, and before what the batch does next.
  const waiting = `select from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and mode = 'ExclusiveLock' and not granted and datname = current_database()`;
  while ((await setup.rows(waiting)).length === 0);
  free();
  await Promise.all([holding, changing, batch]);
  expect(await theJob()).toMatchObject({ done: 0 });
  await setup.rows("update formwork.job_queue set seen_at = now() - interval '1 minute'");
  await work();
  expect(await slotsOf()).toEqual(['rent:n1:ready', 'town:t1:ready']);
});

test('another tenant neither sees, stops nor fills it', async () => {
  const other = await setup.tenant();
  await setup.apply(other, homes);
  await change(indexRent);
  const { id = '' } = (await theJob()) ?? {};
  expect(await readJobs(setup.control, other)).toEqual([]);
  await expect(pauseJob(setup.control, other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const queued = await claimJob(setup.control, randomUUID(), { tenantId: other });
  expect(queued).toBeNull();
  const claim = { tenantId: other, jobId: id, worker: randomUUID() };
  await setup.rows('update formwork.job_queue set claimed_by = $1, seen_at = now()', claim.worker);
  expect(await fillBatch(setup.control, claim, 5, 'nothing')).toBe('stopped');
  expect(await serveSlots(setup.control, claim)).toBe(false);
  expect([await slotsOf(), await filled('n1')]).toEqual([['rent:n1:filling'], 0]);
});
