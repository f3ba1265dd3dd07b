import { verify, workOffJobs } from '@formwork/registry-store';
import { applyChanges, askAsDesigner } from './designer.ts';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant, until } from './harness.ts';

/* Indexes and keys of more records than one change fills, as clients of two gateways see them. */

const shop = {
  formwork: 1,
  entities: [
    {
      key: 'item',
      fields: [
        { key: 'code', type: 'text' },
        { key: 'price', type: 'integer' },
        { key: 'title', type: 'text' },
      ],
    },
  ],
};
const records = 240;
const changes = [
  { indexField: { entity: 'item', field: 'price' } },
  { indexField: { entity: 'item', field: 'title' } },
  { changeField: { entity: 'item', field: 'code', unique: true } },
];

let harness: Harness;
let one: TestGateway;
let two: TestGateway;
let serial = 0;

beforeAll(async () => {
  harness = await Harness.open();
  const config = { fillLimit: 100, jobs: false };
  [one, two] = [await harness.gateway(config), await harness.gateway(config)];
});
afterAll(() => harness.close());

async function stocked(): Promise<TestTenant> {
  const tenant = await harness.tenant(`shop-${++serial}`, shop);
  const inputs = Array.from({ length: records }, (_, n) => ({
    ...{ code: `c${n}`, title: `Item ${n % 7}` },
    // Some have none.
    ...(n % 5 > 0 && { price: (n * 37) % 101 }),
  }));
  dataOf(
    await one.ask(
      tenant.keys.editor,
      'mutation ($inputs: [CreateItemInput!]!) { createItems(inputs: $inputs) { items { id } } }',
      { inputs },
    ),
  );
  return tenant;
}

const apply = (tenant: TestTenant) => applyChanges(one, tenant, changes);
const jobsOf = (tenant: TestTenant) =>
  askAsDesigner<readonly { id: string; state: string; done: number }[]>(
    one,
    tenant,
    '{ jobs { id kind entity field state progress done total misfits examples error } }',
  );
const work = (tenant: TestTenant) =>
  workOffJobs(harness.control, { tenantId: tenant.id, load: 100, batch: 50 });

const asked = `{
  items(where: { price: { gte: 20, lt: 60 } }, orderBy: [{ price: DESC }, { code: ASC }], first: 50) {
    totalCount nodes { code price }
  }
  last: items(orderBy: [{ title: ASC_NULLS_FIRST }, { price: ASC }, { code: ASC }], last: 9) { nodes { title price code } }
  without: items(where: { price: { isNull: true } }) { totalCount }
  code: items(where: { code: { eq: "c17" } }) { nodes { code price } }
  itemsAggregate(groupBy: [{ title: true }]) { keys count min { price } max { price } }
}`;

test('while they are filled, what is filtered, sorted and grouped by them is what it was and will be', async () => {
  const tenant = await stocked();
  const answers = async () => [
    dataOf(await one.ask(tenant.keys.viewer, asked)),
    dataOf(await two.ask(tenant.keys.viewer, asked)),
  ];
  const [before] = await answers();
  expect(before).toMatchObject({ without: { totalCount: records / 5 }, code: { nodes: [{ code: 'c17' }] } });
  expect(await apply(tenant)).toEqual({ version: 2, changed: true, problems: [] });
  const begun = await answers();
  const { signal, stop } = halfway(tenant);
  await workOffJobs(harness.control, { tenantId: tenant.id, load: 100, batch: 50, signal });
  await stop;
  expect((await jobsOf(tenant))[0]).toMatchObject({
    kind: 'fill',
    entity: 'item',
    field: null,
    total: records,
  });
  const amid = await answers();
  await work(tenant);
  expect((await jobsOf(tenant))[0]).toMatchObject({ state: 'done', progress: 1 });
  for (const found of [...begun, ...amid, ...(await answers())]) expect(found).toEqual(before);
});

/** Fires once some of the records are done. */
function halfway(tenant: TestTenant): { signal: AbortSignal; stop: Promise<void> } {
  const controller = new AbortController();
  const stop = until(async () => ((await jobsOf(tenant))[0]?.done ?? 0) > 0).then(() => controller.abort());
  return { signal: controller.signal, stop };
}

test('a key is asked for by its name once it is filled, on both gateways; no value comes twice from the beginning', async () => {
  const tenant = await stocked();
  for (const gateway of [one, two]) dataOf(await gateway.ask(tenant.keys.viewer, '{ __typename }'));
  await apply(tenant);
  const create = (code: string, gateway = one) =>
    gateway.ask(
      tenant.keys.editor,
      'mutation ($code: String!) { createItem(input: { code: $code }) { item { id } } }',
      { code },
    );
  dataOf(await create('new'));
  for (const gateway of [one, two]) {
    const twice = await create('new', gateway);
    expect(twice.errors?.[0]).toMatchObject({
      message: expect.stringContaining('There is already a "Item" with this "Code"'),
      extensions: { code: 'UNIQUE_VIOLATION' },
    });
    const byCode = await gateway.ask(tenant.keys.viewer, '{ itemByCode(code: "c17") { price } }');
    expect(codesOf(byCode)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  }
  await work(tenant);
  for (const gateway of [one, two]) {
    expect(dataOf(await gateway.ask(tenant.keys.viewer, '{ itemByCode(code: "c17") { code } }'))).toEqual({
      itemByCode: { code: 'c17' },
    });
    expect(codesOf(await create('c17', gateway))).toEqual(['UNIQUE_VIOLATION']);
  }
  const upsert =
    'mutation { upsertItem(by: { code: "c17" }, input: { price: 1 }) { created item { price } } }';
  expect(dataOf(await two.ask(tenant.keys.editor, upsert))).toEqual({
    upsertItem: { created: false, item: { price: 1 } },
  });
});

test('a record that shares a value with one that is not filled yet stops the job, which tells of both', async () => {
  const tenant = await stocked();
  await apply(tenant);
  const made = dataOf(
    await two.ask(tenant.keys.editor, 'mutation { createItem(input: { code: "c200" }) { item { id } } }'),
  ) as { createItem: { item: { id: string } } };
  await work(tenant);
  const [job] = await jobsOf(tenant);
  expect(job).toMatchObject({
    ...{ state: 'blocked', misfits: 2, examples: expect.arrayContaining([made.createItem.item.id]) },
    error: expect.stringMatching(/share the value of the unique key "code"/),
  });
  dataOf(
    await one.ask(tenant.keys.editor, 'mutation ($id: ID!) { deleteItem(id: $id) { id } }', {
      id: made.createItem.item.id,
    }),
  );
  await askAsDesigner(one, tenant, 'mutation ($id: ID!) { retryJob(id: $id) { state } }', { id: job?.id });
  await work(tenant);
  expect((await jobsOf(tenant))[0]).toMatchObject({ state: 'done', error: null });
});

test('whoever writes meanwhile is not refused, and all of it is in the indexes', async () => {
  const tenant = await stocked();
  await apply(tenant);
  const refused: unknown[] = [];
  let isOver = false;
  const write = async (gateway: TestGateway, name: string) => {
    for (let n = 0; !isOver; n += 1) {
      const { errors } = await gateway.ask(
        tenant.keys.editor,
        `mutation ($code: String!, $old: String!, $price: Int!) {
          createItem(input: { code: $code, price: $price }) { item { id } }
          updateItems(where: { code: { eq: $old } }, input: { price: $price, title: $code }) { items { id } }
        }`,
        { code: `${name}${n}`, old: `c${(n * 7) % records}`, price: n },
      );
      refused.push(...(errors ?? []));
    }
  };
  const writing = [write(one, 'a'), write(two, 'b'), write(two, 'd')];
  await workOffJobs(harness.control, { tenantId: tenant.id, load: 30, batch: 20 });
  isOver = true;
  await Promise.all(writing);
  expect(refused).toEqual([]);
  expect((await jobsOf(tenant))[0]).toMatchObject({ state: 'done' });
  expect(await verify(harness.control, tenant.id)).toEqual([]);
});

test('the workers of gateways fill them, and one takes over from another that is gone', async () => {
  const tenant = await stocked();
  const pace = { fillLimit: 100, jobBatch: 10, jobLeaseSeconds: 1 };
  const slow = await harness.gateway({ ...pace, jobLoad: 2 });
  await apply(tenant);
  await until(async () => ((await jobsOf(tenant))[0]?.done ?? 0) > 0);
  await slow.close();
  expect((await jobsOf(tenant))[0]).toMatchObject({ state: 'running' });
  const next = await harness.gateway({ ...pace, jobLoad: 100 });
  await until(async () => (await jobsOf(tenant))[0]?.state === 'done');
  dataOf(await next.ask(tenant.keys.viewer, '{ itemByCode(code: "c239") { code } }'));
  await next.close();
});
