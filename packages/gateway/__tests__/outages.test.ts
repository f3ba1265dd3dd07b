import { asAdmin } from '@formwork/testkit';
import {
  codesOf,
  createAirport,
  dataOf,
  Harness,
  type TestGateway,
  type TestTenant,
  until,
} from './harness.ts';
import { Line } from './line.ts';
import { skyway } from './skyway.ts';

/* Postgres goes away for a while, or cuts connections, while gateways run. */

let harness: Harness;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
});
afterAll(() => harness.close());

const count = (gateway: TestGateway) => gateway.ask(tenant.keys.editor, '{ airports { totalCount } }');

test('connections that were cut while nobody used them cost nobody a request', async () => {
  const gateway = await harness.gateway();
  const ask = () => Promise.all(Array.from({ length: 6 }, () => count(gateway)));
  for (const answer of await ask()) dataOf(answer);
  const cut = await asAdmin(harness.database, async (admin) => {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
       where datname = current_database() and usename = 'formwork_gateway'`,
    );
    return rowCount;
  });
  expect(cut).toBeGreaterThan(0);
  for (const answer of await ask()) dataOf(answer);
});

test('a gateway outlives its Postgres: meanwhile it says so, and afterwards it knows what has changed', async () => {
  let line = await Line.open(harness.database.gatewayUrl);
  const { gatewayUrl, designerUrl } = harness.database;
  const gateway = await harness.gateway({
    gatewayUrl: line.of(gatewayUrl),
    designerUrl: line.of(designerUrl),
  });
  const isReady = async () => (await fetch(`${gateway.url}/readyz`)).status;
  try {
    const before = await createAirport(gateway, tenant.keys.editor, 'AAA');
    expect([dataOf(await count(gateway)), await isReady()]).toMatchObject([
      { airports: { totalCount: 1 } },
      200,
    ]);

    line.die();
    await until(async () => (await isReady()) === 503);
    expect(codesOf(await count(gateway))).toEqual(['OVERLOADED']);
    const lost = await gateway.ask(
      tenant.keys.editor,
      'mutation { createAirport(input: { iata: "BBB", name: "B" }) { airport { id } } }',
    );
    expect(codesOf(lost)).toEqual(['OVERLOADED']);
    const document = skyway();
    await harness.apply(tenant, {
      ...document,
      entities: [...document.entities, { key: 'later', fields: [] }],
    });

    line = await Line.open(gatewayUrl, line.port);
    await until(async () => (await isReady()) === 200);
    const answer = await gateway.ask(
      tenant.keys.editor,
      '{ airports { nodes { id } } laters { totalCount } }',
    );
    expect(dataOf(answer)).toEqual({ airports: { nodes: [{ id: before }] }, laters: { totalCount: 0 } });
  } finally {
    line.die();
  }
});
