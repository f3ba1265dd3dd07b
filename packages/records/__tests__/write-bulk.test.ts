import type { RecordNode, Values } from '../src/index.ts';
import { museum } from './write-design.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;
const nothing = { fields: [] };

beforeAll(async () => {
  harness = await createWriteHarness(museum);
});

afterAll(() => harness.close());

describe('many records created at once', () => {
  test('take few statements and come back in order', async () => {
    await create('Room', { floor: 9, door: 'many' });
    const inputs = Array.from({ length: 1500 }, (_, index) => ({
      name: `Number ${index}`,
      code: `MA-${index}`,
      room: { by: { byDoor: { floor: 9, door: 'many' } } },
    }));
    harness.counter.reset();
    const nodes = await createMany('Specimen', inputs);
    expect(nodes.map(({ values }) => values['name'])).toEqual(inputs.map(({ name }) => name));
    expect(nodes.map(({ id }) => id)).toEqual(nodes.map(({ id }) => id).sort());
    expect(harness.counter.statements.length).toBeLessThanOrEqual(9);
  });

  test('are numbered in order, without gaps', async () => {
    const nodes = await createMany(
      'Specimen',
      Array.from({ length: 5 }, () => ({ name: 'Ammonite' })),
      ['number'],
    );
    const numbers = nodes.map(({ values }) => Number(values['number']));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    const [next] = await createMany('Specimen', [{ name: 'Ammonite' }], ['number']);
    expect(next?.values['number']).toBe((numbers.at(-1) ?? 0) + 1);
  });

  test('by many at once are never given one number twice', async () => {
    const batches = await Promise.all(
      Array.from({ length: 12 }, () =>
        createMany(
          'Specimen',
          Array.from({ length: 20 }, () => ({ name: 'Ammonite' })),
          ['number'],
        ),
      ),
    );
    const numbers = batches.flat().map(({ values }) => values['number']);
    expect(new Set(numbers).size).toBe(240);
  });

  test('are refused together, each violation with the index of its input', async () => {
    const before = await harness.count('specimen');
    const error = await refusalOf(createMany('Specimen', [{ name: 'Ammonite' }, { name: 'x' }, {}]));
    expect(error.details['violations']).toMatchObject([
      { path: ['inputs', 1, 'name'], code: 'TOO_SHORT' },
      { path: ['inputs', 2, 'name'], code: 'REQUIRED' },
    ]);
    expect(await harness.count('specimen')).toBe(before);
  });

  test('are told of as much that is wrong as an answer holds, in order, and that there is more', async () => {
    const error = await refusalOf(
      createMany(
        'Specimen',
        Array.from({ length: 6000 }, (_, index) => ({ name: index % 2 === 0 ? 'x' : '', code: 'nope' })),
      ),
    );
    const violations = error.details['violations'] as readonly { readonly path: readonly unknown[] }[];
    expect(violations).toHaveLength(5000);
    expect(error.details['more']).toBe(true);
    expect(violations.map(({ path }) => path[1])).toEqual(violations.map((_, at) => Math.trunc(at / 2)));
    expect(error.message).toMatch(/And more than 4990 more\.$/);
  });

  test('are not looked at any more once there is more to tell than an answer holds', async () => {
    // A getter for each: whoever looks at an input calls it.
    let looked = 0;
    const wrong = () =>
      Object.defineProperty({ code: 'nope' }, 'name', {
        enumerable: true,
        get: () => {
          looked += 1;
          return 'x';
        },
      });
    await refusalOf(createMany('Specimen', Array.from({ length: 9000 }, wrong)));
    expect(looked).toBeLessThan(9000);
  });

  test('are told of each of 3,000 that are wrong, inside another too', async () => {
    const inputs = Array.from({ length: 3000 }, () => ({ text: '' }));
    const inside = { name: 'Ammonite', labels: { add: inputs.map(() => ({ create: {} })) } };
    const error = await refusalOf(createMany('Specimen', [inside]));
    expect(error.details['violations']).toHaveLength(3000);
    expect(error.details['more']).toBeUndefined();
  });

  test('with one value twice are refused', async () => {
    const inputs = ['TW-1', 'TW-2', 'TW-1'].map((code) => ({ name: 'Ammonite', code }));
    const error = await refusalOf(createMany('Specimen', inputs));
    expect(error).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      message: 'Two of the given records of "Specimen" have the same "Code". Give each another value.',
      // Neither of them is there.
      details: { path: ['inputs', 2, 'code'], key: 'code', id: null, other: ['inputs', 0] },
    });
  });

  test('may be none, but not too many', async () => {
    expect(await createMany('Specimen', [])).toEqual([]);
    expect((await refusalOf(createMany('Specimen', Array(10_001).fill({ name: 'x' })))).code).toBe(
      'LIMIT_EXCEEDED',
    );
  });
});

describe('an update by filter', () => {
  test('changes what matches and nothing else', async () => {
    await createMany('Specimen', [
      { name: 'Trilobite', pieces: 1 },
      { name: 'Trilobite', pieces: 2 },
      { name: 'Tyrannosaur', pieces: 3 },
    ]);
    const where = { name: { eq: 'Trilobite' } };
    const nodes = await harness.mutate((records) =>
      records.updateMany('Specimen', where, { notes: 'counted' }, 2, { fields: ['pieces', 'notes'] }),
    );
    expect(nodes.map(({ values }) => [values['pieces'], values['notes']])).toEqual([
      [1, 'counted'],
      [2, 'counted'],
    ]);
    expect(await updateMany({ name: { eq: 'Nobody' } }, { notes: 'x' }, 1)).toEqual([]);
  });

  test('of more records than it may touch is refused, and nothing happens', async () => {
    await createMany('Specimen', [{ name: 'Sponge' }, { name: 'Sponge' }]);
    const error = await refusalOf(updateMany({ name: { eq: 'Sponge' } }, { notes: 'x' }, 1));
    expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 1 } });
    expect(await updateMany({ name: { eq: 'Sponge' }, notes: { isNull: false } }, { notes: 'x' }, 5)).toEqual(
      [],
    );
  });

  test.each([
    ['an empty filter', {}],
    ['null in a filter', { name: null }],
    ['null for a filter', null],
  ])('never takes %s for everything', async (_, where) => {
    expect((await refusalOf(updateMany(where as never, { notes: 'x' }, 10_000))).code).toBe('BAD_USER_INPUT');
    expect((await refusalOf(deleteMany('Specimen', where as never, 10_000))).code).toBe('BAD_USER_INPUT');
  });

  test('tells how all records are meant', async () => {
    const { message } = await refusalOf(updateMany({}, { notes: 'x' }, 1));
    expect(message).toContain('{ id: { isNull: false } }');
    const all = { id: { isNull: false } };
    expect(await updateMany({ ...all, name: { eq: 'Nobody' } }, { notes: 'x' }, 1)).toEqual([]);
    expect((await refusalOf(updateMany(all, { notes: 'x' }, 1))).code).toBe('LIMIT_EXCEEDED');
  });

  test('is checked like any other', async () => {
    const where = { name: { eq: 'Sponge' } };
    expect((await refusalOf(updateMany(where, { name: null }, 2))).code).toBe('VALIDATION_FAILED');
    expect((await refusalOf(updateMany(where, { notes: 'x' }, -1))).code).toBe('BAD_USER_INPUT');
    expect((await refusalOf(updateMany(where, { notes: 'x' }, 1_000_000))).code).toBe('LIMIT_EXCEEDED');
    expect((await refusalOf(updateMany(where, { room: { id: nobody } }, 2))).code).toBe('LINK_NOT_FOUND');
    expect((await refusalOf(updateMany(where, { code: 'SP-1' }, 2))).code).toBe('UNIQUE_VIOLATION');
  });

  test('to one value of a unique key is refused, and nothing happens', async () => {
    const nodes = await createMany('Specimen', [
      { name: 'Of one code', code: 'OC-1' },
      { name: 'Of one code' },
      { name: 'Of one code' },
    ]);
    const change = (code: string) =>
      harness.mutate((records) =>
        records.updateMany('Specimen', { name: { eq: 'Of one code' } }, { code }, 3, nothing),
      );
    for (const code of ['OC-1', 'OC-2']) {
      expect(await refusalOf(change(code))).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        message: expect.stringMatching(/^Several records of "Specimen" would have the same "Code"/),
        details: { path: ['input', 'code'], key: 'code', id: nodes[0]?.id },
      });
    }
    expect(await harness.dataOf(nodes[1]?.id ?? '')).not.toContain('OC-');
  });

  test('leads all to one record that it creates', async () => {
    await createMany('Specimen', [{ name: 'Coral' }, { name: 'Coral' }]);
    const nodes = await harness.mutate((records) =>
      records.updateMany(
        'Specimen',
        { name: { eq: 'Coral' } },
        { room: { create: { floor: 3, door: 'corals' } } },
        2,
        { fields: ['room'] },
      ),
    );
    expect(new Set(nodes.map(({ values }) => values['room'])).size).toBe(1);
  });

  test('does not touch a record that has ceased to match meanwhile', async () => {
    const { id } = await create('Specimen', { name: 'Moving', pieces: 1 });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () =>
        updateMany({ name: { eq: 'Moving' }, pieces: { eq: 1 } }, { pieces: 2 }, 1),
      ),
    );
    expect(outcomes.filter(({ length }) => length === 1)).toHaveLength(1);
    expect(await harness.dataOf(id)).toContain('"pieces": 2');
  });
});

describe('a delete by filter', () => {
  test('gives the ids back, and is refused for more than it may', async () => {
    const labels = await createMany('Label', [{ text: 'del one' }, { text: 'del two' }]);
    const where = { text: { startsWith: 'del ' } };
    expect((await refusalOf(deleteMany('Label', where, 1))).code).toBe('LIMIT_EXCEEDED');
    expect(await deleteMany('Label', where, 2)).toEqual(labels.map(({ id }) => id));
    expect(await deleteMany('Label', where, 2)).toEqual([]);
  });

  test('that one link forbids leaves all', async () => {
    const rooms = await createMany('Room', [
      { floor: 90, door: 'one' },
      { floor: 90, door: 'two' },
    ]);
    await create('Specimen', { name: 'Ammonite', room: { id: rooms[1]?.id } });
    expect((await refusalOf(deleteMany('Room', { floor: { eq: 90 } }, 2))).code).toBe('DELETE_RESTRICTED');
    for (const { id } of rooms) expect(await harness.dataOf(id)).not.toBeNull();
  });
});

describe('an upsert', () => {
  test('creates with the values of the key and with defaults, and then changes what is given', async () => {
    const first = await upsert('Specimen', { code: 'US-1' }, { name: 'Ammonite', notes: 'kept' });
    expect(first.created).toBe(true);
    expect(JSON.parse((await harness.dataOf(first.node.id)) ?? '')).toMatchObject({
      code: 'US-1',
      state: 'in_drawer',
    });
    await harness.mutate((records) =>
      records.update('Specimen', first.node.id, { state: null }, null, nothing),
    );
    const second = await upsert('Specimen', { code: 'US-1' }, { name: 'Belemnite' });
    expect(second).toMatchObject({ created: false, node: { id: first.node.id } });
    const data = JSON.parse((await harness.dataOf(first.node.id)) ?? '');
    expect(data).toMatchObject({ name: 'Belemnite', notes: 'kept' });
    expect(data.state).toBeUndefined();
  });

  test('needs what is required only where it creates', async () => {
    expect((await refusalOf(upsert('Specimen', { code: 'US-2' }, {}))).details['violations']).toMatchObject([
      { path: ['input', 'name'], code: 'REQUIRED' },
    ]);
    const { node } = await upsert('Specimen', { code: 'US-2' }, { name: 'Ammonite' });
    expect(await upsert('Specimen', { code: 'US-2' }, {})).toMatchObject({
      created: false,
      node: { id: node.id },
    });
  });

  test('goes by a key of several fields, as the key compares', async () => {
    const first = await upsert('Room', { byDoor: { floor: 80, door: 'A' } }, {});
    const second = await upsert('Room', { byDoor: { floor: 80, door: 'a' } }, {});
    expect(second).toMatchObject({ created: false, node: { id: first.node.id } });
  });

  test.each<[string, Values, Values, string]>([
    ['an unknown key', { name: 'x' }, {}, 'BAD_USER_INPUT'],
    ['no key', {}, {}, 'BAD_USER_INPUT'],
    ['a key without a value', { code: null }, {}, 'BAD_USER_INPUT'],
    ['a value that the key cannot have', { code: 'nope' }, {}, 'VALIDATION_FAILED'],
    ['the value of the key a second time', { code: 'US-9' }, { code: 'US-8' }, 'VALIDATION_FAILED'],
  ])('is refused for %s', async (_, by, input, code) => {
    expect((await refusalOf(upsert('Specimen', by, { name: 'Ammonite', ...input }))).code).toBe(code);
  });

  test('that meets another key is refused with that', async () => {
    const person = await create('Person', { email: 'taken@example.com' });
    const error = await refusalOf(
      upsert('Department', { name: 'New' }, { head: { create: { email: 'taken@example.com' } } }),
    );
    expect(error).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { key: 'email', id: person.id } });
  });

  test('is told where in the key a value stands that it cannot have', async () => {
    const error = await refusalOf(upsert('Room', { byDoor: { floor: 1.5 } }, {}));
    expect(error.details['violations']).toMatchObject([
      { path: ['by', 'byDoor', 'floor'], code: 'TYPE' },
      { path: ['by', 'byDoor', 'door'], code: 'REQUIRED' },
    ]);
    const single = await refusalOf(upsert('Specimen', { code: 'nope' }, { name: 'Ammonite' }));
    expect(single.details['violations']).toMatchObject([{ path: ['by', 'code'], code: 'PATTERN' }]);
  });

  test('that meets a taken value inside is refused with that, be it of the same key', async () => {
    const taken = await create('Room', { floor: 60, door: 'taken' });
    const within = (door: string) => ({ within: { create: { floor: 60, door } } });
    const by = { byDoor: { floor: 60, door: 'new' } };
    expect(await refusalOf(upsert('Room', by, within('taken')))).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { path: ['input', 'within', 'create'], id: taken.id },
    });
    expect(await refusalOf(upsert('Room', by, within('NEW')))).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { path: ['input'], id: null, other: ['input', 'within', 'create'] },
    });
  });

  test('may be given the values of the key once more in its input', async () => {
    const input = { name: 'Ammonite', code: 'US-80' };
    expect(await upsert('Specimen', { code: 'US-80' }, input)).toMatchObject({ created: true });
    expect(await upsert('Specimen', { code: 'US-80' }, input)).toMatchObject({ created: false });
    const error = await refusalOf(upsert('Specimen', { code: 'US-80' }, { ...input, code: null }));
    expect(error.details['violations']).toMatchObject([{ path: ['input', 'code'], code: 'INVALID' }]);
  });

  test('that loses the race leaves no links of what it did not make', async () => {
    const label = await create('Label', { text: 'raced' });
    const input = { name: 'Ammonite', labels: { add: [{ id: label.id }] } };
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => upsert('Specimen', { code: 'US-90' }, input)),
    );
    expect(new Set(outcomes.map(({ node }) => node.id)).size).toBe(1);
  });

  test('by fifty at once creates one record, and all write to it', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        upsert('Specimen', { code: 'US-50' }, { name: `Writer ${index}` }),
      ),
    );
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(outcomes.map(({ node }) => node.id)).size).toBe(1);
  });

  test('that loses the race makes nothing twice inside', async () => {
    const before = await harness.count('room');
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        upsert(
          'Specimen',
          { code: 'US-60' },
          { name: 'Ammonite', room: { create: { floor: 70, door: `${index}` } } },
        ),
      ),
    );
    expect(new Set(outcomes.map(({ node }) => node.id)).size).toBe(1);
    expect(await harness.count('room')).toBe(before + 8);
  });
});

const nobody = '0193f5a2-7c1e-7000-8000-000000000000';

function create(typeName: string, input: Values) {
  return harness.mutate((records) => records.create(typeName, input, nothing));
}

function createMany(
  typeName: string,
  inputs: readonly Values[],
  fields = ['name'],
): Promise<readonly RecordNode[]> {
  return harness.mutate((records) =>
    records.createMany(typeName, inputs, typeName === 'Specimen' ? { fields } : nothing),
  );
}

function updateMany(where: Values, input: Values, atMost: number) {
  return harness.mutate((records) => records.updateMany('Specimen', where, input, atMost, nothing));
}

function deleteMany(typeName: string, where: Values, atMost: number) {
  return harness.mutate((records) => records.deleteMany(typeName, where, atMost));
}

function upsert(typeName: string, by: Values, input: Values) {
  return harness.mutate((records) => records.upsert(typeName, by, input, nothing));
}
