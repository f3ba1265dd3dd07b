import type { Row } from '@formwork/pg';
import { applyChange, saveClosingUses, sweepClosings, UsageUnknownError } from '@formwork/registry-store';
import { markClosing } from '../src/usage/closings.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

/* Marks of what is about to be taken away; how gateways mind them is told in the gateway's tests. */

const home = documentOf({
  key: 'home',
  fields: [
    { key: 'rent', type: 'integer', deprecated: { reason: 'Gone.' } },
    { key: 'city', type: 'text' },
  ],
});
const removal = { changes: [{ removeField: { entity: 'home', field: 'rent' } }] };
const rent = { entityType: 'home', field: 'rent', name: null };
const use = {
  ...{ entityType: 'home', field: 'rent', name: 'rent', client: 'app', clientVersion: '', operation: '' },
  ...{ ways: ['selection'], uses: 1, age: 0 },
};

let setup: Setup;
let serial = 0;

beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.close());

async function homeowner(): Promise<string> {
  const tenant = await setup.tenant(`tenant-${++serial}`);
  await setup.apply(tenant, home);
  return tenant;
}

const marksOf = (tenant: string) =>
  setup.rows('select id::text, field, name from formwork.closings where tenant_id = $1', tenant);

async function accessVersionOf(tenant: string): Promise<unknown> {
  const [row] = await setup.rows(
    'select access_version, closing_until from formwork.tenants where id = $1',
    tenant,
  );
  return row;
}

test('a mark raises the access version, and so does its end', async () => {
  const tenant = await homeowner();
  const before = (await accessVersionOf(tenant)) as { access_version: number };
  await markClosing(setup.control, tenant, [rent], -1);
  expect(await marksOf(tenant)).toMatchObject([{ field: 'rent', name: null }]);
  expect(await accessVersionOf(tenant)).toMatchObject({ access_version: before.access_version + 1 });
  await sweepClosings(setup.control);
  expect(await marksOf(tenant)).toEqual([]);
  const after = { access_version: before.access_version + 2, closing_until: null };
  expect(await accessVersionOf(tenant)).toEqual(after);
  await sweepClosings(setup.control);
  expect(await accessVersionOf(tenant)).toEqual(after);
});

test('whoever changes the tenant just now is not waited for: its marks are swept the next time', async () => {
  const [held, other] = [await homeowner(), await homeowner()];
  for (const tenant of [held, other]) await markClosing(setup.control, tenant, [rent], -1);
  await setup.control.withTenant(held, async (sql) => {
    await sql`select from formwork.tenants where id = ${held}::uuid for no key update`;
    await sweepClosings(setup.control);
    expect([await marksOf(held), await marksOf(other)]).toEqual([[expect.anything()], []]);
  });
  await sweepClosings(setup.control);
  expect(await marksOf(held)).toEqual([]);
});

test('a mark that has time left is not swept, and does not keep others from deciding', async () => {
  const tenant = await homeowner();
  await markClosing(setup.control, tenant, [rent]);
  await sweepClosings(setup.control);
  expect(await marksOf(tenant)).toHaveLength(1);
  await applyChange(setup.control, tenant, removal, { appliedBy: 'test' });
  expect(await marksOf(tenant)).toHaveLength(1);
});

test('a gateway that is alive and does not answer is named, after a while, and the mark is taken back', async () => {
  const tenant = await homeowner();
  const [gateway] = await setup.rows(
    "insert into formwork.gateways (id, seen_at, told) values (gen_random_uuid(), now() + interval '1 hour', 0) returning id",
  );
  const refused = applyChange(setup.control, tenant, removal, { appliedBy: 'test', usagePatience: 100 });
  await expect(refused).rejects.toThrow(UsageUnknownError);
  await expect(refused).rejects.toThrow(
    new RegExp(
      `^A gateway has not yet told which fields .* Nothing was applied; try again .* gateway "${gateway?.id}", started at .*, last heard of at `,
    ),
  );
  expect(await marksOf(tenant)).toEqual([]);
  await setup.rows('delete from formwork.gateways where id = $1 returning id', gateway?.id);
  expect(await applyChange(setup.control, tenant, removal, { appliedBy: 'test' })).toMatchObject({
    changed: true,
  });
});

test('a contract whose mark has ended decides nothing', async () => {
  const tenant = await homeowner();
  const [gateway] = await setup.rows(
    "insert into formwork.gateways (id, seen_at, told) values (gen_random_uuid(), now() + interval '1 hour', 0) returning id",
  );
  const late = applyChange(setup.control, tenant, removal, { appliedBy: 'test' });
  while ((await marksOf(tenant)).length === 0);
  await setup.plant('delete from formwork.closings where tenant_id = $1', tenant);
  await setup.plant('delete from formwork.gateways where id = $1', gateway?.id);
  await expect(late).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/too long/) });
});

test('a use of what is marked is noted at once; of what has gone, nothing', async () => {
  const tenant = await homeowner();
  await markClosing(setup.control, tenant, [rent]);
  const [mark] = (await marksOf(tenant)) as { id: string }[];
  await saveClosingUses(setup.control, tenant, [mark?.id ?? ''], [use]);
  await expect(applyChange(setup.control, tenant, removal, { appliedBy: 'test' })).rejects.toMatchObject({
    problems: [{ code: 'IN_USE', message: expect.stringContaining('"app"') }],
  });
  await setup.plant('delete from formwork.closings where tenant_id = $1', tenant);
  await setup.plant('delete from formwork.usage where tenant_id = $1', tenant);
  await saveClosingUses(setup.control, tenant, [mark?.id ?? ''], [use]);
  expect(await setup.rows('select from formwork.usage where tenant_id = $1', tenant)).toEqual([]);
});

test('another tenant sees no mark, answers for none and ends none', async () => {
  const [theirs, mine] = [await homeowner(), await homeowner()];
  await markClosing(setup.control, theirs, [rent]);
  const [mark] = (await marksOf(theirs)) as { id: string }[];
  const { results } = await setup.dataPlane.read(mine, [
    { text: 'select count(*) from formwork.closings', values: [] },
    { text: 'delete from formwork.closings', values: [] },
  ]);
  expect((results[0] as Row[])[0]).toEqual(['0']);
  const { results: own } = await setup.dataPlane.read(theirs, [
    { text: 'select count(*) from formwork.closings', values: [] },
  ]);
  expect((own[0] as Row[])[0]).toEqual(['1']);
  expect(results[1]).toMatchObject({ sqlstate: '42501' });
  await saveClosingUses(setup.control, mine, [mark?.id ?? ''], [use]);
  expect(await setup.rows('select from formwork.usage where tenant_id = any ($1)', [mine, theirs])).toEqual(
    [],
  );
  const ended = await setup.control.withTenant(mine, (sql) => sql`delete from formwork.closings`);
  expect(ended.count).toBe(0);
  await applyChange(setup.control, mine, removal, { appliedBy: 'test' });
  expect(await marksOf(theirs)).toHaveLength(1);
});
