import type { RegistryDocument } from '@formwork/registry';
import {
  createReadHarness,
  errorOf,
  everything,
  idOf,
  idsOf,
  nodeIds,
  type ReadHarness,
} from './read-harness.ts';

const aviation: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      plural: 'airports',
      fields: [
        { key: 'iata', type: 'text', required: true, unique: true },
        { key: 'city', type: 'text', indexed: true },
      ],
    },
    {
      key: 'flight',
      plural: 'flights',
      fields: [
        { key: 'number', type: 'text', required: true },
        { key: 'departs_at', type: 'datetime', indexed: true },
        { key: 'delay', type: 'integer' },
        { key: 'origin', type: 'link', options: { target: 'airport', inverse: 'departures' } },
        { key: 'destination', type: 'link', options: { target: 'airport', inverse: 'arrivals' } },
        { key: 'alternates', type: 'links', options: { target: 'airport', inverse: 'alternate_of' } },
      ],
      keys: [{ key: 'by_number', fields: ['number', 'departs_at'] }],
    },
  ],
};

let harness: ReadHarness;
const [fra, jfk, osl] = [idOf(1), idOf(2), idOf(3)];
const flight = (number: number) => idOf(number, 1);

beforeAll(async () => {
  harness = await createReadHarness(aviation);
  await harness.insert('airport', [
    { id: fra, data: { iata: 'FRA', city: 'Frankfurt' } },
    { id: jfk, data: { iata: 'JFK', city: 'New York' } },
    { id: osl, data: { iata: 'OSL' } },
  ]);
  await harness.insert(
    'flight',
    Array.from({ length: 10 }, (_, index) => ({
      id: flight(index),
      data: {
        number: `LH${index}`,
        departs_at: `2026-11-21T1${index}:00:00Z`,
        ...(index % 2 ? { delay: index } : {}),
        origin: index < 6 ? fra : jfk,
        destination: index < 6 ? jfk : fra,
      },
    })),
  );
  await harness.link('flight', 'alternates', [
    [flight(0), osl],
    [flight(0), jfk],
    [flight(1), osl],
  ]);
});
afterAll(() => harness.close());
beforeEach(() => harness.counter.reset());

const scopeStatements = /begin_read|set_config/;
const sent = () => harness.counter.statements.filter((text) => !scopeStatements.test(text));

test('reads a record by id, and null for an id of nothing', async () => {
  const records = harness.records();
  const fields = ['number', 'departsAt', 'delay', 'origin', 'createdAt', 'version'];
  expect(await records.byId('Flight', flight(1).toUpperCase(), { fields })).toEqual({
    typeName: 'Flight',
    id: flight(1),
    values: {
      number: 'LH1',
      departsAt: '2026-11-21T11:00:00Z',
      delay: 1,
      origin: fra,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      version: 1,
    },
  });
  expect(await records.byId('Flight', fra, { fields })).toBeNull();
  expect(await records.byId('Flight', 'not an id', { fields })).toBeNull();
});

test('reads records by unique key, several in one statement', async () => {
  const records = harness.records();
  const [one, two, none, composite] = await Promise.all([
    records.byKey('Airport', 'iata', { iata: 'FRA' }, { fields: ['city'] }),
    records.byKey('Airport', 'iata', { iata: 'JFK' }, { fields: ['iata'] }),
    records.byKey('Airport', 'iata', { iata: 'fra' }, { fields: [] }),
    records.byKey(
      'Flight',
      'byNumber',
      { number: 'LH3', departsAt: '2026-11-21T14:00:00+01:00' },
      { fields: [] },
    ),
  ]);
  expect([one?.id, two?.id, none, composite?.id]).toEqual([fra, jfk, null, flight(3)]);
  expect(sent()).toHaveLength(2);
  expect(harness.counter.batches).toHaveLength(1);
});

test('finds a record of any type by its id', async () => {
  const records = harness.records();
  const nodes = await Promise.all(
    [fra, flight(2), idOf(99), 'x'].map((id) =>
      records.node(id, (typeName) => ({ fields: typeName === 'Airport' ? ['iata'] : ['number'] })),
    ),
  );
  expect(nodes.map((node) => node && [node.typeName, node.values])).toEqual([
    ['Airport', { iata: 'FRA' }],
    ['Flight', { number: 'LH2' }],
    null,
    null,
  ]);
  expect(sent()).toHaveLength(3);
});

test('pages through a list in both directions', async () => {
  const records = harness.records();
  const orderBy = [{ departsAt: 'DESC' }];
  const first = await records.connection('Flight', { first: 3, orderBy }, everything);
  expect(nodeIds(first)).toEqual([9, 8, 7].map(flight));
  expect(first.totalCount).toBe(10);
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const second = await records.connection(
    'Flight',
    { first: 3, orderBy, after: first.pageInfo.endCursor },
    everything,
  );
  expect(nodeIds(second)).toEqual([6, 5, 4].map(flight));
  expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  const back = await records.connection(
    'Flight',
    { last: 2, orderBy, before: second.edges[0]?.cursor ?? '' },
    everything,
  );
  expect(nodeIds(back)).toEqual([8, 7].map(flight));
  expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  const last = await records.connection('Flight', { last: 4, orderBy }, everything);
  expect(nodeIds(last)).toEqual([3, 2, 1, 0].map(flight));
  expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
});

test('sorts and filters through links', async () => {
  const records = harness.records();
  expect(
    await idsOf(records, 'Flight', { orderBy: [{ origin: { city: 'DESC' } }, { delay: 'ASC' }], first: 5 }),
  ).toEqual([7, 9, 6, 8, 1].map(flight));
  expect(await idsOf(records, 'Flight', { where: { origin: { city: { startsWith: 'New' } } } })).toEqual(
    [6, 7, 8, 9].map(flight),
  );
  expect(await idsOf(records, 'Airport', { where: { departures: { some: { delay: { gt: 6 } } } } })).toEqual([
    jfk,
  ]);
  expect(await idsOf(records, 'Airport', { where: { departures: { isNull: true } } })).toEqual([osl]);
  expect(await idsOf(records, 'Airport', { where: { alternateOf: { count: { gte: 2 } } } })).toEqual([osl]);
  expect(
    await idsOf(records, 'Flight', { where: { alternates: { every: { iata: { eq: 'OSL' } } } }, first: 2 }),
  ).toEqual([1, 2].map(flight));
});

test('loads links of many parents in one statement each', async () => {
  const records = harness.records();
  const flights = await records.connection(
    'Flight',
    {},
    { node: { fields: ['origin', 'destination'] }, cursors: false, pageInfo: false, totalCount: false },
  );
  harness.counter.reset();
  const linked = await Promise.all(
    flights.edges.flatMap(({ node }) => [
      records.linkedRecord(node, 'origin', { fields: ['iata'] }),
      records.linkedRecord(node, 'destination', { fields: ['city'] }),
      records.linkedConnection(node, 'alternates', { first: 1, orderBy: [{ iata: 'ASC' }] }, everything),
    ]),
  );
  expect(linked[0]).toMatchObject({ id: fra, values: { iata: 'FRA' } });
  expect(linked[1]).toMatchObject({ id: jfk, values: { city: 'New York' } });
  expect(linked[2]).toMatchObject({
    edges: [{ node: { id: jfk } }],
    totalCount: 2,
    pageInfo: { hasNextPage: true },
  });
  expect(linked[8]).toMatchObject({ edges: [], totalCount: 0, pageInfo: { hasNextPage: false } });
  expect(harness.counter.batches).toHaveLength(1);
  expect(sent()).toHaveLength(3);
});

test('follows ways back with arguments for each parent', async () => {
  const records = harness.records();
  const parents = await Promise.all([fra, jfk, osl].map((id) => records.byId('Airport', id, { fields: [] })));
  harness.counter.reset();
  const departures = await Promise.all(
    parents.map(
      (parent) =>
        parent &&
        records.linkedConnection(
          parent,
          'departures',
          { last: 2, orderBy: [{ departsAt: 'ASC' }], where: { delay: { isNull: true } } },
          { ...everything, node: { fields: ['number'] } },
        ),
    ),
  );
  expect(departures.map((connection) => connection?.edges.map(({ node }) => node.values['number']))).toEqual([
    ['LH2', 'LH4'],
    ['LH6', 'LH8'],
    [],
  ]);
  expect(departures.map((connection) => connection?.pageInfo.hasPreviousPage)).toEqual([true, false, false]);
  expect(departures.map((connection) => connection?.totalCount)).toEqual([3, 2, 0]);
  expect(sent()).toHaveLength(2);
});

test('counts as far as asked', async () => {
  const records = harness.records();
  const counts = [
    { mode: 'EXACT', cap: 3 },
    { mode: 'CAPPED', cap: 3 },
    { mode: 'CAPPED', cap: 10 },
    { mode: 'ESTIMATE', cap: 20 },
    { mode: 'ESTIMATE', cap: 2 },
  ] as const;
  const selection = { node: null, cursors: false, pageInfo: false, totalCount: true, counts };
  const connection = await records.connection(
    'Flight',
    { first: 1, where: { delay: { ne: 77 } } },
    selection,
  );
  expect(connection.counts?.slice(0, 4)).toEqual([
    { count: 10, isExact: true },
    { count: 3, isExact: false },
    { count: 10, isExact: true },
    { count: 10, isExact: true },
  ]);
  expect(connection.counts?.[4]?.isExact).toBe(false);
  expect(connection.counts?.[4]?.count).toBeGreaterThanOrEqual(2);
  expect(connection.edges).toEqual([]);
});

test.each([
  [{ first: -1 }, 'BAD_USER_INPUT', '"first" must be a whole number from 0'],
  [{ first: 1, last: 1 }, 'BAD_USER_INPUT', 'cannot be given together'],
  [{ first: 1001 }, 'LIMIT_EXCEEDED', 'at most 1000'],
  [{ after: 'x' }, 'BAD_USER_INPUT', '"after" is no cursor'],
  [{ where: null }, 'BAD_USER_INPUT', '"where" is null'],
  [{ where: {} }, 'BAD_USER_INPUT', '"where" is empty'],
  [{ where: { origin: { city: { eq: null } } } }, 'BAD_USER_INPUT', '"where.origin.city.eq" is null'],
  [{ where: { or: [{ delay: { eq: 1 } }, {}] } }, 'BAD_USER_INPUT', '"where.or[1]" is empty'],
  [{ where: { or: [] } }, 'BAD_USER_INPUT', '"where.or" is an empty list'],
  [{ where: { isNull: 1 } }, 'BAD_USER_INPUT', '"where.isNull" must be true or false'],
  [{ where: { number: { eq: 'a\0b' } } }, 'BAD_USER_INPUT', 'no text can hold'],
  [{ where: { departsAt: { eq: 'yesterday' } } }, 'BAD_USER_INPUT', '"yesterday" is not'],
  [{ where: { colour: { eq: 'red' } } }, 'BAD_USER_INPUT', '"where.colour" is unknown'],
  [{ where: { delay: { like: 'red' } } }, 'BAD_USER_INPUT', '"where.delay.like" is no operator'],
  [
    { orderBy: [{ alternates: 'ASC' }] },
    'BAD_USER_INPUT',
    '"orderBy[0].alternates" must name exactly one thing',
  ],
  [{ orderBy: [{ delay: 'ASC', number: 'ASC' }] }, 'BAD_USER_INPUT', 'exactly one thing'],
  [{ orderBy: [{ delay: 'UP' }] }, 'BAD_USER_INPUT', 'must be one of ASC, DESC'],
])('refuses %j', async (args, code, message) => {
  const error = await errorOf(harness.records().connection('Flight', args, everything));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
  expect(sent()).toEqual([]);
});
