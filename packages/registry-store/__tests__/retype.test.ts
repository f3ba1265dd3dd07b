import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '@formwork/registry';
import {
  applyChange,
  pauseJob,
  readHistory,
  readJob,
  readJobs,
  readParity,
  resumeJob,
  retryJob,
  verify,
  workOffJobs,
} from '@formwork/registry-store';
import { claimJob } from '../src/jobs/claim-job.ts';
import { finishTidy } from '../src/jobs/end-job.ts';
import { fillBatch } from '../src/jobs/fill-batch.ts';
import type { Claim } from '../src/jobs/job.ts';
import { tidyLater } from '../src/jobs/start-jobs.ts';
import { makeStrict, switchField } from '../src/jobs/switch-field.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: string;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

/** Flats that somebody began to keep with the rent as text. */
const rentals = {
  formwork: 1,
  entities: [
    {
      key: 'flat',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'rent', type: 'text', required: true, indexed: true },
        { key: 'size', type: 'integer' },
      ],
    },
  ],
};

beforeEach(async () => {
  tenant = await setup.tenant();
  await setup.apply(tenant, rentals);
});

afterEach(async () => {
  expect(await verify(setup.control, tenant)).toEqual([]);
  // A job that a test leaves behind is no other test's work.
  await setup.rows('delete from formwork.job_queue');
});

const change = (...changes: Change[]) =>
  applyChange(setup.control, tenant, { changes }, { appliedBy: 'test', usageWindow: 30 });
const retype: Change = {
  changeType: { entity: 'flat', field: 'rent', type: 'decimal', newKey: 'monthly_rent' },
};
const contract: Change = { removeField: { entity: 'flat', field: 'rent' } };
const flats = (columns = "data ->> 'rent' as rent, data ->> 'monthly_rent' as monthly_rent") =>
  setup.rows(
    `select ${columns} from formwork.records where tenant_id = $1 and entity_type = 'flat' order by data ->> 'name'`,
    tenant,
  );
const write = (name: string, rest: object) => setup.write(tenant, 'flat', { name, ...rest });
const work = (options = {}) =>
  workOffJobs(setup.control, { tenantId: tenant, load: 100, batch: 2, ...options });
const theJob = async () => (await readJobs(setup.control, tenant))[0];
async function problemsOf(...changes: Change[]): Promise<unknown> {
  const error: unknown = await change(...changes).then(
    () => null,
    (caught: unknown) => caught,
  );
  return (error as { problems?: unknown } | null)?.problems ?? error;
}

/** Changes values as the gateway does. */
async function update(name: string, patch: object, ...removed: readonly string[]): Promise<void> {
  const [tenants] = await setup.rows(
    'select registry_version as version from formwork.tenants where id = $1',
    tenant,
  );
  await setup.dataPlane.write(tenant, Number(tenants?.version), async (transaction) => {
    await transaction.run([
      {
        text: `update formwork.records set data = (data - $1::text[]) || $2::jsonb where entity_type = 'flat' and data ->> 'name' = $3`,
        values: [`{${removed.join(',')}}`, JSON.stringify(patch), name],
      },
    ]);
  });
}

test('records that are inserted many at once while a field changes its type are converted, one by one', async () => {
  await write('a', { rent: '950' });
  await change(retype);
  const rows = ['b', 'c'].map((name, index) => ({ id: randomUUID(), data: { name, rent: `${index}.50` } }));
  const insert = (call: string) => async () => {
    const { versions } = await setup.dataPlane.read(tenant, []);
    const text = `select formwork.${call}('flat', $1::jsonb, 'test', true)`;
    return setup.dataPlane.write(tenant, versions.registry, (transaction) =>
      transaction.run([{ text, values: [JSON.stringify(rows)] }]),
    );
  };
  await expect(insert('insert_filled')()).rejects.toMatchObject({ sqlstate: 'FW003' });
  expect(await insert('insert_records')()).toEqual([rows.map(({ id }) => [id])]);
  expect(await flats()).toEqual([
    { rent: '950', monthly_rent: null },
    { rent: '0.50', monthly_rent: '0.50' },
    { rent: '1.50', monthly_rent: '1.50' },
  ]);
});

test('a field with records gets one of the new type beside it, filled by a job, then served', async () => {
  await write('a', { rent: '950.00' });
  await write('b', { rent: ' 1200.5 ' });
  await write('c', { rent: '7' });
  const { registry, version } = await change(retype);
  const flat = registry.entityByKey.get('flat');
  expect(flat?.fieldByKey.has('monthly_rent')).toBe(false);
  expect(flat?.fieldByKey.get('rent')?.replacedBy).toBeNull();
  expect(await flats()).toEqual(['950.00', ' 1200.5 ', '7'].map((rent) => ({ rent, monthly_rent: null })));
  expect(await theJob()).toMatchObject({ state: 'waiting', field: 'monthly_rent', createdBy: 'test' });
  expect(await readParity(setup.control, tenant)).toMatchObject([
    { state: 'filling', differences: { count: 3 }, misfits: null },
  ]);

  // Written meanwhile: filled at once.
  await write('d', { rent: '80' });
  await update('a', { rent: '960.00' });
  expect(await work()).toBe(1);

  expect(await flats('data, version')).toEqual([
    { data: { name: 'a', rent: '960.00', monthly_rent: 960 }, version: 2 },
    { data: { name: 'b', rent: ' 1200.5 ', monthly_rent: 1200.5 }, version: 1 },
    { data: { name: 'c', rent: '7', monthly_rent: 7 }, version: 1 },
    { data: { name: 'd', rent: '80', monthly_rent: 80 }, version: 1 },
  ]);
  expect(await theJob()).toMatchObject({ state: 'done', done: 4, total: 4, attempts: 0, error: null });
  expect(await readParity(setup.control, tenant)).toMatchObject([{ state: 'ready', differences: null }]);
  const [last] = await readHistory(setup.control, tenant, { first: 1, documents: false });
  expect(last).toMatchObject({ version: version + 1 });
  expect(last?.appliedBy).toMatch(/^job:/);
});

describe('once both are served', () => {
  beforeEach(async () => {
    await write('a', { rent: '950.00' });
    await change(retype);
    await work();
  });

  test('either name is written, and both are right', async () => {
    await update('a', { rent: '1000' });
    expect(await flats()).toEqual([{ rent: '1000', monthly_rent: '1000' }]);
    await update('a', { monthly_rent: 12.75 });
    expect(await flats()).toEqual([{ rent: '12.75', monthly_rent: '12.75' }]);
    await write('b', { monthly_rent: 3 });
    await write('c', { rent: '4.0' });
    expect(await flats()).toEqual([
      { rent: '12.75', monthly_rent: '12.75' },
      { rent: '3', monthly_rent: '3' },
      { rent: '4.0', monthly_rent: '4.0' },
    ]);
    expect(await readParity(setup.control, tenant)).toMatchObject([{ differences: null }]);
  });

  test('a value without a counterpart is refused', async () => {
    await expect(write('b', { rent: 'on request' })).rejects.toMatchObject({
      sqlstate: 'FW015',
      detail: { entity: 'flat', field: 'rent', other: 'monthly_rent' },
    });
  });

  test('a difference that somebody planted is found, and stops the contract', async () => {
    await setup.plant(
      `update formwork.records set data = data || '{"monthly_rent": 5}' where tenant_id = $1`,
      tenant,
    );
    expect(await readParity(setup.control, tenant)).toMatchObject([{ differences: { count: 1 } }]);
    expect(await problemsOf(contract)).toMatchObject([{ code: 'VALUES_DIFFER', records: { count: 1 } }]);
    expect(await verify(setup.control, tenant)).toMatchObject([
      { kind: 'slot', name: 'monthly_rent' },
      { kind: 'conversion', entity: 'flat', name: 'monthly_rent', count: 1 },
    ]);
    await update('a', { rent: '950.01' });
    expect(await readParity(setup.control, tenant)).toMatchObject([{ differences: null }]);
  });

  test('the contract takes the old one, and the new one goes on alone', async () => {
    const { registry } = await change(contract);
    const field = registry.entityByKey.get('flat')?.fieldByKey.get('monthly_rent');
    expect(field?.conversion).toEqual({ from: 'rent', state: 'contracted', allowLoss: false });
    await update('a', { monthly_rent: 1 });
    expect(await flats()).toEqual([{ rent: '950.00', monthly_rent: '1' }]);
    expect(await readParity(setup.control, tenant)).toEqual([]);
  });

  test('after the contract nothing brings the old values back', async () => {
    const { version } = await change(contract);
    await expect(
      applyChange(setup.control, tenant, { revert: version }, { appliedBy: 'test' }),
    ).rejects.toMatchObject({
      problems: [{ code: 'NOT_REVERTIBLE', message: expect.stringContaining('monthly_rent') }],
    });
  });

  test('nor when both were removed and have come back', async () => {
    await change({ removeField: { entity: 'flat', field: 'rent', force: true } });
    const { version } = await change({ removeEntity: { entity: 'flat', force: true } });
    await applyChange(setup.control, tenant, { revert: version }, { appliedBy: 'test' });
    const undone = applyChange(setup.control, tenant, { revert: 2 }, { appliedBy: 'test' });
    await expect(undone).rejects.toThrow('was given up for "monthly_rent"');
  });

  test('until then it can be undone, and done again with what was written meanwhile', async () => {
    await update('a', { monthly_rent: 2 });
    const reverted = await applyChange(setup.control, tenant, { revert: 2 }, { appliedBy: 'test' });
    const keys = (registry: typeof reverted.registry) =>
      registry.entityByKey.get('flat')?.fields.map(({ key }) => key);
    expect(keys(reverted.registry)).toEqual(['name', 'rent', 'size']);
    await update('a', { rent: '3.5' });
    const again = await applyChange(
      setup.control,
      tenant,
      { revert: reverted.version },
      { appliedBy: 'test' },
    );
    expect(keys(again.registry)).toEqual(['name', 'rent', 'size']);
    await work();
    expect(await flats()).toEqual([{ rent: '3.5', monthly_rent: '3.5' }]);
  });

  test('the document says so, and applied again changes nothing', async () => {
    const document = {
      ...rentals,
      entities: [
        {
          ...rentals.entities[0],
          fields: [
            ...(rentals.entities[0]?.fields.slice(0, 2) ?? []),
            {
              key: 'monthly_rent',
              type: 'decimal',
              required: true,
              indexed: true,
              convertedFrom: { field: 'rent' },
            },
            rentals.entities[0]?.fields[2],
          ],
        },
      ],
    };
    expect(await setup.apply(tenant, document)).toMatchObject({ changed: false });
  });
});

test('values that cannot be converted are listed before anything is applied', async () => {
  await write('a', { rent: '950.00' });
  const [id] = await write('b', { rent: 'on request' });
  expect(await problemsOf(retype)).toEqual([
    {
      code: 'VALUES_DO_NOT_CONVERT',
      path: 'changes[0].changeType',
      message: expect.stringMatching(/There is 1 record of "flat" .*"decimal".*Change these values first/),
      records: { count: 1, examples: [id] },
    },
  ]);
  expect(await readJobs(setup.control, tenant)).toEqual([]);
  expect(await flats('data')).toEqual([
    { data: { name: 'a', rent: '950.00' } },
    { data: { name: 'b', rent: 'on request' } },
  ]);
});

test('one that is written while the job runs blocks the switch, and is listed; changed, the job goes on', async () => {
  await write('a', { rent: '950.00' });
  await change(retype);
  const [id] = await write('b', { rent: 'on request' });
  await work();
  const blocked = await theJob();
  expect(blocked).toMatchObject({ state: 'blocked', misfits: 1, examples: [id] });
  expect(blocked?.error).toMatch(/"rent" that cannot become "decimal".*retry the job/);
  expect(await problemsOf(contract)).toMatchObject([{ code: 'STILL_FILLING' }]);
  await expect(resumeJob(setup.control, tenant, blocked?.id ?? '')).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await update('b', { rent: '1' });
  await retryJob(setup.control, tenant, blocked?.id ?? '');
  await work();
  expect(await theJob()).toMatchObject({ state: 'done', misfits: 0, examples: [] });
  expect(await flats()).toEqual([
    { rent: '950.00', monthly_rent: '950.00' },
    { rent: '1', monthly_rent: '1' },
  ]);
});

test('what a lost worker has made strict is lenient again when the job stops', async () => {
  await write('a', { rent: '1' });
  await change(retype);
  const claim = await claimJob(setup.control, randomUUID(), { tenantId: tenant });
  if (claim === null) throw new Error('There is no job.');
  const filled = { entityType: 'flat', field: 'monthly_rent' };
  expect(await makeStrict(setup.control, claim, filled, true)).toBe(true);
  await expect(write('b', { rent: 'on request' })).rejects.toMatchObject({ sqlstate: 'FW015' });
  // Whatever changes the entity in between makes it lenient too, and is no switch.
  await change({ changeType: { entity: 'flat', field: 'size', type: 'decimal' } });
  expect(await switchField(setup.control, claim, filled)).toBe(false);
  await makeStrict(setup.control, claim, filled, true);
  await pauseJob(setup.control, tenant, claim.jobId);
  await write('b', { rent: 'on request' });
});

test('a job stops where it is paused, and goes on from there', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await write(name, { rent: '1' });
  await change(retype);
  const claim = await claimJob(setup.control, randomUUID(), { tenantId: tenant });
  if (claim === null) throw new Error('There is no job.');
  expect(await fillBatch(setup.control, claim, 2)).toBe('more');
  await pauseJob(setup.control, tenant, claim.jobId);
  expect(await fillBatch(setup.control, claim, 2)).toBe('stopped');
  expect(await theJob()).toMatchObject({ state: 'paused', done: 2 });
  expect(await work()).toBe(0);
  await resumeJob(setup.control, tenant, claim.jobId);
  await work();
  expect(await theJob()).toMatchObject({ state: 'done', done: 5, total: 5 });
});

test('a worker that gives no sign loses its job to another', async () => {
  for (const name of ['a', 'b', 'c']) await write(name, { rent: '1' });
  await change(retype);
  const lost = await claimJob(setup.control, randomUUID(), { tenantId: tenant });
  if (lost === null) throw new Error('There is no job.');
  await fillBatch(setup.control, lost, 1);
  expect(await claimJob(setup.control, randomUUID(), { tenantId: tenant, lease: 60 })).toBeNull();
  const taken = await claimJob(setup.control, randomUUID(), { tenantId: tenant, lease: 0 });
  expect(taken?.jobId).toBe(lost.jobId);
  expect(await fillBatch(setup.control, lost, 1)).toBe('stopped');
  await setup.rows('update formwork.job_queue set claimed_by = null');
  await work();
  expect(await theJob()).toMatchObject({ state: 'done', done: 3 });
});

test('a record that is being written does not hold the job up', async () => {
  await write('a', { rent: '1' });
  await change(retype);
  const [{ version = 0 } = {}] = await setup.rows(
    'select registry_version as version from formwork.tenants where id = $1',
    tenant,
  );
  let done: Promise<number> = Promise.resolve(0);
  await setup.dataPlane.write(tenant, Number(version), async (transaction) => {
    await transaction.run([
      {
        text: `update formwork.records set data = data || '{"rent": "2"}' where entity_type = 'flat'`,
        values: [],
      },
    ]);
    done = work();
    // As far as it gets.
    for (let tries = 0; (await theJob())?.done !== 1 && tries < 1000; tries += 1) await sleep(20);
    expect(await theJob()).toMatchObject({ state: 'running', done: 1 });
  });
  await done;
  expect(await flats()).toEqual([{ rent: '2', monthly_rent: '2' }]);
});

test.each<[string, Change[]]>([
  [
    'both of its fields',
    ['monthly_rent', 'rent'].map((field) => ({ removeField: { entity: 'flat', field, force: true } })),
  ],
  ['its entity', [{ removeEntity: { entity: 'flat', force: true } }]],
])('undoing the removal of %s fills what was not filled by then', async (_, removal) => {
  await write('a', { rent: '950.00' });
  await write('b', { rent: '7' });
  await change(retype);
  const { version } = await change(...removal);
  await applyChange(setup.control, tenant, { revert: version }, { appliedBy: 'test' });
  expect(await readParity(setup.control, tenant)).toMatchObject([{ state: 'filling' }]);
  await work();
  expect(await readParity(setup.control, tenant)).toMatchObject([{ state: 'ready', differences: null }]);
});

test('undoing the change ends the job', async () => {
  await write('a', { rent: '1' });
  const { version } = await change(retype);
  await update('a', { size: 1 });
  await applyChange(setup.control, tenant, { revert: version }, { appliedBy: 'test' });
  expect(await readJobs(setup.control, tenant)).toMatchObject([{ kind: 'retype', state: 'cancelled' }]);
  expect(await flats('n1, t1')).toEqual([{ n1: null, t1: '1' }]);
});

test('slots that are given up are emptied by a job where that are too many records for one change', async () => {
  for (const name of ['a', 'b', 'c']) await write(name, { rent: '1' });
  await change(retype);
  await work();
  await applyChange(setup.control, tenant, { changes: [contract] }, { appliedBy: 'test', fillLimit: 2 });
  expect(await flats('n1, t1')).toEqual(['1', '1', '1'].map((t1) => ({ n1: 1, t1 })));
  await work();
  expect(await theJob()).toMatchObject({ kind: 'tidy', state: 'done', done: 3 });
  expect(await flats('n1, t1')).toEqual([1, 1, 1].map((n1) => ({ n1, t1: null })));
});

describe('emptying slots, asked for again', () => {
  const again = () => setup.control.withTenant(tenant, (sql) => tidyLater(sql, tenant, 'flat'));

  test('between its last batch and its end begins anew', async () => {
    await write('a', { rent: '1' });
    await again();
    const claim = (await claimJob(setup.control, randomUUID())) as Claim;
    expect(await fillBatch(setup.control, claim, 5, 'nothing')).toBe('end');
    await again();
    expect(await finishTidy(setup.control, claim)).toBe(false);
    expect(await fillBatch(setup.control, claim, 5, 'nothing')).toBe('end');
    expect(await finishTidy(setup.control, claim)).toBe(true);
    expect(await theJob()).toMatchObject({ kind: 'tidy', state: 'done', done: 1 });
    // Of one that is done another is made.
    await again();
    expect(await readJobs(setup.control, tenant)).toHaveLength(2);
    await work();
  });

  test('stays paused where it was, and goes on where it had failed', async () => {
    await write('a', { rent: '1' });
    await again();
    await pauseJob(setup.control, tenant, (await theJob())?.id ?? '');
    await again();
    await work();
    expect(await theJob()).toMatchObject({ state: 'paused', done: 0 });
    await setup.control.withTenant(tenant, (sql) => sql`update formwork.jobs set state = 'failed'`);
    await again();
    await work();
    expect(await theJob()).toMatchObject({ state: 'done', done: 1 });
  });
});

test('what is lost on the way has to be allowed', async () => {
  await write('a', { rent: '12.5', size: 3 });
  const toWhole = (allowLoss: boolean): Change => ({
    changeType: { entity: 'flat', field: 'monthly_rent', type: 'integer', newKey: 'whole', allowLoss },
  });
  await change(retype);
  await work();
  await change(contract);
  expect(await problemsOf(toWhole(false))).toMatchObject([
    { code: 'VALUES_DO_NOT_CONVERT', message: expect.stringContaining('"allowLoss": true') },
  ]);
  await change(toWhole(true));
  await work();
  expect(await flats("data ->> 'monthly_rent' as exact, data ->> 'whole' as whole")).toEqual([
    { exact: '12.5', whole: '13' },
  ]);
});

test('what cannot be is refused, each with its place', async () => {
  await write('a', { rent: '1', size: 1 });
  expect(
    await problemsOf(
      { changeType: { entity: 'flat', field: 'size', type: 'date' } },
      { changeType: { entity: 'flat', field: 'rent', type: 'integer', newKey: 'name' } },
    ),
  ).toMatchObject([
    { code: 'KEY_DUPLICATE', path: 'changes[1].changeType.newKey' },
    {
      code: 'NOT_SUPPORTED',
      path: 'changes[0].changeType.type',
      message: expect.stringContaining('It can become'),
    },
  ]);
  expect(
    await problemsOf(retype, {
      addKey: { entity: 'flat', key: { key: 'by_rent', fields: ['monthly_rent'] } },
    }),
  ).toMatchObject([{ code: 'STILL_FILLING', message: expect.stringContaining('by_rent') }]);
});

test('what needs the old field keeps it, and is named', async () => {
  await write('a', { rent: '1' });
  await change(
    { addKey: { entity: 'flat', key: { key: 'by_rent', fields: ['rent'] } } },
    {
      addField: {
        entity: 'flat',
        field: { key: 'loud', type: 'formula', options: { expression: 'upper(rent)' } },
      },
    },
  );
  await change(retype);
  await work();
  expect(await problemsOf(contract)).toMatchObject([
    { code: 'NEEDED', message: expect.stringMatching(/by_rent.*loud/) },
  ]);
  await change(
    { changeKey: { entity: 'flat', key: 'by_rent', fields: ['monthly_rent'] } },
    { changeField: { entity: 'flat', field: 'loud', options: { expression: 'text(monthly_rent)' } } },
  );
  await change(contract);
});

test('a stored formula over either field has the values of now, whichever is written', async () => {
  await write('a', { rent: '5' });
  await change(retype);
  await work();
  await change({
    addField: {
      entity: 'flat',
      field: { key: 'yearly', type: 'formula', options: { expression: 'monthly_rent * 12', stored: true } },
    },
  });
  await update('a', { rent: '10' });
  expect(await flats("data ->> 'yearly' as yearly")).toEqual([{ yearly: '120' }]);
  await change({
    addField: {
      entity: 'flat',
      field: { key: 'loud', type: 'formula', options: { expression: 'rent & "!"', stored: true } },
    },
  });
  await update('a', { monthly_rent: 3 });
  expect(await flats("data ->> 'yearly' as yearly, data ->> 'loud' as loud")).toEqual([
    { yearly: '36', loud: '3!' },
  ]);
});

test('a record that was deleted and kept is converted when it comes back', async () => {
  await setup.apply(tenant, { ...rentals, entities: [{ ...rentals.entities[0], softDelete: true }] });
  await write('a', { rent: '5' });
  await setup.rows('update formwork.records set deleted_at = now() where tenant_id = $1', tenant);
  await change(retype);
  await work();
  expect(await flats()).toEqual([{ rent: '5', monthly_rent: null }]);
  await setup.rows('update formwork.records set deleted_at = null where tenant_id = $1', tenant);
  expect(await flats()).toEqual([{ rent: '5', monthly_rent: '5' }]);
});

test('another tenant neither sees a job, nor tells it anything, nor is touched by it', async () => {
  const other = await setup.tenant();
  await setup.apply(other, rentals);
  await setup.write(other, 'flat', { name: 'theirs', rent: 'on request' });
  await write('a', { rent: '1' });
  await change(retype);
  const id = (await theJob())?.id ?? '';
  expect(await readJobs(setup.control, other)).toEqual([]);
  expect(await readJob(setup.control, other, id)).toBeNull();
  for (const tell of [pauseJob, resumeJob, retryJob]) {
    await expect(tell(setup.control, other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await workOffJobs(setup.control, { tenantId: other })).toBe(0);
  expect(await readParity(setup.control, other)).toEqual([]);
  // A worker that mixes tenants up finds neither the job nor a record.
  const claim = await claimJob(setup.control, randomUUID(), { tenantId: tenant });
  if (claim === null) throw new Error('There is no job.');
  expect(await fillBatch(setup.control, { ...claim, tenantId: other }, 10)).toBe('stopped');
  await setup.rows('update formwork.job_queue set claimed_by = null');
  await work();
  expect(await setup.rows('select tenant_id, state from formwork.jobs where id = $1', id)).toEqual([
    { tenant_id: tenant, state: 'done' },
  ]);
  expect(
    await setup.rows(
      'select data, xmin::text = xmax::text as same from formwork.records where tenant_id = $1',
      other,
    ),
  ).toEqual([{ data: { name: 'theirs', rent: 'on request' }, same: false }]);
});
