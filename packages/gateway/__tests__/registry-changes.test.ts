import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import {
  ask,
  codesOf,
  createAirport,
  dataOf,
  Harness,
  type TestGateway,
  type TestTenant,
  until,
} from './harness.ts';
import { extended, skyway } from './skyway.ts';

const base = skyway();
const withRunways = extended(base, { key: 'runways', type: 'integer' });

let harness: Harness;
let one: TestGateway;
let two: TestGateway;
/** Listens to another database, so it hears nothing. */
let deaf: TestGateway;
let elsewhere: TestDatabase;
let other: GatewayProcess;
let serial = 0;

beforeAll(async () => {
  harness = await Harness.open();
  one = await harness.gateway();
  two = await harness.gateway();
  elsewhere = await createTestDatabase();
  deaf = await harness.gateway({ designerUrl: elsewhere.designerUrl });
  other = await startGatewayProcess(harness.config);
});
afterAll(async () => {
  await other.stop();
  await harness.close();
  await elsewhere.drop();
});

async function freshTenant(): Promise<TestTenant> {
  serial += 1;
  return harness.tenant(`tenant-${serial}`);
}

const read = '{ airports { nodes { iata runways } } }';
const write = 'mutation { createAirport(input: { iata: "NEW", runways: 2 }) { airport { runways } } }';

describe.each([
  ['another gateway', () => two.url],
  ['a gateway in another process', () => other.url],
])('%s', (_, url) => {
  test('sees a change with the very next request', async () => {
    const { keys, ...tenant } = await freshTenant();
    for (const gateway of [one.url, url()]) {
      expect(codesOf(await ask(gateway, keys.editor, read))).toContain('GRAPHQL_VALIDATION_FAILED');
      expect(codesOf(await ask(gateway, keys.editor, write))).toContain('GRAPHQL_VALIDATION_FAILED');
    }
    await harness.apply(tenant, withRunways);
    expect(dataOf(await ask(url(), keys.editor, write))).toEqual({
      createAirport: { airport: { runways: 2 } },
    });
    expect(dataOf(await ask(one.url, keys.editor, read))).toEqual({
      airports: { nodes: [{ iata: 'NEW', runways: 2 }] },
    });
  });

  test('sees that something was taken away with the very next request', async () => {
    const { keys, ...tenant } = await freshTenant();
    await harness.apply(tenant, withRunways);
    for (const gateway of [one.url, url()]) {
      dataOf(await ask(gateway, keys.editor, read));
      dataOf(await ask(gateway, keys.editor, write.replace('NEW', gateway === one.url ? 'ONE' : 'TWO')));
    }
    await harness.apply(tenant, base);
    for (const gateway of [url(), one.url]) {
      expect(codesOf(await ask(gateway, keys.editor, read))).toContain('GRAPHQL_VALIDATION_FAILED');
      expect(codesOf(await ask(gateway, keys.editor, write))).toContain('GRAPHQL_VALIDATION_FAILED');
    }
  });
});

test('a change that was never announced is seen by reads, writes, introspection and what is refused', async () => {
  const texts = {
    read: '{ airports { nodes { iata } } }',
    write: 'mutation { createAirport(input: { iata: "AAA" }) { airport { iata } } }',
    introspection: '{ __type(name: "Airport") { fields { name } } }',
  };
  for (const text of Object.values(texts)) {
    const { keys, ...tenant } = await freshTenant();
    dataOf(await deaf.ask(keys.editor, '{ airports { totalCount } }'));
    dataOf(await deaf.ask(keys.editor, texts.introspection));
    await harness.apply(tenant, withRunways);
    const answer = dataOf(await deaf.ask(keys.editor, text));
    if (text === texts.introspection) expect(JSON.stringify(answer)).toContain('runways');
    // What was loaded along the way stays.
    dataOf(await deaf.ask(keys.editor, read));
  }
  const { keys, ...tenant } = await freshTenant();
  dataOf(await deaf.ask(keys.editor, '{ airports { totalCount } }'));
  await harness.apply(tenant, withRunways);
  dataOf(await deaf.ask(keys.editor, read));
});

test('a write on an old schema is prepared again and applied once', async () => {
  const { keys, ...tenant } = await freshTenant();
  await createAirport(deaf, keys.editor, 'OLD');
  await harness.apply(tenant, withRunways);
  await createAirport(deaf, keys.editor, 'TRY');
  const count = dataOf(
    await deaf.ask(keys.editor, '{ airports(where: { iata: { eq: "TRY" } }) { totalCount } }'),
  );
  expect(count).toEqual({ airports: { totalCount: 1 } });
});

test('a read that a change overtakes between its batches runs again as a whole', async () => {
  const { keys, ...tenant } = await freshTenant();
  const origin = await createAirport(deaf, keys.editor, 'OSL');
  dataOf(
    await deaf.ask(
      keys.editor,
      `mutation { createFlight(input: { number: "1", origin: { id: "${origin}" } }) { flight { id } } }`,
    ),
  );
  await harness.apply(tenant, withRunways);
  expect(dataOf(await deaf.ask(keys.editor, '{ flights { nodes { number origin { iata } } } }'))).toEqual({
    flights: { nodes: [{ number: '1', origin: { iata: 'OSL' } }] },
  });
});

test('changes and requests at the same time give right answers or SCHEMA_CHANGED, nothing else', async () => {
  const { keys, ...tenant } = await freshTenant();
  await createAirport(one, keys.editor, 'OSL');
  let isOver = false;
  const codes = new Set<unknown>();
  const ask = async (gateway: TestGateway) => {
    while (!isOver) {
      const answer = await gateway.ask(keys.editor, '{ airports { nodes { iata } } }');
      for (const code of codesOf(answer)) codes.add(code);
      if (!answer.errors) expect(answer.data).toEqual({ airports: { nodes: [{ iata: 'OSL' }] } });
      const written = await gateway.ask(
        keys.editor,
        'mutation { updateAirport(id: "ID", input: { city: "Oslo" }) { airport { city } } }'.replace(
          'ID',
          id,
        ),
      );
      for (const code of codesOf(written)) codes.add(code);
    }
  };
  const found = await one.ask(keys.editor, '{ airportByIata(iata: "OSL") { id } }');
  const { id } = dataOf(found).airportByIata as { id: string };
  const asking = [ask(one), ask(two)];
  for (let n = 0; n < 8; n += 1) await harness.apply(tenant, n % 2 === 0 ? withRunways : base);
  isOver = true;
  await Promise.all(asking);
  expect([...codes].filter((code) => code !== 'SCHEMA_CHANGED')).toEqual([]);
});

test('a gateway whose LISTEN connection was cut is right all the same, and listens again', async () => {
  const { keys, ...tenant } = await freshTenant();
  dataOf(await one.ask(keys.editor, '{ airports { totalCount } }'));
  const cut = await asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ilike 'listen%'`,
    );
    return rows.length;
  });
  expect(cut).toBeGreaterThanOrEqual(3);
  await harness.apply(tenant, withRunways);
  dataOf(await one.ask(keys.editor, read));
  dataOf(await two.ask(keys.editor, read));
  // Of each channel by itself.
  await until(() =>
    one.lines.some(
      ({ msg, channel }) =>
        channel === 'formwork_registry' && String(msg).includes('announcements were lost'),
    ),
  );
  const from = one.lines.length;
  await harness.apply(tenant, base);
  await until(() =>
    one.lines
      .slice(from)
      .some(({ msg, tenantId }) => String(msg).includes('has changed') && tenantId === tenant.id),
  );
});

test.each([
  ['cannot be built', '{"target": 7}', '"target" must be text'],
  ['cannot be loaded', '{"target": "nowhere"}', '"nowhere"'],
  ['is no object', '[]', 'must be an object'],
])('a registry that is broken (it %s) is an error of its tenant alone', async (_, options, reason) => {
  const broken = await freshTenant();
  const whole = await freshTenant();
  dataOf(await one.ask(broken.keys.editor, '{ airports { totalCount } }'));
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query(`update formwork.fields set options = $2 where tenant_id = $1 and type = 'link'`, [
      broken.id,
      options,
    ]);
    await admin.query('update formwork.tenants set registry_version = registry_version + 1 where id = $1', [
      broken.id,
    ]);
    await admin.query('commit');
  });
  // A process of its own would end with an error that nobody waits for.
  for (const url of [one.url, other.url]) {
    for (const document of [write, '{ airports { totalCount } }']) {
      const answer = await ask(url, broken.keys.editor, document);
      expect(codesOf(answer)).toEqual(['REGISTRY_BROKEN']);
      expect(answer.errors?.[0]?.message).toContain(`"formwork verify --tenant ${broken.slug}"`);
      expect(JSON.stringify(answer)).not.toContain('target');
    }
    const design = (text: string) => ask(url, broken.keys.designer, text, {}, '/design');
    for (const text of ['{ registry { version } }', 'mutation { apply(changes: []) { version } }']) {
      const answer = await design(text);
      expect(codesOf(answer)).toEqual(['REGISTRY_BROKEN']);
      expect(answer.errors?.[0]?.message).toContain('latest document of its history');
      expect(answer.errors?.[0]?.message).toContain(reason);
    }
    const { history } = dataOf(await design('{ history(first: 1) { version document } }'));
    expect(history).toMatchObject([
      { version: 1, document: { entities: [{ key: 'airport' }, { key: 'flight' }] } },
    ]);
    dataOf(await ask(url, whole.keys.editor, '{ airports { totalCount } }'));
  }
});

test('a view that is gone makes the registry be read again, and is an error where it is still gone', async () => {
  const { keys, id } = await freshTenant();
  dataOf(await one.ask(keys.editor, '{ airports { totalCount } flights { nodes { number } } }'));
  const from = one.lines.length;
  await asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      "select view_name from formwork.entity_types where tenant_id = $1 and key = 'flight'",
      [id],
    );
    const view = rows[0].view_name;
    await admin.query(`alter view formwork_views.${view} rename to hidden`);
    const answer = await one.ask(keys.editor, '{ airports { totalCount } flights { nodes { number } } }');
    await admin.query(`alter view formwork_views.hidden rename to ${view}`);
    expect(answer.data?.airports).toBeUndefined();
    expect(codesOf(answer)).toEqual(['INTERNAL']);
  });
  const texts = one.lines.slice(from).flatMap(({ statements }) => statements ?? []);
  expect(texts.some((text) => String(text).includes('from formwork.entity_types'))).toBe(true);
  dataOf(await one.ask(keys.editor, '{ flights { nodes { number } } }'));
});
