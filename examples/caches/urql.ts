import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
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

/** urql over Graphcache, which knows the schema: what implements `Node`, and which fields may be null. */
const schema = await send<IntrospectionQuery>(getIntrospectionQuery());
/** What has no id is a part of the record or list that it stands in. */
const parts = schema.__schema.types.flatMap((type) =>
  type.kind === 'OBJECT' && !type.fields.some(({ name }) => name === 'id') ? [type.name] : [],
);
const client = new Client({
  url,
  fetchOptions: { headers },
  preferGetMethod: false,
  exchanges: [
    cacheExchange({
      schema: schema as never,
      keys: Object.fromEntries(parts.map((name) => [name, () => null])),
      updates: {
        Mutation: {
          // Lists may have it or not, depending on their filters: they are asked for again when they are shown.
          createAirport: (_result, _args, cache) => {
            for (const { fieldName, arguments: given } of cache.inspectFields('Query')) {
              if (fieldName === 'airports') cache.invalidate('Query', fieldName, given);
            }
          },
        },
      },
    }),
    fetchExchange,
  ],
});

async function ask<Data>(operation: 'query' | 'mutation', text: string, variables: object): Promise<Data> {
  const { data, error } = await client[operation]<Data>(text, variables as never).toPromise();
  if (error || !data) throw error ?? new Error('no data');
  return data;
}
/** From the cache alone; null where something is missing. */
async function known<Data>(text: string, variables: object): Promise<Data | null> {
  const context = { requestPolicy: 'cache-only' } as const;
  return (await client.query<Data>(text, variables as never, context).toPromise()).data ?? null;
}
const citiesOf = (data: List | null) => data?.airports.edges.map(({ node }) => node.city) ?? null;

await forgetAirports();
const { createAirport } = await ask<Created>('mutation', create, { input: oslo });
const { id } = createAirport.airport;
await ask('query', list, { where });
await ask('query', byNode, { id });

await ask('mutation', update, { id, input: { city: 'Oslo' } });
const updated = citiesOf(await known<List>(list, { where }));
const node = (await known<Found>(byNode, { id }))?.node?.city;

await ask('mutation', create, { input: bergen });
const forgotten = citiesOf(await known<List>(list, { where }));
const extended = citiesOf(await ask<List>('query', list, { where }));
console.log(JSON.stringify({ updated, node, forgotten, extended }));
