import { asAdmin } from '@formwork/testkit';
import { type LoneWrite, resultsOfEach, writeTogether } from '../src/index.ts';
import { museum } from './write-design.ts';
import { createWriteHarness, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;
beforeAll(async () => {
  harness = await createWriteHarness(museum);
});
afterAll(() => harness.close());

/** Ids of new specimens, in order. */
async function make(...names: string[]): Promise<readonly string[]> {
  const made = await harness.mutate((records) =>
    records.createMany(
      'Specimen',
      names.map((name) => ({ name, notes: `of ${name}` })),
      { fields: [] },
    ),
  );
  return made.map(({ id }) => id).sort();
}

function changeOf(id: string, patch: string, removed: readonly string[] = []): LoneWrite {
  const entity = harness.registry.entityByTypeName.get('Specimen');
  if (entity === undefined) throw new Error('There are no specimens');
  return { kind: 'update', entity, actor: 'key:test', id, removed, patch, ifVersion: null, readBack: null };
}

async function send(writes: readonly LoneWrite[]) {
  const { dataPlane, tenantId } = harness;
  const { versions } = await dataPlane.read(tenantId, []);
  const outcome = await dataPlane.writeWhole(tenantId, versions, writeTogether(writes));
  return outcome && resultsOfEach(writes, outcome);
}

async function isHeldUp(): Promise<boolean> {
  return asAdmin(harness.database, async (admin) => {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return (await admin.query(waiting)).rows.length > 0;
  });
}

test('records that are changed together get values of their own, and lose what all of them lose', async () => {
  const [first = '', second = ''] = await make('one', 'other');
  const results = await send([
    changeOf(second, '{"exact":0.12345678901234567890,"code":"AB-2"}', ['notes']),
    changeOf(first, '{"exact":-7}', ['notes']),
  ]);
  expect(results).toEqual([[[[second]]], [[[first]]]]);
  const [one, other] = [await harness.dataOf(first), await harness.dataOf(second)];
  expect(one).toContain('"exact": -7');
  expect(other).toContain('"exact": 0.12345678901234567890');
  expect(other).toContain('"code": "AB-2"');
  expect([one, other].filter((data) => data?.includes('notes'))).toEqual([]);
});

test('one that is not there is not among what was changed', async () => {
  const [there = ''] = await make('there');
  const gone = '00000000-0000-7000-8000-000000000000';
  expect(await send([changeOf(gone, '{}'), changeOf(there, '{"pieces":2}')])).toEqual([[[]], [[[there]]]]);
});

test('they are locked in the order of their ids, whatever order they come in: two messages never lock each other out', async () => {
  const ids = await make('one', 'two', 'three');
  const [first = '', , last = ''] = ids;
  await asAdmin(harness.database, async (admin) => {
    await admin.query('begin');
    await admin.query('select from formwork.records where id = $1 for update', [first]);
    const sent = send(ids.toReversed().map((id) => changeOf(id, '{"pieces":3}')));
    while (!(await isHeldUp())) await new Promise((resolve) => setTimeout(resolve, 10));
    const free = 'select id from formwork.records where id = $1 for update nowait';
    expect((await admin.query(free, [last])).rows).toEqual([{ id: last }]);
    await admin.query('commit');
    expect(await sent).toEqual(ids.toReversed().map((id) => [[[id]]]));
  });
});
