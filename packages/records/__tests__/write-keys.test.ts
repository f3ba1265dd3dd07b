import type { OperationRecords } from '../src/index.ts';
import { conflictStatement } from '../src/write/key-conflicts.ts';
import { uuidv7 } from '../src/write/uuid.ts';
import { museum } from './write-design.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;
const nothing = { fields: [] };

beforeAll(async () => {
  harness = await createWriteHarness(museum);
});

afterAll(() => harness.close());

test('a value that is taken is refused with key, fields and the record in the way', async () => {
  const first = await create('Specimen', { name: 'Ammonite', code: 'AM-1' });
  const error = await refusalOf(create('Specimen', { name: 'Belemnite', code: 'AM-1' }));
  expect(error.code).toBe('UNIQUE_VIOLATION');
  expect(error.details).toMatchObject({
    key: 'code',
    fields: ['code'],
    id: first.id,
    path: ['input', 'code'],
  });
  expect(error.message).toContain('"Code"');
});

test('several keys that are taken are told at once', async () => {
  // A key of one field and one of two, on one entity.
  const room = await create('Room', { floor: 7, door: 'A' });
  const error = await refusalOf(create('Room', { floor: 7, door: 'a' }));
  expect(error.details).toMatchObject({
    key: 'byDoor',
    fields: ['floor', 'door'],
    id: room.id,
    path: ['input'],
    paths: [
      ['input', 'floor'],
      ['input', 'door'],
    ],
  });
  expect(error.details['violations']).toHaveLength(1);
});

test('no value is not a value that is taken', async () => {
  await create('Specimen', { name: 'Ammonite' });
  await create('Specimen', { name: 'Ammonite' });
});

test('an update onto a value that is taken is refused', async () => {
  const first = await create('Specimen', { name: 'Ammonite', code: 'UP-1' });
  const second = await create('Specimen', { name: 'Ammonite', code: 'UP-2' });
  const error = await refusalOf(update('Specimen', second.id, { code: 'UP-1' }));
  expect(error.details).toMatchObject({ key: 'code', id: first.id });
  expect(await harness.dataOf(second.id)).toContain('"UP-2"');
  await update('Specimen', second.id, { code: 'UP-2', notes: 'its own value is not in its way' });
});

test('an update of one part of a key counts with the parts that stay', async () => {
  const first = await create('Room', { floor: 1, door: 'Z' });
  const second = await create('Room', { floor: 2, door: 'Z' });
  const error = await refusalOf(update('Room', second.id, { floor: 1 }));
  expect(error.details).toMatchObject({ key: 'byDoor', id: first.id });
});

test("two writes of one operation that are in each other's way name no record: none will be there", async () => {
  const { id } = await create('Specimen', { name: 'Ammonite', code: 'OP-2' });
  const again: readonly ((records: OperationRecords) => Promise<unknown>)[] = [
    (records) => records.create('Specimen', { name: 'Ammonite', code: 'OP-1' }, nothing),
    (records) => records.update('Specimen', id, { code: 'OP-1' }, null, nothing),
  ];
  for (const write of again) {
    const error = await refusalOf(
      harness.mutate(async (records) => {
        await records.create('Specimen', { name: 'Belemnite', code: 'OP-1' }, nothing);
        await write(records);
      }),
    );
    expect(error.details).toMatchObject({ key: 'code', id: null, other: ['input'], path: ['input', 'code'] });
    expect(error.message).toContain('Two of the given records');
  }
});

test('a value that was given up in the same operation is free', async () => {
  const first = await create('Specimen', { name: 'Ammonite', code: 'GU-1' });
  await harness.mutate(async (records) => {
    await records.update('Specimen', first.id, { code: null }, null, nothing);
    await records.create('Specimen', { name: 'Belemnite', code: 'GU-1' }, nothing);
  });
});

test('of fifty writers that race for one value one wins, and the others learn its id', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => create('Specimen', { name: 'Ammonite', code: 'RA-1' })),
  );
  const [winner, ...otherWinners] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  expect(otherWinners).toEqual([]);
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(refused).toHaveLength(49);
  for (const error of refused) {
    expect(error).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { key: 'code', id: winner?.value.id } });
  }
});

test('of twenty updates that race for one value one wins, and the others learn its id', async () => {
  const nodes = await Promise.all(Array.from({ length: 20 }, () => create('Specimen', { name: 'Ammonite' })));
  const outcomes = await Promise.allSettled(nodes.map(({ id }) => update('Specimen', id, { code: 'RA-2' })));
  const [winner, ...otherWinners] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  expect(otherWinners).toEqual([]);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    expect(outcome.reason).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { id: winner?.value.id } });
  }
});

test('what is in the way is found by index under row-level security', async () => {
  const specimen = harness.registry.entityByKey.get('specimen');
  if (!specimen) throw new Error('no entity');
  const { text, values } = conflictStatement(
    specimen,
    [{ id: uuidv7(), removed: [], patch: '{"code":"XX-1"}' }],
    'new',
  );
  const plan = await explain(text, values);
  expect(plan).toMatch(/using records_u1 .*\n.*Index Cond: .*\(u1 = w\.u1\)/);
  expect(plan).toMatch(/Index Cond: .*\(entity_type = s\.entity_type\) AND \(id = w/);
  expect(plan).not.toContain('Hash');
});

test('a create is one message besides the commit', async () => {
  harness.counter.reset();
  await create('Specimen', { name: 'Ammonite', code: 'ON-1' });
  expect(harness.counter.batches.map(({ statements }) => statements.length)).toEqual([2, 1]);
});

function create(typeName: string, input: Readonly<Record<string, unknown>>) {
  return harness.mutate((records) => records.create(typeName, input, nothing));
}

function update(typeName: string, id: string, input: Readonly<Record<string, unknown>>) {
  return harness.mutate((records) => records.update(typeName, id, input, null, nothing));
}

/** The plan that the gateway's role gets. */
function explain(text: string, values: readonly (string | null)[]): Promise<string> {
  return harness.dataPlane.write(harness.tenantId, 1, async (transaction) => {
    const [, rows = []] = await transaction.run([
      { text: "select set_config('enable_seqscan', 'off', true)", values: [] },
      { text: `explain (costs off) ${text}`, values },
    ]);
    return rows.map(([line]) => line).join('\n');
  });
}
