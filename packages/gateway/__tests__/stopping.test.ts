import { heartbeat } from '@formwork/registry-store';
import { dataOf, Harness, type TestGateway, type TestTenant, until } from './harness.ts';
import { Line } from './line.ts';

/* A gateway that is told to stop while its Postgres has died, or stands still: it comes to an end, and says what it could not tell. */

let harness: Harness;
let tenant: TestTenant;
let line: Line;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
});
beforeEach(async () => {
  line = await Line.open(harness.database.gatewayUrl);
  const { gatewayUrl, designerUrl } = harness.database;
  gateway = await harness.gateway({
    gatewayUrl: line.of(gatewayUrl),
    designerUrl: line.of(designerUrl),
    closeTimeout: 500,
    usageSeconds: 60,
  });
  dataOf(await gateway.ask(tenant.keys.editor, '{ airports { totalCount } }'));
});
afterEach(() => line.die());
afterAll(() => harness.close());

async function stop(): Promise<void> {
  await gateway.close();
  await expect(gateway.ask(tenant.keys.editor, '{ __typename }')).rejects.toThrow();
}

const said = (text: string) => gateway.lines.filter(({ msg }) => String(msg).includes(text));

test('a gateway stops whose Postgres has died, and says that what was used is not told', async () => {
  line.die();
  await until(async () => {
    const answer = await gateway.ask(tenant.keys.editor, '{ airports { totalCount } }');
    return answer.errors !== undefined;
  });
  await stop();
  expect(said('what clients have used could not be told before the end, and is lost')).toEqual([
    expect.objectContaining({ untold: expect.any(Number) }),
  ]);
});

test('a gateway stops whose Postgres stands still, with a request in flight, and says what was given up', async () => {
  line.standStill();
  const asked = gateway.ask(tenant.keys.editor, '{ airports { totalCount } }').catch(() => 'cut off');
  await stop();
  expect(await asked).toBe('cut off');
  expect(said('was given up')).toEqual([
    expect.objectContaining({ unfinished: expect.arrayContaining(['what clients have used']) }),
  ]);
});

test('what could not be told is told of once, however many times it was tried', async () => {
  line.standStill();
  // Until it is telling the database that it is alive, which it does every three seconds.
  await new Promise((resolve) => setTimeout(resolve, heartbeat + 200));
  await stop();
  await until(async () => said('could not be told').length > 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(said('could not be told')).toHaveLength(1);
});

test('a gateway whose Postgres is there has nothing to say when it stops', async () => {
  await stop();
  expect([...said('given up'), ...said('lost')]).toEqual([]);
});
