import { graphql } from 'graphql';
import { buildGraphqlSchema } from '../src/index.ts';
import { aviation, registryOf } from './designs.ts';
import { type Call, fakeRecords } from './fake-records.ts';

const schema = buildGraphqlSchema(registryOf(aviation));

/** What the resolvers asked of records for the operation, which must not fail. */
async function callsOf(
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<readonly Call[]> {
  const { calls, data } = await run(source, variableValues);
  expect(data).toBeTruthy();
  return calls;
}

async function run(source: string, variableValues: Record<string, unknown> = {}) {
  const { records, calls } = fakeRecords({
    number: 'LH 1',
    version: 3,
    name: 'Frankfurt',
    iata: 'FRA',
    departsAt: '2026-11-21T10:00:00Z',
  });
  const result = await graphql({ schema, source, variableValues, contextValue: { records } });
  expect(result.errors).toBeUndefined();
  return { calls, data: JSON.parse(JSON.stringify(result.data)) };
}

const exactCount = { totalCount: true, counts: [{ mode: 'EXACT', cap: 10_000 }] };
const everything = { cursors: true, pageInfo: true, ...exactCount };
const nothing = { cursors: false, pageInfo: false, totalCount: false, counts: [] };

test('asks for the values and links to one that are selected, and for no connection', async () => {
  const calls = await callsOf(
    '{ flight(id: "f") { __typename id number version status origin { id } alternates { totalCount } } }',
  );
  expect(calls[0]).toEqual(['byId', 'Flight', 'f', { fields: ['number', 'version', 'status', 'origin'] }]);
  expect(calls[1]).toEqual(['linkedRecord', 'f', 'origin', { fields: [] }]);
});

test('asks by unique key with the values of its fields', async () => {
  expect(await callsOf('{ airportByIata(iata: "FRA") { name } }')).toEqual([
    ['byKey', 'Airport', 'iata', { iata: 'FRA' }, { fields: ['name'] }],
  ]);
  const departsAt = '2026-11-21T12:00:00+02:00';
  expect(
    await callsOf('query ($at: DateTime!) { flightByNumber(number: "LH 1", departsAt: $at) { id } }', {
      at: departsAt,
    }),
  ).toEqual([
    ['byKey', 'Flight', 'byNumber', { number: 'LH 1', departsAt: '2026-11-21T10:00:00Z' }, { fields: [] }],
  ]);
});

test('asks of any node what is selected on its type', async () => {
  const source = `query ($ids: [ID!]!) {
    node(id: "Flight:1") { id ... on Flight { number } ... on Airport { name } ... on Node { __typename } }
    nodes(ids: $ids) { __typename ...a ... on Flight { delay } }
  }
  fragment a on Airport { city }`;
  const { calls, data } = await run(source, { ids: ['Airport:1', 'Flight:2'] });
  expect(calls).toEqual([
    ['node', 'Flight:1', { fields: ['number'] }],
    ['node', 'Airport:1', { fields: ['city'] }],
    ['node', 'Flight:2', { fields: ['delay'] }],
  ]);
  expect(data.nodes.map((node: { __typename: string }) => node.__typename)).toEqual(['Airport', 'Flight']);
});

describe('connections', () => {
  test('select what is under nodes and under edges together', async () => {
    const calls = await callsOf(`{ flights(first: 2) {
      a: nodes { number } b: nodes { delay } edges { cursor node { status number } } pageInfo { endCursor } totalCount
    } }`);
    expect(calls).toEqual([
      [
        'connection',
        'Flight',
        { first: 2 },
        { node: { fields: ['number', 'delay', 'status'] }, ...everything },
      ],
    ]);
  });

  test.each([
    ['totalCount', { ...nothing, node: null, ...exactCount }],
    ['pageInfo { hasNextPage }', { ...nothing, node: null, pageInfo: true }],
    ['__typename', { ...nothing, node: null }],
    ['edges { __typename }', { ...nothing, node: { fields: [] } }],
    ['nodes { __typename }', { ...nothing, node: { fields: [] } }],
    ['edges { cursor }', { ...nothing, node: { fields: [] }, cursors: true }],
  ])('select no more than { %s } needs', async (source, selection) => {
    expect(await callsOf(`{ flights { ${source} } }`)).toEqual([['connection', 'Flight', {}, selection]]);
  });

  test('give nodes, edges and page as records has them', async () => {
    const { data } = await run(
      '{ flights { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage startCursor } totalCount } }',
    );
    expect(data.flights).toEqual({
      nodes: [{ id: 'Flight/1' }, { id: 'Flight/2' }],
      edges: [
        { cursor: 'c1', node: { id: 'Flight/1' } },
        { cursor: 'c2', node: { id: 'Flight/2' } },
      ],
      pageInfo: { hasNextPage: true, startCursor: 'c1' },
      totalCount: 10_000,
    });
  });

  test('of one parent keep their own arguments and selections under their aliases', async () => {
    const { calls, data } = await run(`{ airport(id: "a") {
      early: departures(first: 1, orderBy: { departsAt: ASC }) { nodes { number } }
      late: departures(first: 1, orderBy: [{ departsAt: DESC }, { origin: { city: ASC_NULLS_FIRST } }]) { totalCount }
      arrivals(where: { delay: { gt: 60 }, origin: { iata: { in: [] } } }) { edges { cursor } }
    } }`);
    expect(calls).toEqual([
      ['byId', 'Airport', 'a', { fields: [] }],
      [
        'linkedConnection',
        'a',
        'departures',
        { first: 1, orderBy: [{ departsAt: 'ASC' }] },
        { ...nothing, node: { fields: ['number'] } },
      ],
      [
        'linkedConnection',
        'a',
        'departures',
        { first: 1, orderBy: [{ departsAt: 'DESC' }, { origin: { city: 'ASC_NULLS_FIRST' } }] },
        { ...nothing, node: null, ...exactCount },
      ],
      [
        'linkedConnection',
        'a',
        'arrivals',
        { where: { delay: { gt: 60 }, origin: { iata: { in: [] } } } },
        { ...nothing, node: { fields: [] }, cursors: true },
      ],
    ]);
    expect(Object.keys(data.airport)).toEqual(['early', 'late', 'arrivals']);
  });

  test('count in each way that is asked for, whatever variables say', async () => {
    const source = `query ($mode: CountMode!, $cap: Int) { flights {
      a: totalCount b: totalCount(mode: EXACT) c: totalCount(mode: $mode, cap: 5) d: totalCount(mode: $mode, cap: $cap) isExact
    } }`;
    const counts = (cap: number, mode = 'CAPPED') => [
      { mode: 'EXACT', cap: 10_000 },
      { mode, cap: 5 },
      { mode, cap },
    ];
    const first = await run(source, { mode: 'CAPPED', cap: 7 });
    expect(first.calls[0]?.[3]).toEqual({ ...nothing, node: null, totalCount: true, counts: counts(7) });
    expect(first.data.flights).toEqual({ a: 10_000, b: 10_000, c: 5, d: 7, isExact: false });
    const second = await run(source, { mode: 'ESTIMATE' });
    expect(second.calls[0]?.[3]).toMatchObject({ counts: counts(10_000, 'ESTIMATE') });
    expect((await run('{ flights { isExact } }')).data.flights).toEqual({ isExact: true });
    expect((await run('{ flights { totalCount isExact } }')).data.flights.isExact).toBe(true);
  });

  test('hand on null as null and what is absent as absent', async () => {
    expect(
      (await callsOf('{ flights(where: null, orderBy: null, first: null) { totalCount } }'))[0]?.[2],
    ).toEqual({
      where: null,
      orderBy: null,
      first: null,
    });
    const source =
      'query ($where: FlightFilter, $n: Int) { flights(where: $where, first: $n) { totalCount } }';
    expect((await callsOf(source, { where: null }))[0]?.[2]).toStrictEqual({ where: null });
    expect((await callsOf(source))[0]?.[2]).toStrictEqual({});
    expect((await callsOf(source, { where: { status: { eq: null } } }))[0]?.[2]).toEqual({
      where: { status: { eq: null } },
    });
  });
});

describe('directives', () => {
  const source = `query ($a: Boolean!, $b: Boolean = false) {
    flights { nodes { number @include(if: $a) delay @skip(if: $a) ... @include(if: $b) { status } ...f @skip(if: $b) } }
  }
  fragment f on Flight { departsAt @include(if: true) version @skip(if: true) }`;

  test.each([
    [{ a: true }, ['number', 'departsAt']],
    [{ a: false }, ['delay', 'departsAt']],
    [{ a: true, b: true }, ['number', 'status']],
    [{ a: false, b: true }, ['delay', 'status']],
    [{ a: true, b: false }, ['number', 'departsAt']],
  ])('with %j select %j, whatever was asked before', async (variables, fields) => {
    const [call] = await callsOf(source, variables);
    expect(call?.[3]).toMatchObject({ node: { fields } });
  });
});

test('a fragment that is spread again and again is followed once', async () => {
  const spreads = Array.from({ length: 40 }, (_, level) => {
    const next = level === 39 ? 'number' : `...f${level + 1} ...f${level + 1}`;
    return `fragment f${level} on Flight { ${next} ... on Flight { ${next} } }`;
  });
  const calls = await callsOf(`{ flight(id: "f") { ...f0 } } ${spreads.join('\n')}`);
  expect(calls).toEqual([['byId', 'Flight', 'f', { fields: ['number'] }]]);
});

test('fields that are merged from several places select all of them', async () => {
  const source = `{ flights { nodes { origin { city } ...more } } flights { nodes { delay } } }
    fragment more on Flight { origin { name } alternates { nodes { city } } alternates { nodes { iata } } }`;
  const calls = await callsOf(source);
  expect(calls[0]?.[3]).toMatchObject({ node: { fields: ['origin', 'delay'] } });
  const linked = calls.filter(([method]) => method === 'linkedRecord');
  expect(linked).toHaveLength(2);
  expect(linked[0]?.[3]).toEqual({ fields: ['city', 'name'] });
  expect(linked[0]?.[3]).toBe(linked[1]?.[3]);
  const lists = calls.filter(([method]) => method === 'linkedConnection');
  expect(lists[0]?.[4]).toMatchObject({ node: { fields: ['city', 'iata'] } });
});

describe('mutations', () => {
  test('create from the input and read what the payload selects', async () => {
    const { calls, data } = await run(
      `mutation ($input: CreateFlightInput!) { createFlight(input: $input) { a: flight { number } flight { delay origin { id } } } }`,
      {
        input: {
          number: 'LH 1',
          departsAt: '2026-11-21T12:00:00+02:00',
          origin: { by: { iata: 'FRA' } },
          destination: { id: 'a2' },
          status: 'PLANNED',
          alternates: { add: [{ id: 'a3' }] },
        },
      },
    );
    expect(calls[0]).toEqual([
      'create',
      'Flight',
      {
        number: 'LH 1',
        departsAt: '2026-11-21T10:00:00Z',
        origin: { by: { iata: 'FRA' } },
        destination: { id: 'a2' },
        status: 'PLANNED',
        alternates: { add: [{ id: 'a3' }] },
      },
      { fields: ['number', 'delay', 'origin'] },
    ]);
    expect(data.createFlight).toEqual({
      a: { number: 'LH 1' },
      flight: { delay: null, origin: { id: 'new.origin' } },
    });
  });

  test('update with the version that is expected, or with none', async () => {
    expect(
      await callsOf(`mutation {
        a: updateFlight(id: "f", input: { delay: null }, ifVersion: 3) { flight { version } }
        b: updateFlight(id: "f", input: {}) { __typename }
        c: updateFlight(id: "f", input: {}, ifVersion: null) { __typename }
      }`),
    ).toEqual([
      ['update', 'Flight', 'f', { delay: null }, 3, { fields: ['version'] }],
      ['update', 'Flight', 'f', {}, null, { fields: [] }],
      ['update', 'Flight', 'f', {}, null, { fields: [] }],
    ]);
  });

  test('delete and give the id back', async () => {
    const { calls, data } = await run('mutation { deleteFlight(id: "f", ifVersion: 1) { id } }');
    expect(calls).toEqual([['delete', 'Flight', 'f', 1]]);
    expect(data).toEqual({ deleteFlight: { id: 'f' } });
  });
});

describe('writes of many, and by key', () => {
  test('ask records for what they say', async () => {
    expect(
      await callsOf(`mutation {
        createFlights(inputs: [{ number: "a" }, { number: "b" }]) { flights { delay } }
        updateFlights(where: { number: { eq: "a" } }, input: { delay: 1 }, atMost: 5) { flights { id } }
        deleteFlights(where: { delay: { gt: 1 } }) { ids }
        upsertAirport(by: { iata: "FRA" }, input: { city: "Frankfurt" }) { created airport { city } }
      }`),
    ).toEqual([
      ['createMany', 'Flight', [{ number: 'a' }, { number: 'b' }], { fields: ['delay'] }],
      ['updateMany', 'Flight', { number: { eq: 'a' } }, { delay: 1 }, 5, { fields: [] }],
      ['deleteMany', 'Flight', { delay: { gt: 1 } }, 1],
      ['upsert', 'Airport', { iata: 'FRA' }, { city: 'Frankfurt' }, { fields: ['city'] }],
    ]);
  });

  test('with null for a bound ask for none that records would take', async () => {
    expect(
      await callsOf(`mutation ($none: Int) {
        updateFlights(where: { delay: { gt: 1 } }, input: { delay: 1 }, atMost: null) { flights { id } }
        deleteFlights(where: { delay: { gt: 1 } }, atMost: $none) { ids }
      }`),
    ).toEqual([
      ['updateMany', 'Flight', { delay: { gt: 1 } }, { delay: 1 }, -1, { fields: [] }],
      ['deleteMany', 'Flight', { delay: { gt: 1 } }, 1],
    ]);
  });

  test('give back what was written', async () => {
    const { data } = await run(`mutation {
      createFlights(inputs: [{}, {}]) { flights { id } }
      deleteFlights(where: { delay: { gt: 1 } }) { ids }
      upsertAirport(by: { iata: "FRA" }, input: {}) { created airport { id } }
    }`);
    expect(data).toEqual({
      createFlights: { flights: [{ id: 'new 0' }, { id: 'new 1' }] },
      deleteFlights: { ids: ['gone'] },
      upsertAirport: { created: true, airport: { id: 'upserted' } },
    });
  });

  test('what may follow a state is asked of a record that was read with it', async () => {
    const calls = await callsOf('{ flight(id: "f") { allowedTransitions { status } } }');
    expect(calls).toEqual([
      ['byId', 'Flight', 'f', { fields: ['status'] }],
      ['allowedTransitions', 'f', 'status'],
    ]);
  });
});

test('a schema is given only what its variables are, not what a document of another schema had', async () => {
  const other = buildGraphqlSchema(registryOf(aviation));
  const { parse, execute } = await import('graphql');
  const document = parse('{ flight(id: "f") { number } }');
  for (const one of [schema, other]) {
    const { records, calls } = fakeRecords();
    await execute({ schema: one, document, contextValue: { records } });
    expect(calls).toHaveLength(1);
  }
});
