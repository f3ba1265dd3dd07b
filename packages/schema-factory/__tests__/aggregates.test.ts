import { graphql, printType, validateSchema } from 'graphql';
import { buildGraphqlSchema } from '../src/index.ts';
import { aviation, everyType, registryOf } from './designs.ts';
import { fakeRecords } from './fake-records.ts';

const schema = buildGraphqlSchema(registryOf(aviation));

async function run(source: string, variableValues: Record<string, unknown> = {}) {
  const { records, calls } = fakeRecords({ delay: 7, number: 'LH 1' });
  const result = await graphql({ schema, source, variableValues, contextValue: { records } });
  expect(result.errors).toBeUndefined();
  return { calls, data: JSON.parse(JSON.stringify(result.data)) };
}

const nothing = { keys: false, count: false, countDistinct: [], sum: [], avg: [], min: [], max: [] };

test('asks for what is selected of the groups, with the arguments as they came', async () => {
  const { calls, data } = await run(
    `query ($zone: String, $of: FlightGroupBy!) {
      flightsAggregate(
        where: { delay: { gt: 0 } }
        groupBy: [{ origin: { iata: true } }, { departsAt: { part: MONTH, timeZone: $zone } }]
        having: { count: { gte: 3 }, avg: { delay: { gt: 1.5 } }, min: { number: { startsWith: "LH" } } }
        orderBy: [{ avg: { delay: DESC } }, { key: { origin: { iata: ASC } } }]
        first: 10
      ) {
        keys count sum { delay } a: avg { delay } min { number delay } ...more
        statuses: countDistinct(of: { status: true }) months: countDistinct(of: $of)
      }
    }
    fragment more on FlightAggregate { avg { __typename } min { departsAt } }`,
    { zone: 'Europe/Berlin', of: { departsAt: { part: 'MONTH' } } },
  );
  expect(calls).toEqual([
    [
      'aggregate',
      'Flight',
      {
        where: { delay: { gt: 0 } },
        groupBy: [{ origin: { iata: true } }, { departsAt: { part: 'MONTH', timeZone: 'Europe/Berlin' } }],
        having: { count: { gte: 3 }, avg: { delay: { gt: 1.5 } }, min: { number: { startsWith: 'LH' } } },
        orderBy: [{ avg: { delay: 'DESC' } }, { key: { origin: { iata: 'ASC' } } }],
        first: 10,
      },
      {
        keys: true,
        count: true,
        countDistinct: [{ status: true }, { departsAt: { part: 'MONTH' } }],
        sum: ['delay'],
        avg: ['delay'],
        min: ['number', 'delay', 'departsAt'],
        max: [],
      },
    ],
  ]);
  expect(data.flightsAggregate[1]).toEqual({
    keys: ['key 2', null],
    count: 2,
    sum: { delay: 2 },
    a: { delay: 1 },
    avg: { __typename: 'FlightAggregateNumbers' },
    min: { number: 'LH 1', delay: 7, departsAt: null },
    statuses: 20,
    months: 21,
  });
});

test('counts by what variables say this time', async () => {
  const source = `query ($part: DatePart!) { flightsAggregate { countDistinct(of: { departsAt: { part: $part } }) } }`;
  for (const part of ['YEAR', 'WEEK', 'YEAR']) {
    const { calls } = await run(source, { part });
    expect(calls[0]?.[3]).toEqual({ ...nothing, countDistinct: [{ departsAt: { part } }] });
  }
});

test('aggregates what a record is linked with, in each way that is asked for', async () => {
  const { calls, data } = await run(`{ airport(id: "a") {
    late: departuresAggregate(where: { delay: { gt: 60 } }) { count }
    departuresAggregate { max { delay } }
    alternateOfAggregate(where: null) { keys }
  } }`);
  expect(calls).toEqual([
    ['byId', 'Airport', 'a', { fields: [] }],
    ['linkedAggregate', 'a', 'departures', { where: { delay: { gt: 60 } } }, { ...nothing, count: true }],
    ['linkedAggregate', 'a', 'departures', {}, { ...nothing, max: ['delay'] }],
    ['linkedAggregate', 'a', 'alternateOf', { where: null }, { ...nothing, keys: true }],
  ]);
  expect(data.airport.late).toEqual([{ count: 1 }, { count: 2 }]);
});

test('a grouping step is one field and one only', async () => {
  const source = '{ flightsAggregate(groupBy: [{ number: true, status: true }]) { count } }';
  const { errors } = await graphql({ schema, source, contextValue: fakeRecords() });
  expect(errors?.[0]?.message).toContain('must specify exactly one key');
});

test('only what can be added up is summed, and only what has an order has extremes', () => {
  const shop = buildGraphqlSchema(registryOf(everyType));
  expect(validateSchema(shop)).toEqual([]);
  const print = (name: string) => {
    const type = shop.getType(name);
    return type && printType(type);
  };
  expect(print('ProductAggregateNumbers')).toBe(
    'type ProductAggregateNumbers {\n  weight: Decimal\n  rating: Float\n  discount: Float\n}',
  );
  expect(print('ProductAggregateExtremes')).toBe(
    `type ProductAggregateExtremes {
  createdAt: DateTime
  updatedAt: DateTime
  sku: String
  description: String
  weight: Decimal
  rating: Int
  discount: Float
  availableFrom: Date
  pickupAt: Time
  webPage: String
}`,
  );
  expect(print('CategoryAggregate')).not.toContain('sum');
  expect(print('ProductGroupBy')).toContain('availableFrom: DateGroup');
});
