import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

let harness: Harness;
let tenant: TestTenant;
let gateway: TestGateway;

/** An answer of this holds as many flights as there are, cubed: each leads to its airport, and that to all of them. */
const nested = `{ flights { nodes { origin { departures { nodes { origin { departures { nodes { number } } } } } } } } }`;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  gateway = await harness.gateway({ maxRecords: 500 });
  const flights = Array.from({ length: 10 }, (_, n) => ({
    number: `X${n}`,
    origin: { by: { iata: 'AAA' } },
  }));
  dataOf(
    await gateway.ask(
      tenant.keys.editor,
      'mutation { createAirport(input: { iata: "AAA" }) { airport { id } } }',
    ),
  );
  dataOf(
    await gateway.ask(
      tenant.keys.editor,
      'mutation ($inputs: [CreateFlightInput!]!) { createFlights(inputs: $inputs) { flights { id } } }',
      { inputs: flights },
    ),
  );
});
afterAll(() => harness.close());

test('an answer of more records than are allowed is refused as a whole, once, with the setting that moves it', async () => {
  const answer = await gateway.ask(tenant.keys.viewer, nested);
  expect(answer.data).toBeNull();
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    limit: 500,
    setting: 'FORMWORK_MAX_RECORDS',
  });
});

test('the same records in a smaller answer are given', async () => {
  const query = '{ flights { nodes { origin { departures(first: 3) { nodes { number } } } } } }';
  expect(dataOf(await gateway.ask(tenant.keys.viewer, query))).toMatchObject({
    flights: { nodes: expect.arrayContaining([{ origin: { departures: { nodes: expect.any(Array) } } }]) },
  });
});

test('a mutation whose payload is too large writes nothing', async () => {
  const answer = await gateway.ask(
    tenant.keys.editor,
    `mutation { createFlight(input: { number: "Y", origin: { by: { iata: "AAA" } } }) {
      flight { origin { departures { nodes { origin { departures { nodes { origin { departures { nodes { number } } } } } } } } } }
    } }`,
  );
  expect(codesOf(answer)).toEqual(['LIMIT_EXCEEDED']);
  const count = await gateway.ask(
    tenant.keys.viewer,
    '{ flights(where: { number: { eq: "Y" } }) { totalCount } }',
  );
  expect(dataOf(count)).toEqual({ flights: { totalCount: 0 } });
});
