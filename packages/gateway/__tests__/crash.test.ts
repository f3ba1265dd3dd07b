import { type AdminClient, withAdmin } from '@formwork/pg';
import { asAdmin, postgresVersions } from '@formwork/testkit';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { ask, dataOf, type GraphqlAnswer, Harness, isHeldUp, type TestTenant, until } from './harness.ts';
import { findBroken, warehouse } from './warehouse.ts';

// Processes are started and killed, each with megabytes to write: minutes where every core is busy already.
jest.setTimeout(300_000);

describe.each(postgresVersions)('a gateway that is killed, on %s', (_, openDatabase) => {
  if (openDatabase === undefined) return test.skip('…', () => {});
  let harness: Harness;
  let tenant: TestTenant;
  let running: GatewayProcess | undefined;

  beforeAll(async () => {
    harness = await Harness.open(await openDatabase());
    tenant = await harness.tenant('depot', warehouse);
  });
  afterEach(async () => {
    await running?.kill();
    running = undefined;
    expect(await asAdmin(harness.database, findBroken)).toEqual({});
  });
  afterAll(() => harness.close());

  test('while a mutation stands in its middle leaves nothing of it, and no lock', async () => {
    const gateway = await start();
    await asAdmin(harness.database, (admin) => insertMark(admin, 'held'));
    await withAdmin(harness.database.adminUrl, async (holder) => {
      await holder.query('begin');
      await holder.query("select from formwork.records where data ->> 'name' = 'held' for update");
      const lost = write(gateway, 'killed').catch(() => 'no answer');
      await until(() => isHeldUp(harness.database));
      const written = await countWritten();
      expect(written.uncommitted).toBeGreaterThan(written.visible);
      await gateway.kill();
      expect(await lost).toBe('no answer');
      // The lock that the mutation waits for is still held: Postgres sees by itself that nobody waits for an answer.
      await until(async () => (await sessions()) === 0);
      await holder.query('rollback');
    });
    expect(countOf('killed', await countAll())).toBe(0);
    const next = await start();
    expect(dataOf(await write(next, 'second'))).toMatchObject({ upsertMark: { created: false } });
    expect(countOf('second', await countAll())).toBe(1000);
    // Waits for writers: none is left.
    await harness.apply(tenant, {
      ...warehouse,
      entities: [...warehouse.entities, { key: 'later', fields: [] }],
    });
  });

  test('at any moment leaves each mutation whole or not there, and those whole that were answered', async () => {
    const answered: string[] = [];
    const sent: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const gateway = await start();
      await write(gateway, `warm ${round}`);
      const writers = Array.from({ length: 6 }, async (_, writer) => {
        for (let turn = 0; ; turn += 1) {
          const name = `round ${round} writer ${writer} turn ${turn}`;
          sent.push(name);
          // Half of them is sent whole, in one message that commits itself.
          const answer = await write(gateway, name, 150, writer % 2 === 0).catch(() => null);
          if (answer === null) return;
          expect(answer.errors).toBeUndefined();
          answered.push(name);
        }
      });
      // On a busy machine nothing is answered before some time has passed, and killed is to be who has work to lose.
      const before = answered.length;
      await until(() => answered.length > before);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
      await gateway.kill();
      await Promise.all(writers);
      await until(async () => (await sessions()) === 0);
    }
    const all = await countAll();
    const counts = new Map(sent.map((name) => [name, countOf(name, all)]));
    expect([...counts].filter(([, count]) => count !== 0 && count !== 150)).toEqual([]);
    expect(answered.filter((name) => counts.get(name) !== 150)).toEqual([]);
    expect(answered.length).toBeGreaterThan(0);
    expect([...counts.values()]).toContain(0);
  });

  async function start(): Promise<GatewayProcess> {
    running = await startGatewayProcess(harness.config);
    return running;
  }

  /** Crates with links, and a mark; where it is not sent whole, then a mark that others write too. */
  function write(
    gateway: GatewayProcess,
    note: string,
    count = 1000,
    isWhole = false,
  ): Promise<GraphqlAnswer> {
    const inputs = Array.from({ length: count }, () => ({
      note,
      next: { create: { note: `before ${note}` } },
    }));
    const text = `mutation ($inputs: [CreateCrateInput!]!, $name: String!) {
      createCrates(inputs: $inputs) { crates { id } }
      createMark(input: { name: $name }) { mark { id } }
      ${isWhole ? '' : 'upsertMark(by: { name: "held" }, input: {}) { created }'} }`;
    return ask(gateway.url, tenant.keys.editor, text, { inputs, name: note });
  }

  function insertMark(admin: AdminClient, name: string) {
    return admin.query(
      "insert into formwork.records (tenant_id, entity_type, data) values ($1, 'mark', $2)",
      [tenant.id, { name }],
    );
  }

  /** How many records there are of each entity and note, or name. */
  async function countAll(): Promise<ReadonlyMap<string, number>> {
    return asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query<{ what: string; count: number }>(
        `select entity_type || ' ' || coalesce(data ->> 'note', data ->> 'name') as what, count(*)::int
          from formwork.records group by 1`,
      );
      return new Map(rows.map(({ what, count }) => [what, count]));
    });
  }

  /** Crates of that note, and as many before them. */
  function countOf(note: string, all: ReadonlyMap<string, number>): number {
    const [crates = 0, before, marks] = [`crate ${note}`, `crate before ${note}`, `mark ${note}`].map(
      (what) => all.get(what) ?? 0,
    );
    expect([before, marks]).toEqual([crates, crates === 0 ? 0 : 1]);
    return crates;
  }

  /** Rows that a transaction has written show in the statistics of the table's size before it commits. */
  async function countWritten(): Promise<{ visible: number; uncommitted: number }> {
    return asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query(`select (select count(*)::int from formwork.records) as visible,
        (pg_relation_size('formwork.records') / 1000)::int as uncommitted`);
      return rows[0];
    });
  }

  /** Connections of the gateway that are there. */
  function sessions(): Promise<number> {
    return asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query(
        `select from pg_stat_activity where datname = current_database() and usename = 'formwork_gateway'`,
      );
      return rows.length;
    });
  }
});
