import { sweepViews, verify } from '@formwork/registry-store';
import { documentOf, type Setup, setUp } from './setup.ts';

let at: Setup;
beforeAll(async () => {
  at = await setUp();
});
afterAll(() => at.close());

const rollup = (key: string, options: object, more: object = {}) => ({
  key,
  type: 'rollup',
  options,
  ...more,
});
const formula = (key: string, expression: string, more: object = {}) => ({
  key,
  type: 'formula',
  options: { expression, stored: true },
  ...more,
});
const total = rollup('total', { via: 'items', function: 'sum', field: 'amount' });
const amount = formula('amount', 'quantity * price');

/** An order and its items, with more fields each. */
const shop = (order: readonly object[], item: readonly object[]) =>
  documentOf(
    {
      key: 'order',
      fields: [
        { key: 'name', type: 'text' },
        { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'orders' } },
        ...order,
      ],
    },
    {
      key: 'item',
      fields: [
        { key: 'order', type: 'link', options: { target: 'order', inverse: 'items' } },
        { key: 'quantity', type: 'integer' },
        { key: 'price', type: 'decimal' },
        { key: 'cost', type: 'currency' },
        { key: 'sent_at', type: 'datetime' },
        { key: 'sent_on', type: 'date' },
        { key: 'clock', type: 'time' },
        { key: 'word', type: 'text' },
        { key: 'share', type: 'number' },
        ...item,
      ],
    },
    { key: 'tag', fields: [{ key: 'weight', type: 'integer' }] },
  );

async function populated(order: readonly object[] = [], item: readonly object[] = []) {
  const tenant = await at.tenant();
  await at.apply(tenant, shop(order, item));
  const [first = '', second = ''] = await at.write(tenant, 'order', { name: 'first' }, { name: 'second' });
  await at.write(
    tenant,
    'item',
    { order: first, quantity: 2, price: 1.5 },
    { order: first, quantity: 4, price: 10 },
  );
  return { tenant, first, second };
}

async function dataOf(id: string): Promise<Record<string, unknown>> {
  const [row] = await at.rows('select data from formwork.records where id = $1', id);
  return row?.data as Record<string, unknown>;
}

const itemsOf = async (tenant: string) =>
  (
    await at.rows(
      `select data, version, n1 from formwork.records where tenant_id = $1 and entity_type = 'item' order by data -> 'quantity'`,
      tenant,
    )
  ).map(({ data, version, n1 }) => ({ amount: (data as { amount?: unknown }).amount, version, n1 }));

test('fills what is there when a stored formula and rollups over it are added, and makes no new version', async () => {
  const { tenant, first, second } = await populated();
  const indexed = { indexed: true };
  await at.apply(
    tenant,
    shop(
      [
        { ...total, ...indexed },
        formula('gross', 'total * 2'),
        rollup('count', { via: 'items', function: 'count', filter: 'quantity > 2' }),
      ],
      [{ ...amount, ...indexed }],
    ),
  );
  expect(await itemsOf(tenant)).toEqual([
    { amount: 3, version: 1, n1: 3 },
    { amount: 40, version: 1, n1: 40 },
  ]);
  expect(await dataOf(first)).toMatchObject({ total: 43, gross: 86, count: 1 });
  expect(await dataOf(second)).toMatchObject({ total: 0, gross: 0, count: 0 });
  expect(await verify(at.control, tenant)).toEqual([]);
  const [slots] = await at.rows('select n1, version from formwork.records where id = $1', first);
  expect(slots).toEqual({ n1: 43, version: 1 });
});

test('computes anew when a formula comes to be of another type; a rollup that would is told the way out', async () => {
  const { tenant } = await populated(
    [rollup('latest', { via: 'items', function: 'max', field: 'quantity' })],
    [amount],
  );
  const latest = (field: string) => rollup('latest', { via: 'items', function: 'max', field });
  await at.apply(tenant, shop([latest('quantity')], [formula('amount', 'text(quantity)')]));
  expect(await itemsOf(tenant)).toMatchObject([{ amount: '2' }, { amount: '4' }]);
  await expect(
    at.apply(tenant, shop([latest('sent_on')], [formula('amount', 'text(quantity)')])),
  ).rejects.toThrow(/There is 1 record of "order" whose rollup "latest" .*another key/);
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('computes anew when an expression, a filter or what is rolled up changes', async () => {
  const { tenant, first } = await populated([total], [amount]);
  await at.apply(tenant, shop([total], [formula('amount', 'quantity * price + 1')]));
  expect(await dataOf(first)).toMatchObject({ total: 45 });
  await at.apply(
    tenant,
    shop(
      [rollup('total', { via: 'items', function: 'sum', field: 'quantity', filter: 'amount > 10' })],
      [formula('amount', 'quantity * price + 1')],
    ),
  );
  expect(await dataOf(first)).toMatchObject({ total: 4 });
  await at.apply(tenant, shop([], []));
  await at.write(tenant, 'item', { order: first, quantity: 4, price: 10 });
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('sums, counts, averages and finds the ends of every type that has them', async () => {
  const of = (key: string, how: string, field: string) => rollup(key, { via: 'items', function: how, field });
  const tenant = await at.tenant();
  await at.apply(
    tenant,
    shop(
      [
        of('pieces', 'sum', 'quantity'),
        of('mean', 'avg', 'quantity'),
        of('least', 'min', 'price'),
        of('paid', 'sum', 'cost'),
        of('dearest', 'max', 'cost'),
        of('last', 'max', 'sent_at'),
        of('first_day', 'min', 'sent_on'),
        of('latest', 'max', 'clock'),
        of('word', 'min', 'word'),
        of('shares', 'sum', 'share'),
      ],
      [],
    ),
  );
  const [one = '', mixed = '', empty = ''] = await at.write(tenant, 'order', {}, {}, {});
  const euro = (value: number) => ({ amount: value, currency: 'EUR' });
  await at.write(
    tenant,
    'item',
    {
      ...{
        order: one,
        quantity: 1,
        price: 0.1,
        cost: euro(2.5),
        sent_at: '2026-01-01T10:00:00Z',
        sent_on: '2026-05-01',
      },
      ...{ clock: '10:00:00', word: 'Zebra', share: 0.1 },
    },
    {
      ...{
        order: one,
        quantity: 2,
        price: 0.2,
        cost: euro(3),
        sent_at: '2026-01-01T10:00:00.5Z',
        sent_on: '0999-01-02',
      },
      ...{ clock: '10:00:00.25', word: 'älter', share: 0.2 },
    },
    { order: one, quantity: 2 },
    { order: mixed, cost: euro(1) },
    { order: mixed, cost: { amount: 1, currency: 'USD' } },
  );
  expect(await dataOf(one)).toEqual({
    ...{ pieces: 5, mean: 5 / 3, least: 0.1, paid: euro(5.5), dearest: euro(3) },
    ...{
      last: '2026-01-01T10:00:00.5Z',
      first_day: '0999-01-02',
      latest: '10:00:00.25',
      word: 'älter',
      shares: 0.3,
    },
  });
  // Money of two currencies has no sum.
  expect(await dataOf(mixed)).toEqual({ pieces: 0, shares: 0 });
  expect(await dataOf(empty)).toEqual({ pieces: 0, shares: 0 });
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('have no value where it would be beyond all numbers, refuse nothing, and have one again afterwards', async () => {
  const of = (key: string, how: string, field: string) => rollup(key, { via: 'items', function: how, field });
  const tenant = await at.tenant();
  await at.apply(
    tenant,
    shop(
      [
        of('paid', 'sum', 'cost'),
        of('shares', 'sum', 'share'),
        of('mean', 'avg', 'share'),
        of('most', 'max', 'share'),
      ],
      [],
    ),
  );
  const [order = ''] = await at.write(tenant, 'order', {});
  const much = { amount: 9e37, currency: 'EUR' };
  const items = await at.write(
    tenant,
    'item',
    { order, cost: much, share: 1e308 },
    { order, cost: much, share: 1e308 },
    { order, cost: { amount: 1, currency: 'EUR' }, share: 2 },
  );
  expect(await dataOf(order)).toEqual({});
  expect(await verify(at.control, tenant)).toEqual([]);
  const change = async (text: string, ...values: readonly string[]) => {
    const { versions } = await at.dataPlane.read(tenant, []);
    await at.dataPlane.write(tenant, versions.registry, (transaction) => transaction.run([{ text, values }]));
    expect(await verify(at.control, tenant)).toEqual([]);
  };
  await change('delete from formwork.records where id = $1::uuid', items[0] ?? '');
  expect(await dataOf(order)).toMatchObject({ paid: { currency: 'EUR' } });
  expect(await dataOf(order)).not.toHaveProperty('shares');
  await change(
    `update formwork.records set data = data || '{"share": 3}' where id = $1::uuid`,
    items[1] ?? '',
  );
  expect(await dataOf(order)).toMatchObject({ shares: 5, mean: 2.5, most: 3 });
});

test('stored formulas that read each other are computed in their order', async () => {
  const tenant = await at.tenant();
  const more = [formula('a', 'b & "!"'), formula('c', 'quantity + 1'), formula('b', 'text(c) & word')];
  await at.apply(
    tenant,
    shop([], [...more, formula('day', 'date(sent_at)'), formula('moment', 'datetime(sent_on)')]),
  );
  const [id = ''] = await at.write(tenant, 'item', {
    ...{ quantity: 1, word: 'x', a: 'mine', sent_at: '2026-05-01T23:59:59.5Z', sent_on: '2026-05-02' },
  });
  expect(await dataOf(id)).toMatchObject({
    a: '2x!',
    b: '2x',
    c: 2,
    day: '2026-05-01',
    moment: '2026-05-02T00:00:00Z',
  });
  const [none = ''] = await at.write(tenant, 'item', { word: 'x' });
  expect(await dataOf(none)).toEqual({ word: 'x', b: 'x', a: 'x!' });
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('holds where records and what they link to are written by one statement', async () => {
  const tenant = await at.tenant();
  const category = {
    key: 'category',
    softDelete: true,
    fields: [
      {
        key: 'parent',
        type: 'link',
        options: { target: 'category', inverse: 'children', onDelete: 'set_null' },
      },
      { key: 'size', type: 'decimal' },
      rollup('below', { via: 'children', function: 'sum', field: 'size' }),
      rollup('largest', { via: 'children', function: 'max', field: 'size' }),
    ],
  };
  await at.apply(tenant, documentOf(category));
  const [root, leaf] = ['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002'];
  const run = async (text: string, ...values: readonly unknown[]) => {
    const { versions } = await at.dataPlane.read(tenant, []);
    await at.dataPlane.write(tenant, versions.registry, (transaction) =>
      transaction.run([{ text, values: values as readonly string[] }]),
    );
    expect(await verify(at.control, tenant)).toEqual([]);
  };
  await run(
    `insert into formwork.records (id, entity_type, data) values
      ($1, 'category', '{}'), ($2, 'category', jsonb_build_object('parent', $1::text, 'size', 5))`,
    root,
    leaf,
  );
  expect(await dataOf(root)).toEqual({ below: 5, largest: 5 });
  await run(`update formwork.records set deleted_at = now() where id = $1`, leaf);
  expect(await dataOf(root)).toEqual({ below: 0 });
  await run('update formwork.records set deleted_at = null where id = any ($1::uuid[])', `{${root},${leaf}}`);
  expect(await dataOf(root)).toEqual({ below: 5, largest: 5 });
  await run(
    `update formwork.records set data = data || '{"size": 7.5}' where id = any ($1::uuid[])`,
    `{${root},${leaf}}`,
  );
  expect(await dataOf(root)).toEqual({ below: 7.5, largest: 7.5, size: 7.5 });
  await run('delete from formwork.records where id = any ($1::uuid[])', `{${root},${leaf}}`);
});

test('a sum that no field can hold is none, and is one again when it can', async () => {
  const tenant = await at.tenant();
  await at.apply(tenant, shop([rollup('sum', { via: 'items', function: 'sum', field: 'price' })], []));
  const [order = ''] = await at.write(tenant, 'order', {});
  const large = 9 * 10 ** 37;
  const [item = ''] = await at.write(tenant, 'item', { order, price: large }, { order, price: large });
  expect(await dataOf(order)).toEqual({});
  await at.write(tenant, 'item', { order, price: 1 });
  expect(await verify(at.control, tenant)).toEqual([]);
  const { versions } = await at.dataPlane.read(tenant, []);
  await at.dataPlane.write(tenant, versions.registry, (transaction) =>
    transaction.run([{ text: 'delete from formwork.records where id = $1', values: [item] }]),
  );
  expect(await verify(at.control, tenant)).toEqual([]);
  expect(await dataOf(order)).toHaveProperty('sum');
});

test('a sum below zero is none where a value comes that no sum can be made of', async () => {
  const tenant = await at.tenant();
  await at.apply(tenant, shop([rollup('sum', { via: 'items', function: 'sum', field: 'share' })], []));
  const [order = ''] = await at.write(tenant, 'order', {});
  await at.write(tenant, 'item', { order, share: -5 });
  const [beyond = ''] = await at.write(tenant, 'item', { order, share: 1e300 });
  expect(await dataOf(order)).toEqual({});
  const { versions } = await at.dataPlane.read(tenant, []);
  await at.dataPlane.write(tenant, versions.registry, (transaction) =>
    transaction.run([{ text: 'delete from formwork.records where id = $1', values: [beyond] }]),
  );
  expect(await dataOf(order)).toEqual({ sum: -5 });
});

test('finds drift that was made by hand, of rollups and of stored formulas', async () => {
  const { tenant, first, second } = await populated(
    [total, rollup('weight', { via: 'tags', function: 'sum', field: 'weight' })],
    [amount],
  );
  await at.plant(`update formwork.records set data = data || '{"total": 42.5}' where id = $1`, first);
  await at.plant(`update formwork.records set data = data - 'weight' where id = $1`, second);
  await at.plant(
    `update formwork.records set data = data || '{"amount": "x"}' where tenant_id = $1 and data ->> 'quantity' = '2'`,
    tenant,
  );
  const drifts = (await verify(at.control, tenant)).filter(({ kind }) => kind === 'computed');
  expect(drifts.map(({ entity, name, count }) => [entity, name, count])).toEqual([
    ['order', 'total', 1],
    ['order', 'weight', 1],
    ['item', 'amount', 1],
  ]);
  expect(drifts[0]?.examples).toEqual([first]);
  // A source that went past the triggers shows in what is made of it.
  await at.plant(`delete from formwork.records where tenant_id = $1 and data ->> 'quantity' = '4'`, tenant);
  expect((await verify(at.control, tenant)).map(({ name }) => name)).toContain('total');
});

test('finds what the triggers know of rollups changed, and functions gone, which the same design applied again makes anew', async () => {
  const { tenant } = await populated([total], [formula('amount', 'quantity * price + 17')]);
  await at.plant(`update formwork.rollups set uses = '{}' where tenant_id = $1`, tenant);
  const [row] = await at.rows(
    `select formulas from formwork.entity_storage where tenant_id = $1 and entity_type = 'item'`,
    tenant,
  );
  await at.plant(`drop function formwork_views.${row?.formulas}`);
  expect((await verify(at.control, tenant)).filter(({ kind }) => kind === 'storage')).toMatchObject([
    { entity: 'order', message: expect.stringContaining('rollups') },
    { entity: 'item', message: expect.stringContaining('function') },
  ]);
  await at.apply(tenant, shop([total], [formula('amount', 'quantity * price + 17')]));
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('tenants of one design share the functions, which go when the last has left', async () => {
  const design = shop([total], [formula('amount', 'quantity * price + 23')]);
  const tenants = [await at.tenant(), await at.tenant()];
  for (const tenant of tenants) await at.apply(tenant, design);
  const functions = await at.rows(
    `select distinct formulas from formwork.entity_storage where tenant_id = any ($1) and formulas is not null`,
    tenants,
  );
  expect(functions).toHaveLength(1);
  const name = functions[0]?.formulas as string;
  await at.apply(tenants[0] as string, shop([], []));
  expect(await sweepViews(at.control, { grace: 0 })).not.toContain(name);
  await at.apply(tenants[1] as string, shop([], []));
  expect(await sweepViews(at.control, { grace: 0 })).toContain(name);
});

test('a rollup goes with its last use: what it stood on may be removed then, and not before', async () => {
  const { tenant, first } = await populated([total], [amount]);
  expect((await at.refusal(tenant, shop([total], []))).codes).toEqual([
    'FIELD_MISSING at entities[0].fields[2].options.field',
  ]);
  await at.apply(tenant, shop([], []));
  expect(await at.rows('select 1 from formwork.rollups where tenant_id = $1', tenant)).toEqual([]);
  await at.write(tenant, 'item', { order: first, quantity: 1 });
  expect(await verify(at.control, tenant)).toEqual([]);
});

test('too many records to compute anew are refused, and nothing is applied', async () => {
  const { tenant } = await populated();
  const refusal = await at.refusal(tenant, shop([rollup('n', { via: 'items', function: 'count' })], []), {
    fillLimit: 1,
  });
  expect(refusal.codes).toEqual(['TOO_MANY_RECORDS at entities']);
});

test('functions are for the gateway, the role that writes for it, and nobody else', async () => {
  await populated([total], [amount]);
  const rows = await at.rows(
    `select distinct r.rolname as role from pg_proc p cross join aclexplode(p.proacl) a
     left join pg_roles r on r.oid = a.grantee where p.pronamespace = 'formwork_views'::regnamespace order by 1`,
  );
  expect(rows).toEqual(['designer', 'gateway', 'writer'].map((name) => ({ role: `formwork_${name}` })));
});
