import { asAdmin, linksUnderTest } from '@formwork/testkit';
import { codesOf, createAirport, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { messagesOf } from './messages-of.ts';
import { shop } from './shop.ts';

let harness: Harness;
let tenant: TestTenant;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  gateway = await harness.gateway();
  const { editor } = tenant.keys;
  const ids = [
    await createAirport(gateway, editor, 'AAA', 'Anaa'),
    await createAirport(gateway, editor, 'BBB', 'Bonn'),
  ];
  const flights = [ids[0], ids[0], ids[1]].map(
    (id, n) => `f${n}: createFlight(input: { number: "X${n}", origin: { id: "${id}" } }) { flight { id } }`,
  );
  dataOf(await gateway.ask(editor, `mutation { ${flights.join(' ')} }`));
});
afterAll(() => harness.close());

test('aggregates at the root and under each record, with one statement for all parents', async () => {
  const query = `query ($zone: String) {
      flightsAggregate(
        groupBy: [{ origin: { iata: true } }, { createdAt: { part: YEAR, timeZone: $zone } }]
        having: { count: { gte: 1 } }
        orderBy: [{ count: DESC }]
      ) { keys count min { number } numbers: countDistinct(of: { number: true }) }
      airports { nodes { iata departuresAggregate(where: { number: { ne: "X0" } }) { count max { number } } } }
    }`;
  const { answer, messages } = await messagesOf(gateway, () =>
    gateway.ask(tenant.keys.editor, query, { zone: 'Europe/Berlin' }),
  );
  const year = expect.stringMatching(/^\d{4}-01-01$/);
  expect(dataOf(answer)).toEqual({
    flightsAggregate: [
      { keys: ['AAA', year], count: 2, min: { number: 'X0' }, numbers: 2 },
      { keys: ['BBB', year], count: 1, min: { number: 'X2' }, numbers: 1 },
    ],
    airports: {
      nodes: [
        { iata: 'AAA', departuresAggregate: [{ count: 1, max: { number: 'X1' } }] },
        { iata: 'BBB', departuresAggregate: [{ count: 1, max: { number: 'X2' } }] },
      ],
    },
  });
  const ofRecordsAndGroups = linksUnderTest === 'nested' ? 1 : 2;
  expect(messages.flat()).toHaveLength(1 + ofRecordsAndGroups);
});

test.each([
  [
    'flightsAggregate(groupBy: [{ createdAt: { part: DAY, timeZone: "Mars/Olympus" } }]) { count }',
    'BAD_USER_INPUT',
  ],
  ['flightsAggregate(having: null) { count }', 'BAD_USER_INPUT'],
  ['flightsAggregate(first: 1001) { count }', 'LIMIT_EXCEEDED'],
])('refuses %s', async (field, code) => {
  expect(codesOf(await gateway.ask(tenant.keys.editor, `{ ${field} }`))).toEqual([code]);
});

test('what cannot be computed is refused wherever it is asked for', async () => {
  const { keys } = await harness.tenant('shop', shop);
  const heavy = 'createItem(input: { weight: 1e308, order: { by: { number: 1 } } }) { item { id } }';
  const made = `mutation { createOrder(input: { number: 1 }) { order { id } } a: ${heavy} b: ${heavy} }`;
  dataOf(await gateway.ask(keys.editor, made));
  for (const field of [
    'orders(where: { items: { sum: { weight: { gt: 1 } } } }) { nodes { number } }',
    'orders(where: { items: { avg: { weight: { gt: 1 } } } }) { totalCount }',
    'orders(orderBy: [{ items: { sum: { weight: ASC } } }]) { nodes { number } }',
    'customers { totalCount } orders { nodes { itemsAggregate { sum { weight } } } }',
    'itemsAggregate { sum { weight } }',
  ]) {
    const answer = await gateway.ask(keys.viewer, `{ ${field} }`);
    expect([field, answer.errors?.[0]?.message, codesOf(answer)]).toEqual([
      field,
      expect.stringContaining('too large for a Float'),
      ['BAD_USER_INPUT'],
    ]);
  }
  // Of a write it is its filter that cannot be computed, and not what it would store.
  const change =
    'updateOrders(where: { items: { sum: { weight: { gt: 1 } } } }, input: {}) { orders { id } }';
  const answer = await gateway.ask(keys.editor, `mutation { ${change} }`);
  expect(answer.errors?.[0]?.message).toContain('too large for a Float');
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  // Node has known it, and this Postgres may not.
  const zone =
    'orders(where: { createdAt: { during: { period: TODAY, timeZone: "US/Pacific-New" } } }) { totalCount }';
  expect(codesOf(await gateway.ask(keys.viewer, `{ ${zone} }`))).not.toContain('INTERNAL');
});

test('gives one group of all records where nothing is asked of it', async () => {
  const answer = await gateway.ask(
    tenant.keys.viewer,
    '{ flightsAggregate { keys } airports { nodes { iata departuresAggregate { keys } all: departuresAggregate { __typename } } } }',
  );
  const one = { departuresAggregate: [{ keys: [] }], all: [{ __typename: 'FlightAggregate' }] };
  expect(dataOf(answer)).toEqual({
    flightsAggregate: [{ keys: [] }],
    airports: {
      nodes: [
        { iata: 'AAA', ...one },
        { iata: 'BBB', ...one },
      ],
    },
  });
});

test('adds up what is a number, at the root and behind links, where somebody has planted what is none', async () => {
  const { id, keys } = await harness.tenant('planted', shop);
  const input = (quantity: number) =>
    `{ quantity: ${quantity}, product: { create: { name: "P", price: "${quantity}.50" } } }`;
  const made = `mutation { createItems(inputs: [${input(1)}, ${input(2)}]) { items { id } } }`;
  dataOf(await gateway.ask(keys.editor, made));
  const query = `{ productsAggregate { count sum { price } avg { price } }
    products { nodes { price soldAggregate { sum { quantity } } } } }`;
  const ask = async () => dataOf(await gateway.ask(keys.viewer, query));
  const nodes = [1, 2].map((n) => ({ price: `${n}.50`, soldAggregate: [{ sum: { quantity: n } }] }));
  const both = { count: 2, sum: { price: '4.00' }, avg: { price: '2' } };
  expect(await ask()).toEqual({ productsAggregate: [both], products: { nodes } });
  await asAdmin(harness.database, async (admin) => {
    await admin.query(`begin; set local session_replication_role = replica`);
    await admin.query(
      `update formwork.records set data = data || case entity_type when 'item' then '{"quantity": "much"}' else '{"price": "dear"}' end::jsonb
        where tenant_id = $1 and (data ->> 'quantity' = '2' or data ->> 'price' = '2.50')`,
      [id],
    );
    await admin.query('commit');
  });
  const rest = { price: null, soldAggregate: [{ sum: { quantity: null } }] };
  const first = { count: 2, sum: { price: '1.50' }, avg: { price: '1.5' } };
  expect(await ask()).toEqual({ productsAggregate: [first], products: { nodes: [nodes[0], rest] } });
});
