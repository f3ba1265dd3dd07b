import type { DemoTenant } from './demo/load-demo.ts';

/** A query for the demo tenant "aviation": the flights that were latest, and where they went. */
export const tryOut = {
  tenant: 'aviation',
  query:
    '{ flights(first: 3, orderBy: [{ delay: DESC }]) { nodes { departsAt delay origin { iata city } destination { iata city } } } }',
} as const;

/** What `formwork start` says once it listens. */
export function describeStart(url: string, demo: readonly DemoTenant[]): string[] {
  const key = demo.find(({ slug }) => slug === tryOut.tenant)?.key;
  return [
    '',
    `Formwork listens on ${url} (Ctrl-C stops it).`,
    '',
    ...(key === undefined ? describeFirstSteps() : describeDemo(url, demo, key)),
    '',
  ];
}

function describeFirstSteps(): string[] {
  return [
    'A tenant and its key:',
    '  npx formwork tenant create acme --template marketplace',
    '  npx formwork key create --tenant acme --role admin',
  ];
}

function describeDemo(url: string, demo: readonly DemoTenant[], key: string): string[] {
  const width = Math.max(...demo.map(({ slug }) => slug.length));
  return [
    'Demo tenants and their keys:',
    ...demo.map((tenant) => `  ${tenant.slug.padEnd(width)}  ${tenant.key}`),
    '',
    `To try it, open ${url}/graphql in a browser, give it the key of "${tryOut.tenant}", and run`,
    '',
    `  ${tryOut.query}`,
    '',
    'or paste this into a shell:',
    '',
    `  curl -s ${url}/graphql -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${JSON.stringify({ query: tryOut.query })}'`,
  ];
}
