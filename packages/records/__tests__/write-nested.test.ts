import { asAdmin } from '@formwork/testkit';
import { museum } from './write-design.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;
const nothing = { fields: [] };

beforeAll(async () => {
  harness = await createWriteHarness(museum);
});

afterAll(() => harness.close());

describe('records created inside a record', () => {
  test('are written with it, to any depth, and linked', async () => {
    const node = await harness.mutate((records) =>
      records.create(
        'Specimen',
        {
          name: 'Ammonite',
          room: { create: { floor: 1, door: 'inner', within: { create: { floor: 1, door: 'outer' } } } },
          labels: { add: [{ create: { text: 'new one' } }, { create: { text: 'new two' } }] },
        },
        { fields: ['room'] },
      ),
    );
    const room = String(node.values['room']);
    const { within } = JSON.parse((await harness.dataOf(room)) ?? '');
    expect(await harness.dataOf(within)).toContain('"outer"');
    expect(await linkedLabels(node.id)).toEqual(['new one', 'new two']);
  });

  test('are written by an update too', async () => {
    const { id } = await create('Specimen', { name: 'Ammonite' });
    await harness.mutate((records) =>
      records.update(
        'Specimen',
        id,
        { room: { create: { floor: 2, door: 'u' } }, labels: { set: [{ create: { text: 'u' } }] } },
        null,
        nothing,
      ),
    );
    expect(await harness.dataOf(id)).toContain('"room"');
    expect(await linkedLabels(id)).toEqual(['u']);
  });

  test('are checked with it, all violations at once, each with its path', async () => {
    const error = await refusalOf(
      create('Specimen', {
        name: 'x',
        room: { create: { floor: 'first', within: { create: { door: 'A' } } } },
        labels: { add: [{ create: {} }] },
      }),
    );
    const violations = error.details['violations'] as { path: unknown[]; code: string }[];
    expect(violations.map(({ path, code }) => [path.join('.'), code]).sort()).toEqual([
      ['input.labels.add.0.create.text', 'REQUIRED'],
      ['input.name', 'TOO_SHORT'],
      ['input.room.create.door', 'REQUIRED'],
      ['input.room.create.floor', 'TYPE'],
      ['input.room.create.within.create.floor', 'REQUIRED'],
    ]);
  });

  test('that meet a taken value are refused with the path to them, and nothing is left', async () => {
    const taken = await create('Label', { text: 'taken' });
    const before = await harness.count('specimen');
    const error = await refusalOf(
      create('Specimen', {
        name: 'Ammonite',
        labels: { add: [{ create: { text: 'free' } }, { create: { text: 'taken' } }] },
      }),
    );
    expect(error).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { path: ['input', 'labels', 'add', 1, 'create', 'text'], key: 'text', id: taken.id },
    });
    expect(await harness.count('specimen')).toBe(before);
  });

  test('lead to each other by key: a department and its head', async () => {
    const head = { create: { email: 'head@example.com', department: { by: { name: 'Circle' } } } };
    const node = await create('Department', { name: 'Circle', head });
    const { head: headId } = JSON.parse((await harness.dataOf(node.id)) ?? '{}');
    expect(JSON.parse((await harness.dataOf(headId)) ?? '{}')).toEqual({
      email: 'head@example.com',
      department: node.id,
    });
  });

  test('form a tree by a key that holds a link, whatever their order', async () => {
    const at = (within: unknown, door: string) => ({ floor: 77, door, ...(within ? { within } : {}) });
    const nodes = await harness.mutate((records) =>
      records.createMany(
        'Room',
        [
          at({ by: { byDoor: { floor: 77, door: 'MIDDLE' } } }, 'leaf'),
          at({ by: { byDoor: { floor: 77, door: 'root' } } }, 'middle'),
          at(null, 'Root'),
        ],
        { fields: ['within'] },
      ),
    );
    expect(nodes.map(({ values }) => values['within'])).toEqual([nodes[1]?.id, nodes[2]?.id, null]);
    const error = await refusalOf(
      create('Room', at({ by: { byDoor: { floor: 77, door: 'elsewhere' } } }, 'another')),
    );
    expect(error).toMatchObject({ code: 'LINK_NOT_FOUND', details: { path: ['input', 'within'] } });
  });

  const nested = (levels: number) => {
    let within: object = { floor: 1, door: 'end' };
    for (let level = 1; level < levels; level += 1)
      within = { floor: 1, door: `${level}`, within: { create: within } };
    return within;
  };

  test('may be a long way down', async () => {
    const before = await harness.count('room');
    await create('Room', { floor: 1, door: 'top', within: { create: nested(40) } });
    expect(await harness.count('room')).toBe(before + 41);
  });

  test('may not go on for ever', async () => {
    const error = await refusalOf(
      create('Room', { floor: 1, door: 'begin', within: { create: nested(41) } }),
    );
    expect(error.details['violations']).toMatchObject([{ code: 'TOO_DEEP' }]);
  });

  test('cannot be removed at once', async () => {
    const { id } = await create('Specimen', { name: 'Ammonite' });
    const error = await refusalOf(
      harness.mutate((records) =>
        records.update('Specimen', id, { labels: { remove: [{ create: { text: 'x' } }] } }, null, nothing),
      ),
    );
    expect(error.details['violations']).toMatchObject([{ path: ['input', 'labels', 'remove', 0, 'create'] }]);
  });
});

function create(typeName: string, input: Readonly<Record<string, unknown>>) {
  return harness.mutate((records) => records.create(typeName, input, nothing));
}

function linkedLabels(id: string): Promise<string[]> {
  return asAdmin(harness.database, async (client) => {
    const { rows } = await client.query(
      `select r.data ->> 'text' as text from formwork.record_links l join formwork.records r on r.id = l.target_id
       where l.source_id = $1 order by 1`,
      [id],
    );
    return rows.map(({ text }) => text);
  });
}
