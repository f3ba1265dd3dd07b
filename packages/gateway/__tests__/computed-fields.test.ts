import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

const choices = [{ key: 'gold' }, { key: 'silver' }];
const design = {
  formwork: 1,
  entities: [
    { key: 'region', fields: [{ key: 'name', type: 'text' }] },
    {
      key: 'customer',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'grade', type: 'select', options: { choices } },
        { key: 'region', type: 'link', options: { target: 'region', onDelete: 'set_null' } },
        { key: 'region_name', type: 'lookup', options: { via: 'region', field: 'name' } },
        { key: 'title', type: 'formula', options: { expression: 'upper(name) & " (" & region_name & ")"' } },
      ],
    },
    {
      key: 'purchase',
      fields: [
        { key: 'quantity', type: 'integer' },
        { key: 'price', type: 'decimal' },
        { key: 'customer', type: 'link', options: { target: 'customer', onDelete: 'set_null' } },
        { key: 'total', type: 'formula', options: { expression: 'quantity * price' } },
        { key: 'each', type: 'formula', options: { expression: 'price / quantity' } },
        { key: 'is_large', type: 'formula', options: { expression: 'total > 50' } },
        { key: 'customer_name', type: 'lookup', options: { via: 'customer', field: 'name' } },
        { key: 'customer_grade', type: 'lookup', options: { via: 'customer', field: 'grade' } },
        { key: 'customer_region', type: 'lookup', options: { via: 'customer', field: 'region_name' } },
        { key: 'customer_title', type: 'lookup', options: { via: 'customer', field: 'title' } },
      ],
    },
  ],
};

let harness: Harness;
let gateway: TestGateway;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  [tenant, other] = [await harness.tenant('shop', design), await harness.tenant('rival', design)];
  await fill(tenant, 'Ann', 'North');
  await fill(other, 'Zoe', 'South');
});
afterAll(() => harness.close());

async function fill({ keys }: TestTenant, name: string, region: string): Promise<void> {
  const make = async (what: string, fields: string): Promise<string> => {
    const field = what.toLowerCase();
    const answer = await gateway.ask(
      keys.editor,
      `mutation { create${what}(input: { ${fields} }) { ${field} { id } } }`,
    );
    return (dataOf(answer)[`create${what}`] as Record<string, { id: string }>)[field]?.id ?? '';
  };
  const place = await make('Region', `name: "${region}"`);
  const customer = await make('Customer', `name: "${name}", grade: GOLD, region: { id: "${place}" }`);
  const plain = await make('Customer', 'name: "bob"');
  await make('Purchase', `quantity: 3, price: "19.90", customer: { id: "${customer}" }`);
  await make('Purchase', `quantity: 0, price: "7", customer: { id: "${plain}" }`);
  await make('Purchase', 'quantity: 2, price: "0.50"');
  await make('Purchase', '');
}

async function purchases(args: string, fields = 'total', key = tenant.keys.viewer): Promise<unknown[]> {
  const answer = await gateway.ask(key, `{ purchases(${args}) { nodes { ${fields} } } }`);
  return (dataOf(answer).purchases as { nodes: unknown[] }).nodes;
}

const everything =
  'total each isLarge customerName customerGrade customerRegion customerTitle customer { title regionName }';

test('answers what formulas and lookups come to, null where something is missing', async () => {
  const nothing = {
    customerName: null,
    customerGrade: null,
    customerRegion: null,
    customerTitle: null,
    customer: null,
  };
  expect(await purchases('orderBy: { total: DESC_NULLS_LAST }', everything)).toEqual([
    {
      total: '59.7',
      each: '6.63333333333333333333',
      isLarge: true,
      customerName: 'Ann',
      customerGrade: 'GOLD',
      customerRegion: 'North',
      customerTitle: 'ANN (North)',
      customer: { title: 'ANN (North)', regionName: 'North' },
    },
    { ...nothing, total: '1', each: '0.25', isLarge: false },
    {
      ...{
        total: '0',
        each: null,
        isLarge: false,
        customerName: 'bob',
        customerGrade: null,
        customerRegion: null,
      },
      ...{ customerTitle: 'BOB ()', customer: { title: 'BOB ()', regionName: null } },
    },
    { ...nothing, total: null, each: null, isLarge: null },
  ]);
});

test.each([
  ['where: { total: { gt: "0.5", lt: 50 } }', ['1']],
  ['where: { total: { isNull: true } }', [null]],
  ['where: { isLarge: { eq: true } }', ['59.7']],
  ['where: { customerName: { startsWith: "A" } }', ['59.7']],
  ['where: { customerName: { in: ["Zoe", "Ann"] } }', ['59.7']],
  ['where: { customerGrade: { eq: GOLD } }', ['59.7']],
  ['where: { customerGrade: { isNull: false } }', ['59.7']],
  ['where: { customerRegion: { eqInsensitive: "NORTH" } }', ['59.7']],
  ['where: { customer: { title: { contains: "BOB" } } }', ['0']],
  ['where: { not: { each: { gte: "0" } } }, orderBy: { total: ASC }', ['0', null]],
  ['orderBy: [{ customerName: DESC_NULLS_LAST }, { total: ASC }]', ['0', '59.7', '1', null]],
  ['orderBy: [{ customerGrade: ASC }, { total: DESC }]', ['59.7', null, '1', '0']],
  ['orderBy: [{ customer: { title: ASC } }, { total: ASC }]', ['59.7', '0', '1', null]],
])('obeys %s', async (args, totals) => {
  expect(await purchases(args)).toEqual(totals.map((total) => ({ total })));
});

test('pages by a formula without losing a record', async () => {
  const seen: unknown[] = [];
  let after = 'null';
  for (;;) {
    const answer = await gateway.ask(
      tenant.keys.viewer,
      `{ purchases(first: 1, after: ${after}, orderBy: { each: ASC }) { nodes { each } pageInfo { hasNextPage endCursor } } }`,
    );
    const { nodes, pageInfo } = dataOf(answer).purchases as {
      nodes: { each: string | null }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    seen.push(...nodes.map(({ each }) => each));
    if (!pageInfo.hasNextPage) break;
    after = JSON.stringify(pageInfo.endCursor);
  }
  expect(seen).toEqual(['0.25', '6.63333333333333333333', null, null]);
});

test('adds up formulas and groups by lookups', async () => {
  const answer = await gateway.ask(
    tenant.keys.viewer,
    `{ purchasesAggregate(groupBy: [{ customerName: true }], orderBy: [{ key: { customerName: ASC } }]) {
        keys count sum { total } max { total customerGrade } } }`,
  );
  expect(dataOf(answer).purchasesAggregate).toEqual([
    { keys: ['Ann'], count: 1, sum: { total: '59.7' }, max: { total: '59.7', customerGrade: 'GOLD' } },
    { keys: ['bob'], count: 1, sum: { total: '0' }, max: { total: '0', customerGrade: null } },
    { keys: [null], count: 2, sum: { total: '1' }, max: { total: '1', customerGrade: null } },
  ]);
});

test('shows each tenant its own, through the view that both share', async () => {
  const names = await purchases(
    'orderBy: { customerName: DESC_NULLS_LAST }',
    'customerName customerRegion',
    other.keys.viewer,
  );
  expect(names).toEqual([
    { customerName: 'Zoe', customerRegion: 'South' },
    { customerName: 'bob', customerRegion: null },
    { customerName: null, customerRegion: null },
    { customerName: null, customerRegion: null },
  ]);
  expect(await purchases('where: { customerName: { eq: "Zoe" } }')).toEqual([]);
});

test('follows what is looked up, and knows nothing of it once it is gone', async () => {
  const { editor } = other.keys;
  const found = dataOf(await gateway.ask(editor, '{ regions { nodes { id } } }')).regions as {
    nodes: { id: string }[];
  };
  const id = found.nodes[0]?.id;
  const regions = () => purchases('where: { customerName: { eq: "Zoe" } }', 'customerRegion', editor);
  dataOf(
    await gateway.ask(
      editor,
      `mutation { updateRegion(id: "${id}", input: { name: "West" }) { region { name } } }`,
    ),
  );
  expect(await regions()).toEqual([{ customerRegion: 'West' }]);
  dataOf(await gateway.ask(editor, `mutation { deleteRegion(id: "${id}") { id } }`));
  expect(await regions()).toEqual([{ customerRegion: null }]);
});

test.each(['total: "5"', 'customerName: "x"'])('takes no value for a computed field: %s', async (input) => {
  const answer = await gateway.ask(
    tenant.keys.editor,
    `mutation { createPurchase(input: { ${input} }) { purchase { id } } }`,
  );
  expect(answer.errors?.[0]?.message).toMatch(/is not defined by type "CreatePurchaseInput"/);
  expect(answer.data ?? null).toBeNull();
});

test('refuses a filter of another type', async () => {
  const answer = await gateway.ask(
    tenant.keys.viewer,
    '{ purchases(where: { isLarge: { gt: 5 } }) { nodes { id } } }',
  );
  expect(codesOf(answer)).toHaveLength(1);
});
