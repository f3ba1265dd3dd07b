import { initGraphQLTada, type ResultOf, type VariablesOf } from 'gql.tada';
import { print } from 'graphql';
import { country, forgetAirports, send } from '../gateway.ts';
import type { introspection } from '../generated/graphql-env.d.ts';

/** Types of operations by gql.tada: out of the documents themselves, as they are typed. */
const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    DateTime: string;
    Decimal: string;
    Date: string;
    Time: string;
    Duration: string;
    JSON: unknown;
    ByField: object;
  };
}>();

const CreateAirport = graphql(`
  mutation CreateAirport($input: CreateAirportInput!) {
    createAirport(input: $input) {
      airport {
        id
        iata
        createdAt
      }
    }
  }
`);

const AirportsOf = graphql(`
  query AirportsOf($where: AirportFilter, $orderBy: [AirportOrder!]) {
    airports(first: 10, where: $where, orderBy: $orderBy) {
      nodes {
        id
        city
        departures(first: 1) {
          totalCount
        }
      }
    }
  }
`);

await forgetAirports();
const input: VariablesOf<typeof CreateAirport>['input'] = {
  iata: 'DUS',
  name: 'Düsseldorf',
  city: 'Düsseldorf',
  country,
};
const { createAirport } = await send<ResultOf<typeof CreateAirport>>(print(CreateAirport), { input });
const createdAt: string = createAirport.airport.createdAt;
const variables: VariablesOf<typeof AirportsOf> = {
  where: { iata: { in: ['DUS'] }, createdAt: { gte: createdAt } },
  orderBy: [{ iata: 'ASC' }],
};
const { airports } = await send<ResultOf<typeof AirportsOf>>(print(AirportsOf), variables);
const cities: (string | null)[] = airports.nodes.map(({ city }) => city);
// @ts-expect-error: there is no such field
airports.nodes[0]?.runways;
console.log(JSON.stringify({ cities }));
