import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { headers, url } from '../gateway.ts';

/** Apollo's automatic persisted queries: by hash; with the text where the tenant records and has not met it yet. */
const sent: string[] = [];
const watched: typeof fetch = (input, init) => {
  sent.push(String(init?.body).includes('"query"') ? 'text' : 'hash');
  return fetch(input, init);
};
const byHash = new PersistedQueryLink({
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
});
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.from([byHash, new HttpLink({ uri: url, headers, fetch: watched })]),
});
const query = gql('query Airports { airports { totalCount } }');
for (let times = 0; times < 2; times += 1) await client.query({ query, fetchPolicy: 'network-only' });
console.log(JSON.stringify({ sent }));
