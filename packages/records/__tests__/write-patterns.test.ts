import type { RegistryDocument } from '@formwork/registry';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

const text = (key: string, pattern: string) => ({ key, type: 'text', options: { pattern } }) as const;

/**
 * Nothing of it is refused by its form, and an engine of linear time takes 130 ms for a thousand characters of it; 10 ms once the
 * engine is hot, so there is much of it here.
 */
const slow = '^[\\p{L}\\p{N}\\p{P}\\p{S}\\p{Z}]{0,1000}$';

const design: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'note',
      fields: [
        ...Array.from({ length: 100 }, (_, index) => text(`slow_${index}`, slow)),
        text('quick', '^[A-Z]{2}-\\d+$'),
        { key: 'answers', type: 'links', options: { target: 'note' } },
      ],
    },
  ],
};

let harness: WriteHarness;
const nothing = { fields: [] };
const long = 'é'.repeat(990);

beforeAll(async () => {
  harness = await createWriteHarness(design);
});
afterAll(() => harness.close());

describe('patterns that are slow', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`slow${index}`, long]));
  const inputs = Array.from({ length: 2000 }, () => ({ slow0: long }));

  test('leave those alone that are quick', async () => {
    const [changed, ...others] = await createNotes(
      Array.from({ length: 500 }, (_, index) => ({ quick: `AB-${index}`, slow0: 'short' })),
    );
    expect(others).toHaveLength(499);
    await harness.mutate((records) =>
      records.update('Note', changed?.id ?? '', { slow1: long }, null, nothing),
    );
  });

  test.each([
    ['many records', () => createNotes(inputs)],
    ['one record with many texts', () => createNotes([many])],
    ['many parts of a request', () => createInParts(200)],
    [
      'records inside a record',
      () => createNotes([{ answers: { add: inputs.map((create) => ({ create })) } }]),
    ],
  ])('do not hold whoever checks %s', async (_, create) => {
    const error = await refusalOf(create());
    expect(error).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('take too long'),
    });
    expect(await harness.count('note')).toBe(500);
  });

  test('are not run at all over a text that is too long', async () => {
    const started = process.cpuUsage();
    const error = await refusalOf(createNotes([{ slow0: 'é'.repeat(1_000_000) }]));
    expect(error.details['violations']).toMatchObject([{ path: ['inputs', 0, 'slow0'], code: 'TOO_LONG' }]);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(5000);
  });
});

function createInParts(parts: number) {
  return harness.mutate(async (records) => {
    const input = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`slow${index}`, long]));
    for (let part = 0; part < parts; part += 1) await records.create('Note', input, nothing);
  });
}

function createNotes(inputs: readonly Readonly<Record<string, unknown>>[]) {
  return harness.mutate((records) => records.createMany('Note', inputs, nothing));
}
