import { serverAudits } from 'graphql-http';
import { Harness, type TestGateway, type TestTenant } from './harness.ts';

let harness: Harness;
let tenant: TestTenant;
const gateways: TestGateway[] = [];

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
  gateways.push(await harness.gateway(), await harness.gateway({ fastLane: false }));
});
afterAll(() => harness.close());

describe.each([
  ['with the fast lane', 0],
  ['through yoga alone', 1],
])('GraphQL over HTTP, %s', (_, index) => {
  const audits = serverAudits({
    url: () => `${gateways[index]?.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('x-api-key', tenant.keys.editor);
      return fetch(url, { ...init, headers });
    },
  });

  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
    '%s: %s',
    async (_id, _name, audit) => {
      const result = await audit.fn();
      if (result.status !== 'ok') throw new Error(`${result.status}: ${result.reason}`);
    },
  );
});
