/** Two tenants of the same design behind one gateway: whatever the second tries, the first's records are not there. */
import { asAdmin } from '@formwork/testkit';
import { codesOf, createAirport, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

let harness: Harness;
let victim: TestTenant;
let thief: TestTenant;
let gateway: TestGateway;
let airport: string;
let flight: string;
let cursor: string;

beforeAll(async () => {
  harness = await Harness.open();
  victim = await harness.tenant('victim');
  thief = await harness.tenant('thief');
  gateway = await harness.gateway({ poolSize: 1 });
  airport = await createAirport(gateway, victim.keys.editor, 'OSL', 'Oslo');
  const made = await gateway.ask(
    victim.keys.editor,
    'mutation ($origin: ID!) { createFlight(input: { number: "SK1", seats: 7, origin: { id: $origin } }) { flight { id } } }',
    { origin: airport },
  );
  flight = (dataOf(made).createFlight as { flight: { id: string } }).flight.id;
  await createAirport(gateway, victim.keys.editor, 'BGO', 'Bergen');
  const page = await gateway.ask(victim.keys.editor, '{ airports(first: 1) { pageInfo { endCursor } } }');
  cursor = (dataOf(page).airports as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
});

afterAll(async () => {
  await asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      'select data, version from formwork.records where tenant_id = $1 and id = any($2::uuid[]) order by entity_type',
      [victim.id, [airport, flight]],
    );
    // Untouched: without this, an empty table would pass.
    expect(rows).toEqual([
      { data: { iata: 'OSL', city: 'Oslo' }, version: 1 },
      { data: expect.objectContaining({ number: 'SK1', seats: 7 }), version: 1 },
    ]);
  });
  await harness.close();
});

/** Both tenants ask, so that it is seen that the query would find the record. */
async function askBoth(query: string, variables: object = {}) {
  const own = dataOf(await gateway.ask(victim.keys.editor, query, variables));
  const foreign = dataOf(await gateway.ask(thief.keys.admin, query, variables));
  return { own, foreign };
}

test('ids find nothing', async () => {
  const { own, foreign } = await askBoth(
    `query ($airport: ID!, $flight: ID!) {
      airport(id: $airport) { iata } flight(id: $flight) { number }
      node(id: $flight) { id } nodes(ids: [$airport, $flight]) { id }
    }`,
    { airport, flight },
  );
  expect(own).toEqual({
    airport: { iata: 'OSL' },
    flight: { number: 'SK1' },
    node: { id: flight },
    nodes: [{ id: airport }, { id: flight }],
  });
  expect(foreign).toEqual({ airport: null, flight: null, node: null, nodes: [null, null] });
});

test('unique keys find nothing', async () => {
  const { own, foreign } = await askBoth('{ airportByIata(iata: "OSL") { id } }');
  expect(own).toEqual({ airportByIata: { id: airport } });
  expect(foreign).toEqual({ airportByIata: null });
});

test.each([
  ['by value', '{ list: airports(where: { city: { eq: "Oslo" } }) { totalCount nodes { id } } }'],
  ['by id', '{ list: airports(where: { id: { in: ["AIRPORT"] } }) { totalCount nodes { id } } }'],
  [
    'by what is not so',
    '{ list: airports(where: { not: { city: { eq: "nowhere" } } }) { totalCount nodes { id } } }',
  ],
  [
    'through a link',
    '{ list: flights(where: { origin: { iata: { eq: "OSL" } } }) { totalCount nodes { id } } }',
  ],
  [
    'back over a link',
    '{ list: airports(where: { departures: { some: { seats: { gt: 1 } } } }) { totalCount nodes { id } } }',
  ],
])('filters find nothing: %s', async (_, query) => {
  const { own, foreign } = await askBoth(query.replace('AIRPORT', airport));
  expect((own.list as { totalCount: number }).totalCount).toBeGreaterThan(0);
  expect(foreign).toEqual({ list: { totalCount: 0, nodes: [] } });
});

test('a cursor is refused', async () => {
  const query = 'query ($after: String!) { airports(after: $after) { nodes { iata } } }';
  expect(dataOf(await gateway.ask(victim.keys.editor, query, { after: cursor }))).toEqual({
    airports: { nodes: [{ iata: 'BGO' }] },
  });
  const answer = await gateway.ask(thief.keys.admin, query, { after: cursor });
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
});

test('links cannot lead to it, by id or by key', async () => {
  for (const link of [`{ id: "${airport}" }`, '{ by: { iata: "OSL" } }']) {
    const answer = await gateway.ask(
      thief.keys.admin,
      `mutation { createFlight(input: { number: "TH1", origin: ${link} }) { flight { id origin { iata } } } }`,
    );
    expect(answer.data).toBeNull();
    expect(codesOf(answer)).toEqual(['LINK_NOT_FOUND']);
  }
});

test('it cannot be changed or deleted, and looks as if it were not there', async () => {
  const nowhere = '0198f000-0000-7000-8000-000000000000';
  const attempt = (id: string) =>
    Promise.all([
      gateway.ask(
        thief.keys.admin,
        `mutation { updateFlight(id: "${id}", input: { seats: 1 }) { flight { id } } }`,
      ),
      gateway.ask(thief.keys.admin, `mutation { deleteFlight(id: "${id}") { id } }`),
    ]);
  const refused = await attempt(flight);
  expect(refused.map(codesOf)).toEqual([['NOT_FOUND'], ['NOT_FOUND']]);
  const missing = await attempt(nowhere);
  expect(JSON.stringify(refused).replaceAll(flight, '')).toBe(
    JSON.stringify(missing).replaceAll(nowhere, ''),
  );
});

test('a value that is taken there is free here', async () => {
  await createAirport(gateway, thief.keys.admin, 'OSL', 'Elsewhere');
  const { own } = await askBoth('{ airports(where: { iata: { eq: "OSL" } }) { nodes { city } } }');
  expect(own).toEqual({ airports: { nodes: [{ city: 'Oslo' }] } });
});

test('no answer is mixed up, many of both at once on one connection', async () => {
  const query = '{ airportByIata(iata: "OSL") { city } }';
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const tenant = n % 2 === 0 ? victim : thief;
      const answer = await gateway.ask(tenant.keys.viewer, query);
      return [tenant.slug, (dataOf(answer).airportByIata as { city: string }).city] as const;
    }),
  );
  for (const [slug, city] of answers) expect(city).toBe(slug === 'victim' ? 'Oslo' : 'Elsewhere');
});
