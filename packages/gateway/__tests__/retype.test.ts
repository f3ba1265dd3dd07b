import { asAdmin } from '@formwork/testkit';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant, until } from './harness.ts';
import { flats } from './retype/flats.ts';

let harness: Harness;
let gateway: TestGateway;
let other: TestGateway;
let tenant: TestTenant;
let serial = 0;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway({ jobLeaseSeconds: 2 });
  other = await harness.gateway({ jobs: false });
});
afterAll(() => harness.close());

beforeEach(async () => {
  serial += 1;
  tenant = await harness.tenant(`rentals-${serial}`, flats);
});

const ask = (query: string) => gateway.ask(tenant.keys.editor, query);
const design = async (query: string) => dataOf(await gateway.askDesign(tenant.keys.designer, query));
const create = (input: string) => ask(`mutation { createFlat(input: { ${input} }) { flat { id name } } }`);
const retype = `mutation { apply(changes: [
  { changeType: { entity: "flat", field: "rent", type: decimal, newKey: "monthly_rent" } }]) { problems { message } } }`;
const jobs = '{ jobs { id entity field state progress misfits examples error } }';

async function retyped(): Promise<void> {
  dataOf(await create('name: "a", rent: "950.00"'));
  expect(await design(retype)).toEqual({ apply: { problems: [] } });
  await until(async () => ((await design(jobs)) as { jobs: { state: string }[] }).jobs[0]?.state === 'done');
}

test('a gateway fills in the background, and serves the new field beside the old one, which is deprecated', async () => {
  await retyped();
  expect(await design(jobs)).toMatchObject({
    jobs: [{ entity: 'flat', field: 'monthly_rent', progress: 1, error: null }],
  });
  const query =
    '{ flats(where: { monthlyRent: { gt: "900" } }, orderBy: [{ monthlyRent: ASC }]) { nodes { rent monthlyRent } } }';
  for (const one of [gateway, other]) {
    expect(dataOf(await one.ask(tenant.keys.viewer, query))).toEqual({
      flats: { nodes: [{ rent: '950.00', monthlyRent: '950.00' }] },
    });
  }
  const { __type: type } = dataOf(
    await ask('{ __type(name: "Flat") { fields(includeDeprecated: true) { name deprecationReason } } }'),
  ) as { __type: { fields: { name: string; deprecationReason: string | null }[] } };
  const reasons = Object.fromEntries(
    type.fields.map(({ name, deprecationReason }) => [name, deprecationReason]),
  );
  expect(reasons).toMatchObject({ rent: 'Its type changes. Use "monthlyRent".', monthlyRent: null });
  expect(
    await design('{ registry { entity(key: "flat") { fields { key replacedBy convertedFrom } } } }'),
  ).toEqual({
    registry: {
      entity: {
        fields: [
          { key: 'name', replacedBy: null, convertedFrom: null },
          { key: 'rent', replacedBy: 'monthly_rent', convertedFrom: null },
          { key: 'monthly_rent', replacedBy: null, convertedFrom: 'rent' },
          { key: 'city', replacedBy: null, convertedFrom: null },
        ],
      },
    },
  });
});

test('the value is required by one of its names, in one of them, and has to fit both', async () => {
  await retyped();
  const violations = async (input: string) =>
    (await create(input)).errors?.flatMap(({ extensions }) => extensions.violations);
  expect(await violations('name: "b"')).toMatchObject([{ path: ['input', 'monthlyRent'], code: 'REQUIRED' }]);
  expect(await violations('name: "b", rent: "1", monthlyRent: "1"')).toMatchObject([
    { code: 'DUPLICATE', message: '"monthlyRent" and "rent" are one value, in two types. Give one of them.' },
  ]);
  expect(await violations('name: "b", rent: null')).toMatchObject([
    { path: ['input', 'rent'], code: 'REQUIRED' },
  ]);
  const refused = await create('name: "b", rent: "on request"');
  expect(codesOf(refused)).toEqual(['VALIDATION_FAILED']);
  expect(refused.errors?.[0]?.message).toMatch(/"Rent" is just becoming another type.*"Monthly rent"/);
  dataOf(await create('name: "b", monthlyRent: "2"'));
  dataOf(await create('name: "c", rent: "3"'));
  expect(dataOf(await ask('{ flats(orderBy: [{ name: ASC }]) { nodes { rent monthlyRent } } }'))).toEqual({
    flats: {
      nodes: ['950.00', '2', '3'].map((value) => ({ rent: value, monthlyRent: value })),
    },
  });
});

test('a value that cannot be converted is listed, and nothing is applied', async () => {
  dataOf(await create('name: "a", rent: "on request"'));
  const [id] = await harness.control.withTenant(tenant.id, (sql) => sql`select id from formwork.records`);
  expect(
    await design(
      retype
        .replace('{ message }', '{ code path records { count examples } }')
        .replace('problems', 'version problems'),
    ),
  ).toEqual({
    apply: {
      version: 1,
      problems: [
        {
          code: 'VALUES_DO_NOT_CONVERT',
          path: 'changes[0].changeType',
          records: { count: 1, examples: [id?.id] },
        },
      ],
    },
  });
  expect(await design(jobs)).toEqual({ jobs: [] });
});

test('of a stale version nothing is applied', async () => {
  dataOf(await create('name: "a", rent: "1"'));
  const stale = retype.replace(']) {', '], expectedVersion: 7) {');
  expect(codesOf(await gateway.askDesign(tenant.keys.designer, stale))).toEqual(['SCHEMA_CHANGED']);
  expect(await design(jobs)).toEqual({ jobs: [] });
});

test("designers see and tell their own tenant's jobs, and nobody else's", async () => {
  await retyped();
  const { jobs: mine } = (await design(jobs)) as { jobs: { id: string }[] };
  const id = mine[0]?.id ?? '';
  const stranger = await harness.tenant(`strangers-${serial}`, flats);
  const theirs = (query: string) => gateway.askDesign(stranger.keys.designer, query);
  expect(dataOf(await theirs(jobs))).toEqual({ jobs: [] });
  expect(dataOf(await theirs('{ parity { entity } }'))).toEqual({ parity: [] });
  for (const name of ['pauseJob', 'resumeJob', 'retryJob']) {
    expect(codesOf(await theirs(`mutation { ${name}(id: "${id}") { state } }`))).toEqual(['NOT_FOUND']);
    expect(
      codesOf(await gateway.askDesign(tenant.keys.designer, `mutation { ${name}(id: "${id}") { state } }`)),
    ).toEqual(['CONFLICT']);
  }
  expect(codesOf(await gateway.askDesign(tenant.keys.editor, jobs))).toEqual(['FORBIDDEN']);
  const found = await asAdmin(harness.database, (admin) =>
    admin.query('select tenant_id, state from formwork.jobs where id = $1', [id]),
  );
  expect(found.rows).toEqual([{ tenant_id: tenant.id, state: 'done' }]);
});
