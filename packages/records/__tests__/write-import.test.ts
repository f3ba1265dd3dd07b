import { importRecords, type Values } from '../src/index.ts';
import { museum } from './write-design.ts';
import { createWriteHarness, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;

beforeAll(async () => {
  harness = await createWriteHarness(museum);
});

afterAll(() => harness.close());

function importAll(inputs: readonly Values[]) {
  return harness.dataPlane.write(harness.tenantId, 1, (transaction) => {
    const execute = transaction.run.bind(transaction);
    return importRecords({ registry: harness.registry, execute, actor: 'import' }, 'Specimen', inputs);
  });
}

test('rows that do not fit are told, and the others are written', async () => {
  const room = await harness.mutate((records) =>
    records.create('Room', { floor: 1, door: 'A' }, { fields: [] }),
  );
  await harness.mutate((records) => records.create('Label', { text: 'red' }, { fields: [] }));
  const before = await harness.count('specimen');
  const outcomes = await importAll([
    { name: 'Ammonite', code: 'IM-1', labels: { add: [{ by: { text: 'red' } }] } },
    { name: 'x' },
    { name: 'Belemnite', code: 'IM-1', labels: { add: [{ by: { text: 'red' } }] } },
    { name: 'Crinoid', room: { by: { byDoor: { floor: 1, door: 'A' } } } },
    { name: 'Dinosaur', room: { by: { byDoor: { floor: 1, door: 'B' } } } },
    { name: 'Eurypterid', room: { id: room.id } },
  ]);
  const codes = outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : 'written'));
  expect(codes).toEqual([
    'written',
    'VALIDATION_FAILED',
    'UNIQUE_VIOLATION',
    'written',
    'LINK_NOT_FOUND',
    'written',
  ]);
  const [first, , third] = outcomes;
  if (!first || !('id' in first) || !third || !('error' in third)) throw new Error('unexpected outcomes');
  expect(third.error.details['id']).toBe(first.id);
  expect(await harness.count('specimen')).toBe(before + 3);
});

test('a thousand rows take a handful of statements', async () => {
  harness.counter.reset();
  const outcomes = await importAll(
    Array.from({ length: 1000 }, (_, index) => ({ name: 'Ammonite', code: `TH-${index % 900}` })),
  );
  expect(outcomes.filter((outcome) => 'error' in outcome)).toHaveLength(100);
  expect(harness.counter.statements.length).toBeLessThanOrEqual(6);
});

test('nothing to import is nothing to do', async () => {
  expect(await importAll([])).toEqual([]);
  expect(await importAll([{}])).toMatchObject([{ error: { code: 'VALIDATION_FAILED' } }]);
});
