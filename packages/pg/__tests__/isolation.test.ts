import { connectDataPlane, DatabaseError, type DataPlane, type Statement, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { firstValue, insertTenant } from './support.ts';

/**
 * The isolation run: many tenants on few connections, every batch interleaved with others, a fifth of them failing,
 * badly scoped or cancelled on purpose. No batch may ever see a record or a setting of another tenant.
 */
const tenantCount = 51;
const connections = 3;
const batches = 20_000;
const inFlight = 40;

let database: TestDatabase;
let plane: DataPlane;
let tenants: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = [];
  for (let number = 0; number < tenantCount; number += 1) {
    tenants.push(await insertTenant(database, `tenant-${number}`));
  }
  await asAdmin(database, (admin) =>
    admin.query(
      `insert into formwork.records (tenant_id, entity_type, data)
        select id, 'note', jsonb_build_object('owner', id) from formwork.tenants, generate_series(1, 20)`,
    ),
  );
  plane = connectDataPlane({ url: database.gatewayUrl, max: connections });
});
afterAll(async () => {
  await plane.close();
  await database.drop();
});

const look: Statement = sql`
  select string_agg(distinct tenant_id::text || ' ' || (data ->> 'owner'), ',') || ' ' || count(*) from formwork.records`;
const setting: Statement = sql`select current_setting('app.tenant_id')`;
const failures: readonly Statement[] = [
  sql`select 1 / 0`,
  sql`select * from formwork.nowhere`,
  sql`syntax error`,
  sql`select 'x'::uuid`,
  sql`select * from formwork.settings`,
];

/** A generator of its own, so that a failing run can be run again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Tally {
  seen: number;
  failed: number;
  refused: number;
  cancelled: number;
}

async function runBatch(random: (below: number) => number, tally: Tally): Promise<void> {
  const tenant = tenants[random(tenantCount)] as string;
  const expected = `${tenant} ${tenant} 20`;
  const kind = random(20);
  if (kind === 0) {
    const scope = ['', 'nonsense', '00000000-0000-7000-8000-000000000000'][random(3)] as string;
    await expect(plane.read(scope, [look])).rejects.toBeInstanceOf(DatabaseError);
    tally.refused += 1;
  } else if (kind === 1) {
    const abort = new AbortController();
    const read = plane.read(tenant, [look, sql`select pg_sleep(0.01)`, setting], { signal: abort.signal });
    setTimeout(() => abort.abort(), random(15));
    const outcome = await read.catch((error: unknown) => error);
    if (outcome instanceof DatabaseError) {
      expect(outcome.code).toBe('CANCELLED');
      tally.cancelled += 1;
    } else {
      expect(firstValue((outcome as Awaited<typeof read>).results[0])).toBe(expected);
    }
  } else if (kind < 4) {
    const failure = failures[random(failures.length)] as Statement;
    const { results } = await plane.read(tenant, [look, failure, setting]);
    expect(results[1]).toBeInstanceOf(DatabaseError);
    expect([firstValue(results[0]), firstValue(results[2])]).toEqual([expected, tenant]);
    tally.failed += 1;
  } else {
    const { results } = await plane.read(tenant, [setting, look]);
    expect([firstValue(results[0]), firstValue(results[1])]).toEqual([tenant, expected]);
    tally.seen += 1;
  }
}

test('no batch sees another tenant, whatever the others do', async () => {
  const random = randomNumbers(7046);
  const tally: Tally = { seen: 0, failed: 0, refused: 0, cancelled: 0 };
  let left = batches;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await runBatch(random, tally);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));

  // The run was what it says: every kind of trouble happened, and often.
  expect(tally.seen).toBeGreaterThan(batches * 0.7);
  expect(tally.failed).toBeGreaterThan(batches * 0.05);
  expect(tally.refused).toBeGreaterThan(batches * 0.02);
  expect(tally.cancelled).toBeGreaterThan(batches * 0.01);

  // And every tenant's records exist, for a role that policies do not bind.
  const { rows } = await asAdmin(database, (admin) =>
    admin.query(
      'select count(*)::int as records, count(distinct tenant_id)::int as tenants from formwork.records',
    ),
  );
  expect(rows).toEqual([{ records: tenantCount * 20, tenants: tenantCount }]);
}, 300_000);
