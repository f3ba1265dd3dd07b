import { startGateway } from '@formwork/gateway';
import { asAdmin } from '@formwork/testkit';
import { dataOf, Harness, isHeldUp, type TestTenant, until } from './harness.ts';

let harness: Harness;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  tenant = await harness.tenant('skyway');
});
afterAll(() => harness.close());

async function connections(): Promise<number> {
  return asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and usename = 'formwork_gateway'`,
    );
    return rows[0].count;
  });
}

test('finishes what is in flight, takes nothing new, and leaves no connection behind', async () => {
  const gateway = await harness.gateway();
  dataOf(await gateway.ask(tenant.keys.editor, '{ airports { totalCount } }'));
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query('lock table formwork.records in access exclusive mode');
    const asked = gateway.ask(tenant.keys.editor, '{ airports { totalCount } }');
    await until(() => isHeldUp(harness.database));
    const closing = gateway.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(gateway.ask(tenant.keys.editor, '{ __typename }')).rejects.toThrow();
    await admin.query('rollback');
    expect(dataOf(await asked)).toEqual({ airports: { totalCount: 0 } });
    await closing;
  });
  // Postgres may take a moment to see that a client has gone.
  await until(async () => (await connections()) === 0);
});

test('waits no longer than it was told for what does not finish', async () => {
  const gateway = await harness.gateway({ closeTimeout: 200 });
  dataOf(await gateway.ask(tenant.keys.editor, '{ airports { totalCount } }'));
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query('lock table formwork.records in access exclusive mode');
    const asked = gateway
      .ask(tenant.keys.editor, '{ airports { totalCount } }')
      .catch((error: Error) => error);
    await until(() => isHeldUp(harness.database));
    await gateway.close();
    // Who had waited for the request would have an answer, once its own time was up.
    expect(await asked).toHaveProperty('message');
    await admin.query('rollback');
  });
  // Postgres may take a moment to see that a client has gone.
  await until(async () => (await connections()) === 0);
});

test('says what to do about a port that is taken, and leaves nothing open', async () => {
  const gateway = await harness.gateway();
  const port = Number(new URL(gateway.url).port);
  const before = await connections();
  await expect(startGateway({ ...harness.config, port, logLevel: 'silent' })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken. Stop whoever has it, or set FORMWORK_PORT to another.`,
  );
  expect(await connections()).toBe(before);
});

test('does not start where Postgres does not answer', async () => {
  const designerUrl = 'postgres://nobody:nothing@127.0.0.1:1/none';
  await expect(startGateway({ ...harness.config, designerUrl, logLevel: 'silent' })).rejects.toThrow();
});
