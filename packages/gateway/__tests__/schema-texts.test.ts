import { Memory } from '@formwork/records';
import type { Steps } from '@formwork/registry';
import { SchemaTexts } from '../src/operations/schema-texts.ts';

const shapes = ['a'.repeat(64), 'b'.repeat(64)] as const;

/** Writes in ten steps, and tells how many are at it. */
function writers() {
  const state = { now: 0, most: 0, begun: 0 };
  const write = (text: string) =>
    function* (): Steps<string> {
      state.begun += 1;
      state.now += 1;
      state.most = Math.max(state.most, state.now);
      for (let step = 0; step < 10; step += 1) yield;
      state.now -= 1;
      if (text === 'broken') throw new Error('There is no such text.');
      return text;
    };
  return { state, write };
}

test('questions about one schema in many words are answered one after the other', async () => {
  const texts = new SchemaTexts(new Memory(1_000_000));
  const { state, write } = writers();
  const asked = Array.from({ length: 20 }, (_, n) =>
    texts.answer(`${shapes[0]}\n\nquery ${n}`, write(`text ${n}`)),
  );
  const answers = await Promise.all(asked);
  expect(answers.map((answer) => answer.stringify?.())).toEqual(asked.map((_, n) => `text ${n}`));
  expect(state.most).toBe(1);
});

test('who asks about another schema does not wait for them', async () => {
  const texts = new SchemaTexts(new Memory(1_000_000));
  const { state, write } = writers();
  await Promise.all(shapes.map((shape) => texts.answer(`${shape}\n\nquery`, write('text'))));
  expect(state.most).toBe(2);
});

test('the same question is answered once for all who put it meanwhile, and later from what is kept', async () => {
  const texts = new SchemaTexts(new Memory(1_000_000));
  const { state, write } = writers();
  const ask = () => texts.answer(`${shapes[0]}\n\nquery`, write('text'));
  await Promise.all([ask(), ask(), texts.sdl(shapes[0], write('sdl'))]);
  await ask();
  expect(state.begun).toBe(2);
});

test('a question that fails keeps nobody else from an answer', async () => {
  const texts = new SchemaTexts(new Memory(1_000_000));
  const { write } = writers();
  const broken = texts.answer(`${shapes[0]}\n\nbroken`, write('broken'));
  const next = texts.answer(`${shapes[0]}\n\nnext`, write('next'));
  await expect(broken).rejects.toThrow('There is no such text.');
  expect((await next).stringify?.()).toBe('next');
});

test('whatever is asked, no more is kept than the one memory allows', async () => {
  const memory = new Memory(20_000);
  const texts = new SchemaTexts(memory);
  const { write } = writers();
  for (let n = 0; n < 50; n += 1) await texts.answer(`${shapes[0]}\n\nquery ${n}`, write('x'.repeat(2_000)));
  expect(memory.bytes).toBeLessThanOrEqual(20_000);
});
