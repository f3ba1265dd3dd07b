import { headers, url } from '../gateway.ts';
import { graphql } from '../generated/trusted/index.js';

/** A client that names its documents and never sends one: the tenant may enforce those of the manifest. */
const Fleet = graphql(`
  query Fleet($first: Int!) {
    airports(first: $first) {
      totalCount
    }
  }
`);

async function ask(params: object): Promise<{ data?: unknown; errors?: { extensions: { code: string } }[] }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  });
  return (await response.json()) as Awaited<ReturnType<typeof ask>>;
}

const trusted = await ask({ documentId: Fleet.__meta__?.hash, variables: { first: 1 } });
const other = await ask({ query: '{ flights { totalCount } }' });
console.log(JSON.stringify({ trusted: trusted.data, other: other.errors?.[0]?.extensions.code }));
