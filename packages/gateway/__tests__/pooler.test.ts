import { asAdmin, findPooler, type Pooler, type PoolerOptions, startPooler } from '@formwork/testkit';
import {
  codesOf,
  createAirport,
  dataOf,
  type GraphqlAnswer,
  Harness,
  isHeldUp,
  type TestGateway,
  type TestTenant,
  until,
} from './harness.ts';
import { extended, skyway } from './skyway.ts';

/* A gateway whose requests go through PgBouncer in transaction mode: its connections are many, those to Postgres two. */

const found = findPooler();
const version = found?.version ?? '(skipped: this machine has none)';
const ways: readonly (readonly [string, PoolerOptions | undefined])[] = [
  [
    'keeps fewer statements prepared than there are',
    found?.isFollowing ? { preparedStatements: 20 } : undefined,
  ],
  ['does not follow what is prepared', found && { preparedStatements: found.isFollowing ? 0 : null }],
];

describe.each(ways)(`PgBouncer ${version} that %s:`, (_, options) => {
  const test = options === undefined ? globalThis.test.skip : globalThis.test;
  let harness: Harness;
  let pooler: Pooler;
  let gateway: TestGateway;
  let tenants: readonly TestTenant[];

  beforeAll(async () => {
    harness = await Harness.open();
    pooler = await startPooler(harness.database.gatewayUrl, options as PoolerOptions);
    gateway = await harness.gateway({ gatewayUrl: pooler.of(harness.database.gatewayUrl), poolSize: 8 });
    tenants = [await harness.tenant('mine'), await harness.tenant('theirs')];
  });
  afterAll(async () => {
    await harness.close();
    await pooler.stop();
  });

  const connections = () =>
    asAdmin(harness.database, async (admin) => {
      const { rowCount } = await admin.query(
        `select from pg_stat_activity where datname = current_database() and usename = 'formwork_gateway'`,
      );
      return rowCount ?? 0;
    });

  test('tenants at once, with more statements than it keeps prepared, see what is theirs', async () => {
    const cities = Array.from({ length: 30 }, (_, n) => `City ${n}`);
    const write = async ({ keys, slug }: TestTenant, city: string, n: number) => {
      const iata = `A${String(n).padStart(2, '0')}`;
      await createAirport(gateway, keys.editor, iata, `${city} of ${slug}`);
      // A document of its own for each, so a statement of its own.
      const text = `{ airports(where: { city: { startsWith: "City" } }, first: ${n + 1}) { nodes { a${n}: city } totalCount } airportByIata(iata: "${iata}") { city } }`;
      return gateway.ask(keys.editor, text);
    };
    const answers = await Promise.all(
      tenants.map((tenant) => Promise.all(cities.map((city, n) => write(tenant, city, n)))),
    );
    for (const [place, { slug }] of tenants.entries()) {
      for (const [n, answer] of (answers[place] as GraphqlAnswer[]).entries()) {
        const data = dataOf(answer) as { airportByIata: { city: string } };
        expect(data.airportByIata.city).toBe(`City ${n} of ${slug}`);
        expect(JSON.stringify(data)).not.toContain(tenants[1 - place]?.slug);
      }
    }
    const total = await gateway.ask(tenants[0]?.keys.editor ?? '', '{ airports { totalCount } }');
    expect(dataOf(total)).toEqual({ airports: { totalCount: cities.length } });
    expect(await connections()).toBeLessThanOrEqual(2);
  });

  test('a mutation of several writes is in one transaction, and one that fails leaves nothing behind', async () => {
    const [{ keys }] = tenants as [TestTenant];
    const two = (second: string) =>
      gateway.ask(
        keys.editor,
        `mutation { a: createAirport(input: { iata: "BB1" }) { airport { iata } } b: createAirport(input: { iata: "${second}" }) { airport { iata } } }`,
      );
    const answers = await Promise.all([two('BB1'), two('b'), two('BB1'), two('b')]);
    expect(answers.map((answer) => codesOf(answer)[0]).sort()).toEqual([
      ...['UNIQUE_VIOLATION', 'UNIQUE_VIOLATION', 'VALIDATION_FAILED', 'VALIDATION_FAILED'],
    ]);
    expect(dataOf(await gateway.ask(keys.editor, '{ airportByIata(iata: "BB1") { id } }'))).toEqual({
      airportByIata: null,
    });
    expect(dataOf(await two('BB2'))).toEqual({
      a: { airport: { iata: 'BB1' } },
      b: { airport: { iata: 'BB2' } },
    });
  });

  test('a change of the design is seen with the next request', async () => {
    const tenant = await harness.tenant('changing');
    dataOf(await gateway.ask(tenant.keys.editor, '{ airports { nodes { iata } } }'));
    await harness.apply(tenant, extended(skyway(), { key: 'runways', type: 'integer' }));
    dataOf(await gateway.ask(tenant.keys.editor, '{ airports { nodes { iata runways } } }'));
  });

  test('a request whose time is over is cancelled, and no other is', async () => {
    const [{ keys }] = tenants as [TestTenant];
    const hasty = await harness.gateway({
      gatewayUrl: pooler.of(harness.database.gatewayUrl),
      requestTimeout: 700,
    });
    dataOf(await hasty.ask(keys.editor, '{ airports { totalCount } }'));
    await asAdmin(harness.database, async (admin) => {
      await admin.query('begin; lock table formwork.records in access exclusive mode');
      const slow = hasty.ask(keys.editor, '{ airports { totalCount } }');
      await until(() => isHeldUp(harness.database));
      expect(codesOf(await slow)).toEqual(['TIMEOUT']);
      await until(async () => !(await isHeldUp(harness.database)));
      await admin.query('rollback');
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => hasty.ask(keys.editor, '{ airports { totalCount } }')),
    );
    for (const answer of answers) dataOf(answer);
  });

  test('its end is one of Postgres: requests are told to come again, and are served when it is back', async () => {
    const [{ keys }] = tenants as [TestTenant];
    const count = () => gateway.ask(keys.editor, '{ airports { totalCount } }');
    await pooler.kill();
    expect(codesOf(await count())).toEqual(['OVERLOADED']);
    await pooler.start();
    await until(async () => (await count()).errors === undefined);
  });
});
