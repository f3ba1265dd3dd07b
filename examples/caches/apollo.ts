import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { relayStylePagination } from '@apollo/client/utilities';
import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { forgetAirports, headers, send, url } from '../gateway.ts';
import {
  bergen,
  byNode,
  type Created,
  create,
  type Found,
  type List,
  list,
  oslo,
  update,
  where,
} from './operations.ts';

/** Apollo Client over its normalised cache: a record that a mutation gives back is new wherever it is shown. */
const { __schema } = await send<IntrospectionQuery>(getIntrospectionQuery());
const possibleTypes = Object.fromEntries(
  __schema.types.flatMap((type) =>
    type.kind === 'INTERFACE' ? [[type.name, type.possibleTypes.map(({ name }) => name)]] : [],
  ),
);
const cache = new InMemoryCache({
  possibleTypes,
  // Pages of one list are one list; lists of other filters are other lists.
  typePolicies: { Query: { fields: { airports: relayStylePagination(['where', 'orderBy']) } } },
});
const client = new ApolloClient({ cache, link: new HttpLink({ uri: url, headers }) });

await forgetAirports();
const shown = { query: gql(list), variables: { where } };
const created = await client.mutate<Created>({ mutation: gql(create), variables: { input: oslo } });
const { id = '' } = created.data?.createAirport.airport ?? {};
await client.query({ ...shown });
await client.query({ query: gql(byNode), variables: { id } });

// An update needs no word to the cache.
await client.mutate({ mutation: gql(update), variables: { id, input: { city: 'Oslo' } } });
const updated = cache.readQuery<List>(shown)?.airports.edges.map(({ node }) => node.city);
const node = cache.readQuery<Found>({ query: gql(byNode), variables: { id } })?.node?.city;

// What is new has no place in a list until somebody says where.
await client.mutate<Created>({
  mutation: gql(create),
  variables: { input: bergen },
  update: (into, { data }) => {
    const airport = data?.createAirport.airport;
    if (!airport) return;
    into.updateQuery<List>(shown, (known) => {
      if (!known) return known;
      const edge = { __typename: 'AirportEdge', cursor: '', node: airport };
      return { airports: { ...known.airports, edges: [...known.airports.edges, edge] } };
    });
  },
});
const extended = cache.readQuery<List>(shown)?.airports.edges.map(({ node: { city } }) => city);
const keys = Object.keys(cache.extract()).includes(`Airport:${id}`);
console.log(JSON.stringify({ updated, node, extended, keys, possibleTypes }));
client.stop();
