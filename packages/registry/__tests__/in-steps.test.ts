import {
  createRegistry,
  createRegistryInSteps,
  inSteps,
  mapInSteps,
  type Steps,
  toEnd,
} from '../src/index.ts';

/** Milliseconds of work for nothing. */
function work(milliseconds: number): void {
  const since = performance.now();
  while (performance.now() - since < milliseconds);
}

/** How often others had the event loop until something was done. */
async function turnsOfOthers(done: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await done;
  isOver = true;
  return turns;
}

function* slowly(steps: number): Steps<number> {
  for (let step = 0; step < steps; step += 1) {
    work(3);
    yield;
  }
  return steps;
}

function documentOf(entities: number) {
  const fields = [
    { key: 'name', type: 'text', required: true, indexed: true },
    { key: 'state', type: 'select', options: { choices: [{ key: 'new' }, { key: 'done' }] } },
  ] as const;
  const keys = Array.from({ length: entities }, (_, index) => `thing_${index}`);
  return { formwork: 1, entities: keys.map((key) => ({ key, fields: [...fields] })) } as const;
}

test('others have their turn while long work is done', async () => {
  const turns = await turnsOfOthers(inSteps(slowly(40)));
  // 120 ms or more, of which eight at a time and a step that has begun.
  expect(turns).toBeGreaterThan(9);
});

test('much long work at a time leaves others as many turns as if it was one', async () => {
  const together = Promise.all(Array.from({ length: 10 }, () => inSteps(slowly(4))));
  expect(await turnsOfOthers(together)).toBeGreaterThan(9);
});

test('short work does not wait for the end of long work that was there before it', async () => {
  let isLongOver = false;
  const long = inSteps(slowly(60)).then(() => {
    isLongOver = true;
  });
  expect(await inSteps(slowly(1))).toBe(1);
  expect(isLongOver).toBe(false);
  await long;
});

test('work that fails in a step fails for who asked for it, and for nobody else', async () => {
  const broken = inSteps(
    mapInSteps([1, 2, 3], (item) => {
      if (item === 2) throw new Error('Two is not to be had.');
      return item;
    }),
  );
  const other = inSteps(slowly(5));
  await expect(broken).rejects.toThrow('Two is not to be had.');
  expect(await other).toBe(5);
});

test('a registry that was made in steps is the one that is made at once, and each entity has a step of its own', () => {
  const document = documentOf(100);
  const steps = createRegistryInSteps(document as never);
  let count = 0;
  for (;;) {
    const { done, value } = steps.next();
    if (done) {
      expect(value).toEqual(createRegistry(document as never));
      break;
    }
    count += 1;
  }
  // Read, named, given storage, built, and described twice by its shape.
  expect(count).toBeGreaterThan(600);
});

test('a list that was made in steps is in its order', () => {
  expect(toEnd(mapInSteps(['a', 'b'], (item, index) => `${item}${index}`))).toEqual(['a0', 'b1']);
});
