import { setTimeout as sleep } from 'node:timers/promises';
import { asAdmin } from '@formwork/testkit';
import { dataOf, type GraphqlAnswer, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { rawRequest } from './raw-request.ts';

/* Five hundred tenants change their designs at once, through one gateway. Nobody waits for them, and none is lost. */

const tenants = 500;
const design = (fields: number) => ({
  formwork: 1,
  entities: [
    {
      key: 'note',
      fields: Array.from({ length: fields }, (_, n) => ({ key: `field_${n}`, type: 'text' })),
    },
  ],
});

let harness: Harness;
let changing: TestGateway;
let other: TestGateway;
let witness: TestTenant;

beforeAll(async () => {
  harness = await Harness.open();
  witness = await harness.tenant('witness', design(1));
  await asAdmin(harness.database, async (admin) => {
    await admin.query(
      `insert into formwork.tenants (slug, name) select 'crowd-' || n, 'Crowd' from generate_series(0, $1 - 1) n`,
      [tenants],
    );
    await admin.query(
      `insert into formwork.api_keys (tenant_id, hash, role)
        select id, sha256(rpad(slug, 43, 'x')::bytea), 'admin' from formwork.tenants where slug like 'crowd-%'`,
    );
  });
  [changing, other] = [await harness.gateway(), await harness.gateway()];
  dataOf(
    await changing.ask(
      witness.keys.admin,
      'mutation { createNote(input: { field0: "here" }) { note { id } } }',
    ),
  );
  await Promise.all([changing, other].map(askWitness));
});
afterAll(() => harness.close());

const keyOf = (n: number) => `fw_crowd-${n}_${`crowd-${n}`.padEnd(43, 'x')}`;
/** Ten shapes, so that some make views that others want too. */
const fieldsOf = (n: number) => 1 + (n % 10);

async function askWitness(gateway: TestGateway): Promise<void> {
  expect(await gateway.ask(witness.keys.viewer, '{ notes { nodes { field0 } } }')).toEqual({
    data: { notes: { nodes: [{ field0: 'here' }] } },
  });
}

async function change(n: number): Promise<GraphqlAnswer> {
  const { body } = await rawRequest(changing.url, {
    path: '/design',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf(n)}` },
    body: JSON.stringify({
      query:
        'mutation ($document: JSON!) { applyRegistry(document: $document) { version problems { message } } }',
      variables: { document: design(fieldsOf(n)) },
    }),
  });
  return JSON.parse(body) as GraphqlAnswer;
}

test('500 tenants change at once while another is answered all the time, by every gateway', async () => {
  const linesBefore = [changing, other].map(({ lines }) => lines.length);
  let isChanging = true;
  const changes = Promise.all(Array.from({ length: tenants }, (_, n) => change(n))).finally(() => {
    isChanging = false;
  });
  const answered = await Promise.all(
    [changing, other].map(async (gateway) => {
      let count = 0;
      for (; isChanging; count += 1) {
        await askWitness(gateway);
        await sleep(10);
      }
      return count;
    }),
  );
  const outcomes = await changes;
  expect(outcomes.filter(({ data, errors }) => errors !== undefined || data === null)).toEqual([]);
  for (const { data } of outcomes) expect(data).toEqual({ applyRegistry: { version: 1, problems: [] } });
  // Many a time, where somebody who waits for all the changes would be answered once.
  expect(Math.min(...answered)).toBeGreaterThan(20);
  // What changed was the others': the registry of the witness was not read again.
  for (const [index, { lines }] of [changing, other].entries()) {
    const own = lines.slice(linesBefore[index]).filter(({ tenantId }) => tenantId === witness.id);
    expect(own.length).toBeGreaterThan(20);
    expect(JSON.stringify(own)).not.toContain('entity_types');
  }
}, 600_000);

test('each of them is served what it changed to, by every gateway', async () => {
  for (let n = 0; n < tenants; n += 25) {
    for (const gateway of [changing, other]) {
      const last = `field${fieldsOf(n) - 1}`;
      const { notes } = dataOf(await gateway.ask(keyOf(n), `{ notes { nodes { ${last} } totalCount } }`));
      expect(notes).toEqual({ nodes: [], totalCount: 0 });
      const { errors } = await gateway.ask(keyOf(n), `{ notes { nodes { field${fieldsOf(n)} } } }`);
      expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  }
});
