/**
 * Fields may be called as what every object has: a constructor builds racing cars, "value_of" is what something is worth.
 * What was not given must not be found on `Object.prototype`, whichever way a request takes.
 */
import { dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

const racing = {
  formwork: 1,
  entities: [
    {
      key: 'constructor',
      fields: [
        { key: 'name', type: 'text', required: true, unique: true },
        { key: 'value_of', type: 'decimal', indexed: true },
        { key: 'to_string', type: 'text' },
      ],
    },
    {
      key: 'race_result',
      fields: [
        { key: 'place', type: 'integer', required: true },
        { key: 'constructor', type: 'link', options: { target: 'constructor', inverse: 'results' } },
        { key: 'has_own_property', type: 'boolean' },
        { key: 'to_locale_string', type: 'select', options: { choices: [{ key: 'value_of' }] } },
      ],
      keys: [{ key: 'by_place', fields: ['place', 'constructor'], nullsEqual: true }],
    },
  ],
};

let harness: Harness;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('racing', racing);
});
afterAll(() => harness.close());

const everything = `id place constructor { name valueOf toString } hasOwnProperty toLocaleString`;

describe.each([
  ['planned', {}],
  ['executed', { queries: 'executed', links: 'loaders' }],
  ['through yoga', { fastLane: false, queries: 'executed' }],
] as const)('%s', (way, config) => {
  let gateway: TestGateway;
  const ask = async (text: string, variables: object) =>
    dataOf(await gateway.ask(tenant.keys.editor, text, variables));

  beforeAll(async () => {
    gateway = await harness.gateway(config);
  });

  test('what is not given in a variable is not given', async () => {
    const made = await ask(
      `mutation ($constructor: CreateConstructorInput!, $results: [CreateRaceResultInput!]!) {
        createConstructor(input: $constructor) { constructor { name valueOf toString } }
        createRaceResults(inputs: $results) { raceResults { ${everything.replace('id ', '')} } }
      }`,
      {
        constructor: { name: way },
        results: [{ place: way.length }, { place: way.length, constructor: { by: { name: way } } }],
      },
    );
    const team = { name: way, valueOf: null, toString: null };
    const result = { place: way.length, constructor: null, hasOwnProperty: null, toLocaleString: null };
    expect(made).toEqual({
      createConstructor: { constructor: team },
      createRaceResults: { raceResults: [result, { ...result, constructor: team }] },
    });
  });

  test('nor is it in a filter, an order, a key or a group', async () => {
    const text = `query ($where: RaceResultFilter, $orderBy: [RaceResultOrder!], $groupBy: [RaceResultGroupBy!], $place: Int!, $name: String!) {
      raceResults(where: $where, orderBy: $orderBy) { nodes { place constructor { name } } }
      raceResultsAggregate(where: $where, groupBy: $groupBy) { keys count min { toLocaleString } }
      raceResultByPlace(place: $place) { constructor { name } hasOwnProperty }
      constructorByName(name: $name) { valueOf results(where: $where) { totalCount } }
    }`;
    const place = way.length;
    expect(
      await ask(text, {
        ...{ where: { place: { eq: place } }, orderBy: [{ constructor: { name: 'ASC_NULLS_FIRST' } }] },
        ...{ groupBy: [{ constructor: { name: true } }], place, name: way },
      }),
    ).toEqual({
      raceResults: {
        nodes: [
          { place, constructor: null },
          { place, constructor: { name: way } },
        ],
      },
      raceResultsAggregate: [
        { keys: [way], count: 1, min: { toLocaleString: null } },
        { keys: [null], count: 1, min: { toLocaleString: null } },
      ],
      raceResultByPlace: { constructor: null, hasOwnProperty: null },
      constructorByName: { valueOf: null, results: { totalCount: 1 } },
    });
  });

  test('and a change leaves alone what it does not name', async () => {
    const text = `mutation ($by: RaceResultUniqueKey!, $input: CreateRaceResultInput!) {
      upsertRaceResult(by: $by, input: $input) { created raceResult { ${everything} } }
    }`;
    const by = { byPlace: { place: way.length } };
    const first = await ask(text, { by, input: { toLocaleString: 'VALUE_OF' } });
    expect(first).toMatchObject({
      upsertRaceResult: { created: false, raceResult: { constructor: null, toLocaleString: 'VALUE_OF' } },
    });
    const { id } = (first['upsertRaceResult'] as { raceResult: { id: string } }).raceResult;
    const changed = await ask(
      `mutation ($id: ID!, $input: UpdateRaceResultInput!) { updateRaceResult(id: $id, input: $input) { raceResult { ${everything} } } }`,
      { id, input: { hasOwnProperty: true } },
    );
    expect(changed).toMatchObject({
      updateRaceResult: {
        raceResult: { constructor: null, hasOwnProperty: true, toLocaleString: 'VALUE_OF' },
      },
    });
  });

  test('what is wrong is still told at its place', async () => {
    const { errors } = await gateway.ask(
      tenant.keys.editor,
      'mutation ($input: CreateConstructorInput!) { createConstructor(input: $input) { constructor { name } } }',
      { input: { toString: 5, valueOf: '1' } },
    );
    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/got invalid value 5 at "input.toString"/),
    ]);
  });
});
