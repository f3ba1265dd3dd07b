import { country, forgetAirports, send } from '../gateway.ts';
import type { CreateAirportInput, TypedDocumentString } from '../generated/codegen/graphql.js';
import { graphql } from '../generated/codegen/index.js';

/** Types of operations by @graphql-codegen's client preset, without a runtime of its own. */
const CreateAirport = graphql(`
  mutation CreateAirport($input: CreateAirportInput!) {
    createAirport(input: $input) {
      airport {
        id
        iata
        departures(first: 1) {
          totalCount
        }
      }
    }
  }
`);

const AirportsOf = graphql(`
  query AirportsOf($where: AirportFilter, $orderBy: [AirportOrder!]) {
    airports(first: 10, where: $where, orderBy: $orderBy) {
      nodes {
        id
        iata
        city
      }
    }
  }
`);

function ask<Data, Variables extends object>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return send<Data>(document.toString(), variables);
}

await forgetAirports();
const input: CreateAirportInput = { iata: 'CGN', name: 'Köln Bonn', city: 'Cologne', country };
const { createAirport } = await ask(CreateAirport, { input });
const departures: number = createAirport.airport.departures.totalCount;
const { airports } = await ask(AirportsOf, {
  where: { city: { eq: 'Cologne' }, departures: { none: { delay: { gt: 60 } } } },
  orderBy: [{ iata: 'ASC' }],
});
const cities: (string | null | undefined)[] = airports.nodes.map(({ city }) => city);
// @ts-expect-error: there is no such field
airports.nodes[0]?.runways;
console.log(JSON.stringify({ departures, cities }));
