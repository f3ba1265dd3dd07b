import { connectDataPlane, type DataPlane } from '@formwork/pg';
import { Memory } from '@formwork/records';
import { buildGraphqlSchema } from '@formwork/schema-factory';
import { loadTenantRegistry } from '../src/tenants/load-tenant-registry.ts';
import { TenantStates } from '../src/tenants/tenant-states.ts';
import { createAirport, dataOf, Harness, type TestGateway } from './harness.ts';
import { messagesOf } from './messages-of.ts';
import { skyway } from './skyway.ts';

let harness: Harness;
let gateway: TestGateway;
let dataPlane: DataPlane;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  dataPlane = connectDataPlane({ url: harness.database.gatewayUrl, max: 2 });
});
afterAll(async () => {
  await dataPlane.close();
  await harness.close();
});

test('tenants whose registries are equal share one schema object and one registry', async () => {
  const one = await harness.tenant('one');
  const two = await harness.tenant('two');
  const branded = await harness.tenant('branded', skyway({ brand: 'Aerodrome' }));
  const states = new TenantStates({
    load: (tenantId) => loadTenantRegistry(dataPlane, tenantId),
    build: buildGraphqlSchema,
    memory: new Memory(10_000_000),
  });
  const [first, second, third] = await Promise.all([one, two, branded].map(({ id }) => states.get(id)));
  expect(second?.schema).toBe(first?.schema);
  expect(second?.registry).toBe(first?.registry);
  expect(third?.schema).not.toBe(first?.schema);
  expect(states.sizes).toMatchObject({ tenants: 3, schemas: 2, registries: 2 });
});

test('tenants of equal SDL and different slots get each their own SQL, and the same answers', async () => {
  const quick = await harness.tenant('quick', skyway({ indexed: true }));
  const plain = await harness.tenant('plain', skyway({ indexed: false }));
  const texts: string[] = [];
  for (const { slug, keys } of [quick, plain]) {
    await createAirport(gateway, keys.editor, 'OSL', 'Oslo');
    await createAirport(gateway, keys.editor, 'BGO', 'Bergen');
    const query =
      '{ airports(where: { city: { eq: "Oslo" } }, orderBy: [{ city: ASC }]) { nodes { iata } } }';
    const { answer, messages } = await messagesOf(gateway, () => gateway.ask(keys.viewer, query));
    expect(dataOf(answer)).toEqual({ airports: { nodes: [{ iata: 'OSL' }] } });
    expect([slug, messages.length]).toEqual([slug, 1]);
    texts.push(String(messages));
  }
  expect(texts[0]).toContain('_city');
  expect(texts[1]).not.toContain('_city');
  const etags = await Promise.all(
    [quick, plain].map(async ({ keys }) => {
      const response = await fetch(`${gateway.url}/schema.graphql`, {
        headers: { 'x-api-key': keys.viewer },
      });
      return `${response.headers.get('etag')} ${await response.text()}`;
    }),
  );
  expect(etags[0]).toBe(etags[1]);
});

test('a tenant without a registry has a schema with nothing in it', async () => {
  const bare = await harness.tenant('bare', null);
  expect(dataOf(await gateway.ask(bare.keys.viewer, '{ __typename }'))).toEqual({ __typename: 'Query' });
});
