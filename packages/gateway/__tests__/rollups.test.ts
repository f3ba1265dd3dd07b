import type { AdminClient } from '@formwork/pg';
import { verify } from '@formwork/registry-store';
import { asAdmin, postgresVersions } from '@formwork/testkit';
import { dataOf, type GraphqlAnswer, Harness, type TestGateway, type TestTenant } from './harness.ts';

const rollup = (key: string, options: object) => ({ key, type: 'rollup', options });
const link = (key: string, options: object) => ({ key, type: 'link', options });

/** An account has orders, an order has items and tags; deleted items are kept. */
const shop = {
  formwork: 1,
  entities: [
    {
      key: 'account',
      fields: [
        { key: 'name', type: 'text', required: true },
        {
          ...rollup('revenue', {
            via: 'orders',
            function: 'sum',
            field: 'gross',
            filter: "status != 'cancelled'",
          }),
          indexed: true,
        },
        rollup('order_count', { via: 'orders', function: 'count' }),
        rollup('last_due', { via: 'orders', function: 'max', field: 'due_on' }),
      ],
    },
    {
      key: 'order',
      fields: [
        link('account', { target: 'account', inverse: 'orders', onDelete: 'cascade' }),
        { key: 'code', type: 'text', unique: true },
        {
          key: 'status',
          type: 'select',
          default: 'open',
          options: { choices: [{ key: 'open' }, { key: 'cancelled' }] },
        },
        { key: 'due_on', type: 'date' },
        { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'orders' } },
        { ...rollup('total', { via: 'items', function: 'sum', field: 'amount' }), indexed: true },
        rollup('average', { via: 'items', function: 'avg', field: 'quantity' }),
        rollup('dear', { via: 'items', function: 'count', filter: 'amount >= 100' }),
        rollup('weight', { via: 'tags', function: 'sum', field: 'weight' }),
        { key: 'gross', type: 'formula', options: { expression: 'total * 1.2', stored: true } },
      ],
    },
    {
      key: 'item',
      softDelete: true,
      fields: [
        link('order', { target: 'order', inverse: 'items', onDelete: 'cascade' }),
        { key: 'sku', type: 'text', unique: true },
        { key: 'note', type: 'text' },
        { key: 'quantity', type: 'integer', default: 1 },
        { key: 'price', type: 'decimal' },
        {
          key: 'amount',
          type: 'formula',
          indexed: true,
          options: { expression: 'quantity * price', stored: true },
        },
      ],
    },
    {
      key: 'tag',
      fields: [
        { key: 'name', type: 'text', unique: true },
        { key: 'weight', type: 'integer' },
        rollup('worth', { via: 'orders', function: 'sum', field: 'total' }),
      ],
    },
  ],
};

jest.setTimeout(300_000);

describe.each(postgresVersions)('rollups, on %s', (_, openDatabase) => {
  if (openDatabase === undefined) return test.skip('…', () => {});
  let harness: Harness;
  let gateways: readonly TestGateway[];
  let tenant: TestTenant;
  let other: TestTenant;
  let turn = 0;

  beforeAll(async () => {
    harness = await Harness.open(await openDatabase());
    await harness.lookForDeadlocksAfter('100ms');
    [tenant, other] = [await harness.tenant('shop', shop), await harness.tenant('rival', shop)];
    // On a machine that is busy with more than this, nobody is to run out of time.
    const config = { poolSize: 20, logLevel: 'silent' as const, requestTimeout: 240_000 };
    gateways = [await harness.gateway(config), await harness.gateway(config)];
  });
  afterEach(async () => {
    expect(await verify(harness.control, tenant.id)).toEqual([]);
    expect(await verify(harness.control, other.id)).toEqual([]);
  });
  afterAll(() => harness.close());

  const ask = (query: string, variables: object = {}, key = tenant.keys.editor): Promise<GraphqlAnswer> =>
    (gateways[turn++ % 2] as TestGateway).ask(key, query, variables);

  /** One field of an answer that has no errors. */
  async function run<T>(query: string, variables?: object, key?: string): Promise<T> {
    return Object.values(dataOf(await ask(query, variables, key)))[0] as T;
  }

  async function create(type: string, input: object, key?: string): Promise<string> {
    const made = await run<Record<string, { id: string }>>(
      `mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${type.toLowerCase()} { id } } }`,
      { input },
      key,
    );
    return made[type.toLowerCase()]?.id ?? '';
  }

  const update = (type: string, id: string, input: object) =>
    run(
      `mutation ($id: ID!, $input: Update${type}Input!) { update${type}(id: $id, input: $input) { __typename } }`,
      { id, input },
    );
  const remove = (type: string, id: string) =>
    run(`mutation ($id: ID!) { delete${type}(id: $id) { id } }`, { id });
  const orderOf = (id: string, key?: string) =>
    run<Record<string, unknown>>(
      'query ($id: ID!) { order(id: $id) { total average dear weight gross version } }',
      { id },
      key,
    );
  const accountOf = (id: string) =>
    run<Record<string, unknown>>(
      'query ($id: ID!) { account(id: $id) { revenue orderCount lastDue version } }',
      { id },
    );

  const none = { total: '0', average: null, dear: 0, weight: 0, gross: '0', version: 1 };

  test('follow what is created, changed, moved, deleted and restored, through a chain, without a new version', async () => {
    const account = await create('Account', { name: 'Chain' });
    expect(await accountOf(account)).toEqual({ revenue: '0', orderCount: 0, lastDue: null, version: 1 });
    const [first, second] = [
      await create('Order', { account: { id: account }, dueOn: '2026-05-01' }),
      await create('Order', { account: { id: account }, dueOn: '2026-04-01' }),
    ];
    expect(await orderOf(first)).toEqual(none);
    const item = await create('Item', { order: { id: first }, quantity: 3, price: '19.90' });
    const dear = await create('Item', { order: { id: first }, quantity: 2, price: '50' });
    expect(await orderOf(first)).toEqual({ ...none, total: '159.7', average: 2.5, dear: 1, gross: '191.64' });
    expect(await accountOf(account)).toEqual({
      revenue: '191.64',
      orderCount: 2,
      lastDue: '2026-05-01',
      version: 1,
    });
    await update('Item', item, { quantity: 10 });
    expect(await orderOf(first)).toMatchObject({ total: '299', average: 6, dear: 2, version: 1 });
    await update('Item', item, { order: { id: second } });
    expect([await orderOf(first), await orderOf(second)]).toMatchObject([{ total: '100' }, { total: '199' }]);
    await update('Item', item, { order: null });
    expect(await orderOf(second)).toEqual(none);
    await update('Item', item, { order: { id: second } });
    await remove('Item', dear);
    expect(await orderOf(first)).toEqual(none);
    await run('mutation ($id: ID!) { restoreItem(id: $id) { __typename } }', { id: dear });
    expect(await orderOf(first)).toMatchObject({ total: '100', version: 1 });
    expect(await accountOf(account)).toMatchObject({ revenue: '358.8' });
    await update('Order', second, { status: 'CANCELLED' });
    expect(await accountOf(account)).toMatchObject({ revenue: '120', orderCount: 2 });
    await remove('Order', first);
    expect(await accountOf(account)).toEqual({
      revenue: '0',
      orderCount: 1,
      lastDue: '2026-04-01',
      version: 1,
    });
  });

  test('are filtered, sorted, grouped and summed up as any field', async () => {
    for (const [name, price] of [
      ['A', '5'],
      ['B', '70'],
      ['C', '20'],
    ] as const) {
      const account = await create('Account', { name: `sorted ${name}` });
      await create('Item', { order: { create: { account: { id: account } } }, price });
    }
    const where = '{ name: { startsWith: "sorted" } }';
    const names = async (args: string) =>
      (await run<{ nodes: { name: string }[] }>(`{ accounts(${args}) { nodes { name } } }`)).nodes.map(
        ({ name }) => name.slice(-1),
      );
    expect(await names(`where: ${where}, orderBy: [{ revenue: DESC }]`)).toEqual(['B', 'C', 'A']);
    expect(await names(`where: { name: { startsWith: "sorted" }, revenue: { gt: "6", lt: "30" } }`)).toEqual([
      'C',
    ]);
    expect(await run(`{ accountsAggregate(where: ${where}) { sum { revenue } max { revenue } } }`)).toEqual([
      { sum: { revenue: '114' }, max: { revenue: '84' } },
    ]);
    expect(await run('{ items(where: { amount: { eq: "70" } }) { nodes { amount } } }')).toEqual({
      nodes: [{ amount: '70' }],
    });
  });

  test('follow bulk writes, upserts and links to many from both sides', async () => {
    const order = await create('Order', { code: 'bulk' });
    const input = Array.from({ length: 40 }, (_, index) => ({
      order: { id: order },
      sku: `bulk-${index}`,
      price: '2.5',
    }));
    await run('mutation ($input: [CreateItemInput!]!) { createItems(inputs: $input) { __typename } }', {
      input,
    });
    expect(await orderOf(order)).toMatchObject({ total: '100' });
    await run(
      'mutation { updateItems(where: { sku: { in: ["bulk-1", "bulk-2"] } }, input: { quantity: 11 }, atMost: 5) { __typename } }',
    );
    expect(await orderOf(order)).toMatchObject({ total: '150' });
    await run('mutation { upsertItem(by: { sku: "bulk-1" }, input: { quantity: 1 }) { __typename } }');
    await run(
      `mutation { upsertItem(by: { sku: "bulk-new" }, input: { price: "1", order: { id: "${order}" } }) { __typename } }`,
    );
    expect(await orderOf(order)).toMatchObject({ total: '126' });
    await run('mutation { deleteItems(where: { sku: { startsWith: "bulk" } }, atMost: 100) { __typename } }');
    expect(await orderOf(order)).toEqual({ ...none });

    const [heavy, light] = [
      await create('Tag', { name: 'heavy', weight: 50 }),
      await create('Tag', { name: 'light', weight: 1 }),
    ];
    await create('Item', { order: { id: order }, price: '7' });
    await update('Order', order, { tags: { add: [{ id: heavy }, { id: light }] } });
    const worth = (id: string) => run('query ($id: ID!) { tag(id: $id) { worth } }', { id });
    expect(await orderOf(order)).toMatchObject({ weight: 51 });
    expect(await worth(heavy)).toEqual({ worth: '7' });
    await update('Tag', heavy, { weight: 60 });
    await create('Item', { order: { id: order }, price: '3' });
    expect([await orderOf(order), await worth(heavy)]).toMatchObject([{ weight: 61 }, { worth: '10' }]);
    await update('Order', order, { tags: { set: [{ id: light }] } });
    expect([await orderOf(order), await worth(heavy)]).toMatchObject([{ weight: 1 }, { worth: '0' }]);
    await remove('Tag', light);
    expect(await orderOf(order)).toMatchObject({ weight: 0 });
  });

  test('belong to nobody who writes: inputs have none, and the database discards what is sent', async () => {
    const refused = await ask('mutation { createOrder(input: { total: "5" }) { order { id } } }');
    expect(refused.errors?.[0]?.message).toMatch(/"total" is not defined by type "CreateOrderInput"/);
    const order = await create('Order', {});
    await create('Item', { order: { id: order }, price: '4' });
    await asAdmin(harness.database, async (client) => {
      await client.query('set role formwork_gateway');
      await client.query(`select set_config('app.tenant_id', $1, false)`, [tenant.id]);
      await client.query(
        `update formwork.records set data = data || '{"total": 1000, "gross": 5, "average": "x"}' where id = $1`,
        [order],
      );
      await client.query(`update formwork.records set data = data - 'total' - 'gross' where id = $1`, [
        order,
      ]);
      await client.query(
        `insert into formwork.records (entity_type, data) values ('item', '{"price": 2, "quantity": 2, "amount": 99}')`,
      );
      const { rows } = await client.query(
        `select data from formwork.records where entity_type = 'item' and data ->> 'price' = '2'`,
      );
      expect(rows).toEqual([{ data: { price: 2, quantity: 2, amount: 4 } }]);
    });
    expect(await orderOf(order)).toMatchObject({ total: '4', gross: '4.8', version: 1 });
  });

  test('count what came before the record that it links to', async () => {
    const rows = await asAdmin(harness.database, async (client) => {
      await client.query('begin; set local role formwork_gateway');
      await client.query(`select set_config('app.tenant_id', $1, true)`, [tenant.id]);
      const id = '01900000-0000-7000-8000-00000000abcd';
      await client.query(
        `insert into formwork.records (entity_type, data) values ('item', jsonb_build_object('price', 3, 'quantity', 1, 'order', $1::text))`,
        [id],
      );
      await client.query(`insert into formwork.records (id, entity_type, data) values ($1, 'order', '{}')`, [
        id,
      ]);
      const found = await client.query(
        `select data -> 'total' as total from formwork.records where id = $1`,
        [id],
      );
      await client.query('commit');
      return found.rows;
    });
    expect(rows).toEqual([{ total: 3 }]);
  });

  test('are made of the records of their own tenant', async () => {
    const [mine, theirs] = [await create('Order', {}), await create('Order', {}, other.keys.editor)];
    await create('Item', { order: { id: theirs }, price: '1000' }, other.keys.editor);
    const crossed = await ask(
      `mutation { createItem(input: { order: { id: "${theirs}" }, price: "1" }) { item { id } } }`,
    );
    expect(crossed.errors?.[0]?.extensions.code).toBe('LINK_NOT_FOUND');
    await create('Item', { order: { id: mine }, price: '1' });
    expect(await orderOf(mine)).toMatchObject({ total: '1' });
    expect(await orderOf(theirs, other.keys.editor)).toMatchObject({ total: '1000' });
    // Even where the other tenant's rule and record are there to be named.
    const touched = await asAdmin(harness.database, async (client) => {
      await client.query('set role formwork_gateway');
      await client.query(`select set_config('app.tenant_id', $1, false)`, [tenant.id]);
      const { rows } = await client.query(
        'select count(*)::int as rules from formwork.rollups where tenant_id <> $1',
        [tenant.id],
      );
      await client.query('reset role');
      const all = await client.query(
        'select count(*)::int as rules from formwork.rollups where tenant_id <> $1',
        [tenant.id],
      );
      return [rows[0].rules, all.rows[0].rules > 0];
    });
    expect(touched).toEqual([0, true]);
  });

  test('hold with many writers of one parent, of two in opposite order, and of moving children', async () => {
    const account = await create('Account', { name: 'Busy' });
    const orders = await Promise.all([1, 2, 3].map(() => create('Order', { account: { id: account } })));
    const items = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        create('Item', { order: { id: orders[index % 3] }, sku: `busy-${index}`, price: '1' }),
      ),
    );
    const tag = await create('Tag', { name: 'busy', weight: 1 });
    const writes = Array.from({ length: 120 }, (_, writer) => {
      const [one, two] = writer % 2 === 0 ? [orders[0], orders[1]] : [orders[1], orders[0]];
      const item = items[writer % items.length];
      switch (writer % 8) {
        case 0:
        case 1:
          return `mutation { a: createItem(input: { order: { id: "${one}" }, price: "2" }) { __typename } b: createItem(input: { order: { id: "${two}" }, price: "3" }) { __typename } }`;
        case 2:
        case 3:
          return `mutation { updateItem(id: "${item}", input: { order: { id: "${orders[writer % 3]}" }, quantity: ${writer} }) { __typename } }`;
        case 4:
          return `mutation { deleteItems(where: { sku: { eq: "busy-${writer % 24}" } }) { __typename } }`;
        case 5:
          return `mutation { upsertItem(by: { sku: "busy-${(writer * 7) % 24}" }, input: { price: "9", order: { id: "${one}" } }) { __typename } }`;
        case 6:
          return `mutation { updateOrder(id: "${one}", input: { tags: { ${writer % 16 < 8 ? 'add' : 'remove'}: [{ id: "${tag}" }] } }) { __typename } }`;
        default:
          return `mutation { updateTag(id: "${tag}", input: { weight: ${writer} }) { __typename } }`;
      }
    });
    const answers = await Promise.all(writes.map((write) => ask(write)));
    const codes = answers.flatMap(({ errors }) => (errors ?? []).map(({ extensions }) => extensions.code));
    expect(codes.filter((code) => code !== 'CONFLICT' && code !== 'NOT_FOUND')).toEqual([]);
    // Most come through; what they have in common is looked at after each test: nothing has drifted.
    expect(codes.length).toBeLessThan(60);
    const sums = await asAdmin(harness.database, async (client) => {
      const { rows } = await client.query(
        `select o.data ->> 'total' as kept, coalesce(sum((i.data ->> 'quantity')::int * (i.data ->> 'price')::numeric), 0)::text as made
         from formwork.records o left join formwork.records i
           on i.tenant_id = o.tenant_id and i.entity_type = 'item' and i.data ->> 'order' = o.id::text and i.deleted_at is null
         where o.id = any ($1) group by o.id, o.data`,
        [orders],
      );
      return rows as { kept: string; made: string }[];
    });
    expect(sums).toHaveLength(3);
    for (const { kept, made } of sums) expect(Number(kept)).toBe(Number(made));
  });

  test('deletes, with all that goes along, and writes of what goes do not lock each other out', async () => {
    // Nobody finds a deadlock out within the time of a request: whoever runs into one is told TIMEOUT.
    await harness.lookForDeadlocksAfter('10min');
    const patient = await harness.gateway({ poolSize: 30, logLevel: 'silent', requestTimeout: 120_000 });
    const accounts = await Promise.all(['One', 'Two'].map((one) => create('Account', { name: one })));
    const made = async (type: string, inputs: readonly object[]) => {
      const rows = await run<Record<string, { id: string }[]>>(
        `mutation ($inputs: [Create${type}Input!]!) { create${type}s(inputs: $inputs) { ${type.toLowerCase()}s { id } } }`,
        { inputs },
      );
      return (rows[`${type.toLowerCase()}s`] ?? []).map(({ id }) => id);
    };
    const indexes = Array.from({ length: 40 }, (_, index) => index);
    const orders = await made(
      'Order',
      indexes.slice(0, 10).map((index) => ({ account: { id: accounts[index % 2] } })),
    );
    const items = await made(
      'Item',
      indexes.map((index) => ({ order: { id: orders[index % 10] }, price: '1' })),
    );
    const writes = Array.from({ length: 150 }, (_, writer) => {
      const item = items[(writer * 3) % items.length];
      const order = orders[writer % orders.length];
      switch (writer % 7) {
        case 0:
        case 1:
          return `mutation { updateItem(id: "${item}", input: { quantity: ${writer} }) { __typename } }`;
        case 2:
          return `mutation { createItem(input: { order: { id: "${order}" }, price: "2" }) { __typename } }`;
        case 3:
          return `mutation { updateItem(id: "${item}", input: { order: { id: "${order}" } }) { __typename } }`;
        case 4:
          return `mutation { updateOrder(id: "${order}", input: { dueOn: "2026-01-0${(writer % 9) + 1}" }) { __typename } }`;
        case 5:
          return `mutation { deleteItems(where: { order: { id: { eq: "${order}" } }, quantity: { gt: 1 } }, atMost: 50) { __typename } }`;
        default:
          return writer === 76
            ? `mutation { deleteAccount(id: "${accounts[1]}") { id } }`
            : `mutation { deleteOrder(id: "${order}") { id } }`;
      }
    });
    const answers = await Promise.all(writes.map((write) => patient.ask(tenant.keys.editor, write)));
    const codes = answers.flatMap(({ errors }) => (errors ?? []).map(({ extensions }) => extensions.code));
    const usual = ['CONFLICT', 'NOT_FOUND', 'LINK_NOT_FOUND'];
    expect(codes.filter((code) => !usual.includes(String(code)))).toEqual([]);
    expect(codes.filter((code) => code === 'CONFLICT').length).toBeLessThan(15);
    expect(await asAdmin(harness.database, leftBehind)).toEqual([0, true]);
  });

  /** How many records lead to one that is not there, and whether any order is gone. */
  async function leftBehind(client: AdminClient): Promise<unknown> {
    const { rows } = await client.query(
      `select (select count(*)::int from formwork.records r where r.l1 is not null and not exists (
           select from formwork.records t where t.tenant_id = r.tenant_id and t.id = r.l1)) as strays,
         count(*) < 20 as gone from formwork.records where entity_type = 'order'`,
    );
    return [rows[0].strays, rows[0].gone];
  }
});
