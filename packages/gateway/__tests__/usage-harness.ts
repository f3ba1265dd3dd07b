import { applyChanges } from './designer.ts';
import { dataOf, type GraphqlAnswer, type TestGateway, type TestTenant } from './harness.ts';

/** Something of each kind that stands on something else. */
export const rentals = {
  formwork: 1,
  entities: [
    {
      key: 'owner',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'homes', type: 'rollup', options: { via: 'properties', function: 'count' } },
      ],
    },
    {
      key: 'property',
      fields: [
        { key: 'code', type: 'text', unique: true },
        { key: 'rent', type: 'decimal', indexed: true },
        { key: 'yearly', type: 'formula', options: { expression: 'rent * 12' } },
        { key: 'city', type: 'text', indexed: true },
        { key: 'hidden', type: 'boolean' },
        { key: 'owner', type: 'link', options: { target: 'owner', inverse: 'properties' } },
        { key: 'owner_name', type: 'lookup', options: { via: 'owner', field: 'name' } },
      ],
    },
  ],
  roles: [
    {
      key: 'guest',
      permissions: [{ entity: 'property', read: { where: { hidden: { ne: true } } } }],
    },
  ],
};

export interface AskOptions {
  readonly path?: string;
  readonly client?: string;
  readonly variables?: object;
}

export async function post(
  gateway: TestGateway,
  key: string,
  query: string,
  { path = '/graphql', client, variables }: AskOptions = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      ...(client && { 'x-client-name': client, 'x-client-version': '1.2' }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer;
}

/** Uses what the query names. */
export async function use(
  gateway: TestGateway,
  { keys }: TestTenant,
  query: string,
  client = 'app',
  variables?: object,
): Promise<void> {
  dataOf(await post(gateway, keys.editor, query, { client, ...(variables && { variables }) }));
}

/** Applies changes and gives what is wrong with them. */
export async function problemsOf(
  gateway: TestGateway,
  tenant: TestTenant,
  changes: readonly object[],
  days?: number,
) {
  return (await applyChanges(gateway, tenant, changes, { days })).problems;
}

/** The change by which gateways are made to tell: nobody wants it, and it is refused. */
export async function tell(gateway: TestGateway, tenant: TestTenant): Promise<void> {
  const refused = await problemsOf(gateway, tenant, [{ dropAlias: { entity: 'property', alias: 'none' } }]);
  expect(refused.map(({ code }) => code)).toEqual(['ALIAS_MISSING']);
}

export const renameRent = { renameField: { entity: 'property', field: 'rent', to: 'monthly_rent' } };
