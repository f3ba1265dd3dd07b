import { closeInTurn } from '../src/close-in-turn.ts';

/* What a gateway says of that which does not end as it should, when it stops. */

interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

async function closeAll(parts: Readonly<Record<string, () => Promise<void>>>): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const warn = (fields: Line['fields'], message: string) => void lines.push({ fields, message });
  const closers = Object.entries(parts).map(([what, close]) => ({ what, close }));
  await closeInTurn(closers, { warn } as Parameters<typeof closeInTurn>[1], { all: 50, each: 10 });
  return lines;
}

test('nothing is said of what ends', async () => {
  expect(await closeAll({ one: async () => {}, other: async () => {} })).toEqual([]);
});

test('of what fails the reason is said, and not that it took too long', async () => {
  const ended: string[] = [];
  const error = new Error('the disk is full');
  const lines = await closeAll({
    bad: () => Promise.reject(error),
    good: async () => void ended.push('good'),
  });
  expect(lines).toEqual([{ fields: { err: error, what: 'bad' }, message: 'something could not be ended' }]);
  expect(ended).toEqual(['good']);
});

test('of what does not end in time it is said that it was given up, and what comes after it is ended', async () => {
  const ended: string[] = [];
  const lines = await closeAll({
    slow: () => new Promise(() => {}),
    bad: () => Promise.reject(new Error('no')),
    good: async () => void ended.push('good'),
  });
  expect(lines.map(({ fields }) => fields.what ?? fields.unfinished)).toEqual(['bad', ['slow']]);
  expect(lines[1]?.message).toContain('given up');
  expect(ended).toEqual(['good']);
});
