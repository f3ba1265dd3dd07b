import { DatabaseError, type Statement, sql } from '@formwork/pg';
import { asAdmin } from '@formwork/testkit';
import { recordErrorOf } from '../src/write/record-error-of.ts';
import { museum } from './write-design.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;
let other: WriteHarness;
const nothing = { fields: [] };
const system = { fields: ['version', 'createdBy', 'updatedBy'] };
const nobody = '0193f5a2-7c1e-7000-8000-000000000000';

beforeAll(async () => {
  harness = await createWriteHarness(museum);
  other = await harness.addTenant('neighbour');
});

afterAll(async () => {
  await other.close();
  await harness.close();
});

describe('a link', () => {
  test('leads to a record by id or by key', async () => {
    const room = await create('Room', { floor: 1, door: 'A' });
    const byId = await create('Specimen', { name: 'Ammonite', room: { id: room.id.toUpperCase() } });
    const byKey = await create('Specimen', {
      name: 'Belemnite',
      room: { by: { byDoor: { floor: 1, door: 'a' } } },
    });
    for (const { id } of [byId, byKey]) expect(await harness.dataOf(id)).toContain(`"room": "${room.id}"`);
  });

  test('to a missing record is refused with path, field and id', async () => {
    const error = await refusalOf(create('Specimen', { name: 'Ammonite', room: { id: nobody } }));
    expect(error).toMatchObject({
      code: 'LINK_NOT_FOUND',
      details: { path: ['input', 'room'], field: 'room', id: nobody },
    });
    expect(error.message).toContain('"Room"');
  });

  test('by a key that no record has is refused with the key and its values', async () => {
    const values = { floor: 99, door: 'A' };
    const error = await refusalOf(create('Specimen', { name: 'Ammonite', room: { by: { byDoor: values } } }));
    expect(error).toMatchObject({
      code: 'LINK_NOT_FOUND',
      details: { field: 'room', key: 'byDoor', values },
    });
  });

  test('all that are missing are told at once', async () => {
    const error = await refusalOf(
      create('Specimen', {
        name: 'Ammonite',
        room: { id: nobody },
        collector: { by: { email: 'nobody@example.com' } },
        labels: { add: [{ by: { text: 'none' } }] },
      }),
    );
    expect(error.details['links']).toMatchObject([
      { path: ['input', 'room'] },
      { path: ['input', 'collector'] },
      { path: ['input', 'labels', 'add', 0] },
    ]);
  });

  test('to a record of another entity is refused', async () => {
    const label = await create('Label', { text: 'not a room' });
    const error = await refusalOf(create('Specimen', { name: 'Ammonite', room: { id: label.id } }));
    expect(error).toMatchObject({ code: 'LINK_NOT_FOUND', details: { id: label.id } });
  });

  test("to another tenant's record is refused, though the record is there", async () => {
    const foreign = await other.mutate((records) => records.create('Room', { floor: 3, door: 'X' }, nothing));
    const byId = await refusalOf(create('Specimen', { name: 'Ammonite', room: { id: foreign.id } }));
    expect(byId.code).toBe('LINK_NOT_FOUND');
    const byKey = await refusalOf(
      create('Specimen', { name: 'Ammonite', room: { by: { byDoor: { floor: 3, door: 'X' } } } }),
    );
    expect(byKey.code).toBe('LINK_NOT_FOUND');
    expect(await harness.dataOf(foreign.id)).toContain('"X"');
  });

  test('is emptied by null', async () => {
    const room = await create('Room', { floor: 1, door: 'empty' });
    const specimen = await create('Specimen', { name: 'Ammonite', room: { id: room.id } });
    await update('Specimen', specimen.id, { room: null });
    expect(await harness.dataOf(specimen.id)).not.toContain('room');
  });

  test('to a record that is deleted meanwhile is refused or keeps it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const room = await create('Room', { floor: 50, door: `race ${round}` });
      const [made, deleted] = await Promise.allSettled([
        create('Specimen', { name: 'Ammonite', room: { id: room.id } }),
        remove('Room', room.id),
      ]);
      expect([made.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
      if (made.status === 'rejected') expect(made.reason).toMatchObject({ code: 'LINK_NOT_FOUND' });
      if (deleted.status === 'rejected') expect(deleted.reason).toMatchObject({ code: 'DELETE_RESTRICTED' });
    }
  });
});

const inserts: Readonly<Record<string, (entityType: string, data: unknown) => Statement>> = {
  'one by one': (entityType, data) =>
    sql`insert into formwork.records (entity_type, data) values (${entityType}, ${JSON.stringify(data)}::jsonb)`,
  'at once': (entityType, data) =>
    sql`select formwork.insert_filled(${entityType}, ${JSON.stringify([{ id: crypto.randomUUID(), data }])}::jsonb, 'raw', false)`,
};

describe.each(Object.entries(inserts))('even in raw SQL as the role of the gateway, %s,', (way, insert) => {
  const raw = (data: unknown) => write(insert('room', data));
  const room = (within: string) => ({ floor: 70, door: way, within });
  const write = (...statements: readonly Statement[]) =>
    harness.dataPlane.write(harness.tenantId, 1, (transaction) => transaction.run(statements));

  test('no link leads to a missing record', async () => {
    await expect(raw(room(nobody))).rejects.toMatchObject({ sqlstate: '23503' });
  });

  test('no link leads to a record of another entity', async () => {
    const label = await create('Label', { text: `raw ${way}` });
    await expect(raw(room(label.id))).rejects.toMatchObject({
      sqlstate: 'FW011',
    });
  });

  test("no link leads to another tenant's record", async () => {
    const foreign = await other.mutate((records) =>
      records.create('Room', { floor: 4, door: `X ${way}` }, nothing),
    );
    await expect(raw(room(foreign.id))).rejects.toBeInstanceOf(DatabaseError);
    const [row] = await asAdmin(harness.database, async (client) => {
      return (await client.query('select tenant_id from formwork.records where id = $1', [foreign.id])).rows;
    });
    expect(row.tenant_id).toBe(other.tenantId);
  });

  test('whoever goes on as another tenant has links looked at all the same, or writes nothing', async () => {
    const label = await create('Label', { text: `as another ${way}` });
    const asOther = sql`select set_config('app.tenant_id', ${other.tenantId}, true)`;
    const before = await harness.count('room');
    await expect(write(insert('room', room(label.id)), asOther)).rejects.toMatchObject({
      sqlstate: 'FW003',
    });
    expect(await harness.count('room')).toBe(before);
  });
});

describe('even in raw SQL as the role of the gateway', () => {
  // By a plan that was made for few, each was compared with all records of the tenant: eight thousand take twice the time of a test.
  test('thousands of links to a missing record are refused as a hundred are', async () => {
    const insert = (floor: number, count: number, within: object) => {
      const rooms = Array.from({ length: count }, (_, index) => ({
        id: crypto.randomUUID(),
        data: { floor, door: `${index}`, ...within },
      }));
      const statement = sql`select formwork.insert_filled('room', ${JSON.stringify(rooms)}::jsonb, 'raw', false)`;
      return harness.dataPlane.write(harness.tenantId, 1, (transaction) => transaction.run([statement]));
    };
    await expect(insert(71, 100, { within: nobody })).rejects.toMatchObject({ sqlstate: '23503' });
    await insert(72, 8000, {});
    await expect(insert(73, 8000, { within: nobody })).rejects.toMatchObject({ sqlstate: '23503' });
  });

  test('no row changes the tenant behind another, so that its links are looked at by nobody', async () => {
    const [room, label] = [
      await create('Room', { floor: 63, door: 'behind' }),
      await create('Label', { text: 'behind' }),
    ];
    const insert = (...rooms: string[]) =>
      harness.dataPlane.write(harness.tenantId, 1, (transaction) =>
        transaction.run([
          sql`insert into formwork.records (entity_type, data)
            select 'specimen', jsonb_build_object('name', 'Behind', 'room', w.room)
            from jsonb_array_elements_text(${JSON.stringify(rooms)}::jsonb) w (room)
            returning set_config('app.tenant_id', ${other.tenantId}, true)`,
          sql`select set_config('app.tenant_id', ${harness.tenantId}, true)`,
        ]),
      );
    const before = await harness.count('specimen');
    await expect(insert(label.id)).rejects.toMatchObject({ sqlstate: 'FW003' });
    await expect(insert(room.id)).rejects.toMatchObject({ sqlstate: 'FW003' });
    const link = (after: Statement) =>
      harness.dataPlane.write(harness.tenantId, 1, (transaction) =>
        transaction.run([
          sql`insert into formwork.records (id, entity_type, data) values (${label.id.replace(/^......../, '00000000')}::uuid, 'specimen', '{"name": "Linking"}')`,
          sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
            values ('specimen', 'labels', ${label.id.replace(/^......../, '00000000')}::uuid, ${room.id}::uuid)`,
          after,
        ]),
      );
    await expect(
      link(sql`select set_config('app.tenant_id', ${other.tenantId}, true)`),
    ).rejects.toMatchObject({
      sqlstate: 'FW003',
    });
    await expect(link(sql`select 1`)).rejects.toMatchObject({ sqlstate: 'FW011' });
    expect(await harness.count('specimen')).toBe(before);
  });

  test('what is inserted at once is the tenant of the transaction, and collides with no record of another', async () => {
    const theirs = await other.mutate((records) => records.create('Label', { text: 'theirs' }, nothing));
    const write = (...statements: readonly Statement[]) =>
      harness.dataPlane.write(harness.tenantId, 1, (transaction) => transaction.run(statements));
    const row = (id: string) => JSON.stringify([{ id, data: { text: 'theirs' }, tenant_id: other.tenantId }]);
    await write(sql`select formwork.insert_records('label', ${row(theirs.id)}::jsonb, 'raw', false)`);
    const stored = await asAdmin(harness.database, async (client) => {
      const text = `select tenant_id, created_by from formwork.records where id = $1 order by created_by = 'raw'`;
      return (await client.query(text, [theirs.id])).rows;
    });
    expect(stored).toEqual([
      { tenant_id: other.tenantId, created_by: 'key:test' },
      { tenant_id: harness.tenantId, created_by: 'raw' },
    ]);
    for (const call of ['insert_records', 'insert_filled']) {
      const text = `select formwork.${call}('label', '[{"id": "${nobody}", "data": {"text": "nobody"}}]', 'raw', false)`;
      await expect(
        write({ text: `select set_config('app.tenant_id', '', true)`, values: [] }, { text, values: [] }),
      ).rejects.toBeInstanceOf(DatabaseError);
    }
  });

  test('what is copied at once is what the tenant of the transaction has, and nothing of another', async () => {
    const [mine, theirs] = [
      await create('Label', { text: 'copied mine' }),
      await other.mutate((records) => records.create('Label', { text: 'copied theirs' }, nothing)),
    ];
    // Any text will do as a link for whoever calls the function by hand.
    const rows = [mine, theirs].map(({ id }) => ({
      id: crypto.randomUUID(),
      data: { name: 'Copied', contact: id },
      copies: ['notes'],
    }));
    const copies = JSON.stringify([{ to: 'notes', link: 'contact', from: 'text' }]);
    for (const call of ['insert_records', 'insert_filled']) {
      const own = rows.map((row) => ({ ...row, id: crypto.randomUUID() }));
      await harness.dataPlane.write(harness.tenantId, 1, (transaction) =>
        transaction.run([
          sql`select formwork.${sql.raw(call)}('specimen', ${JSON.stringify(own)}::jsonb, 'raw', false, ${copies}::jsonb)`,
        ]),
      );
      const [first, second] = await Promise.all(own.map(({ id }) => harness.dataOf(id)));
      expect(first).toContain('"notes": "copied mine"');
      expect(second).not.toContain('notes');
    }
    const there = await asAdmin(harness.database, async (client) => {
      return (await client.query('select data from formwork.records where id = $1', [theirs.id])).rows;
    });
    expect(there).toEqual([{ data: { text: 'copied theirs' } }]);
  });

  test('no link among many leads astray, whatever else the statement does', async () => {
    const room = await create('Room', { floor: 61, door: 'right' });
    const label = await create('Label', { text: 'wrong' });
    const rows = (last: string) => [
      { entity: 'specimen', data: { name: 'First', room: room.id } },
      { entity: 'room', data: { floor: 61, door: 'inside', within: room.id } },
      { entity: 'label', data: { text: `no link ${last}` } },
      { entity: 'specimen', data: { name: 'Last', room: last } },
      { entity: 'label', data: { text: `no link either ${last}` } },
    ];
    const insert = (last: string) =>
      harness.dataPlane.write(harness.tenantId, 1, (transaction) =>
        transaction.run([
          sql`insert into formwork.records (entity_type, data)
            select w.entity, w.data from jsonb_to_recordset(${JSON.stringify(rows(last))}::jsonb) as w(entity text, data jsonb)
            returning set_config('app.look_again', '', true)`,
        ]),
      );
    const before = await harness.count('specimen');
    await expect(insert(label.id)).rejects.toMatchObject({ sqlstate: 'FW011' });
    await expect(insert(nobody)).rejects.toMatchObject({ sqlstate: '23503' });
    expect(await harness.count('specimen')).toBe(before);
    await insert(room.id);
    expect(await harness.count('specimen')).toBe(before + 2);
  });

  test('records that lead to each other are made one after the other, or not at all', async () => {
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    const room = (id: string, door: string, within: string) =>
      sql`insert into formwork.records (id, entity_type, data)
        values (${id}::uuid, 'room', ${JSON.stringify({ floor: 62, door, within })}::jsonb)`;
    const write = (...statements: Statement[]) =>
      harness.dataPlane.write(harness.tenantId, 1, (transaction) => transaction.run(statements));
    await expect(write(room(first, 'a', second))).rejects.toMatchObject({ sqlstate: '23503' });
    await write(room(first, 'a', second), room(second, 'b', first));
    expect(await harness.dataOf(first)).toContain(second);
    const label = sql`insert into formwork.records (id, entity_type, data) values (${nobody}::uuid, 'label', '{"text": "late"}')`;
    await expect(write(room(crypto.randomUUID(), 'c', nobody), label)).rejects.toMatchObject({
      sqlstate: 'FW011',
    });
  });

  test("no row says that it is another tenant's", async () => {
    const before = await other.count('label');
    const insert = harness.dataPlane.write(harness.tenantId, 1, (transaction) =>
      transaction.run([
        sql`insert into formwork.records (tenant_id, entity_type, data)
          values (${other.tenantId}::uuid, 'label', '{"text": "smuggled"}')`,
      ]),
    );
    await expect(insert).rejects.toBeInstanceOf(DatabaseError);
    expect(await other.count('label')).toBe(before);
  });

  test('no link to many leads astray', async () => {
    const specimen = await create('Specimen', { name: 'Ammonite' });
    const room = await create('Room', { floor: 60, door: 'no label' });
    const link = (target: string, field = 'labels') =>
      harness.dataPlane.write(harness.tenantId, 1, (transaction) =>
        transaction.run([
          sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
            values ('specimen', ${field}, ${specimen.id}::uuid, ${target}::uuid)`,
        ]),
      );
    await expect(link(room.id)).rejects.toMatchObject({ sqlstate: 'FW011' });
    await expect(link(nobody)).rejects.toBeInstanceOf(DatabaseError);
    await expect(link(room.id, 'nonsense')).rejects.toMatchObject({ sqlstate: 'FW003' });
  });
});

describe('links to many', () => {
  test.each(['set', 'add'])('are not to be there and not to be there: %s and remove', async (list) => {
    const [kept, both] = await Promise.all(
      ['kept', 'both'].map((text) => create('Label', { text: `${list} ${text}` })),
    );
    const { id } = await create('Specimen', { name: 'Ammonite', labels: { add: [{ id: kept?.id }] } });
    const labels = {
      [list]: [{ id: kept?.id }, { id: both?.id.toUpperCase() }],
      remove: [{ by: { text: `${list} both` } }],
    };
    const error = await refusalOf(update('Specimen', id, { labels }));
    expect(error).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { violations: [{ path: ['input', 'labels', 'remove', 0], code: 'CONTRADICTORY' }] },
    });
    expect(error.message).toContain(both?.id);
    expect(await labelsOf(id)).toEqual([kept?.id]);
  });

  test('are added once, removed and replaced', async () => {
    const [red, green, blue] = await Promise.all(
      ['red', 'green', 'blue'].map((text) => create('Label', { text })),
    );
    if (!red || !green || !blue) throw new Error('no labels');
    const specimen = await create('Specimen', {
      name: 'Ammonite',
      labels: { add: [{ id: red.id }, { by: { text: 'green' } }, { id: red.id }] },
    });
    expect(await labelsOf(specimen.id)).toEqual(sorted(red.id, green.id));
    await update('Specimen', specimen.id, {
      labels: { add: [{ id: blue.id }], remove: [{ by: { text: 'red' } }] },
    });
    expect(await labelsOf(specimen.id)).toEqual(sorted(green.id, blue.id));
    await update('Specimen', specimen.id, { labels: { set: [{ id: red.id }] } });
    expect(await labelsOf(specimen.id)).toEqual([red.id]);
    await update('Specimen', specimen.id, { labels: { remove: [{ id: nobody }, { by: { text: 'none' } }] } });
    expect(await labelsOf(specimen.id)).toEqual([red.id]);
    await update('Specimen', specimen.id, { labels: { set: [] } });
    expect(await labelsOf(specimen.id)).toEqual([]);
  });

  test('stay as they are when others are meant', async () => {
    const label = await create('Label', { text: 'stays' });
    const specimen = await create('Specimen', { name: 'Ammonite', labels: { add: [{ id: label.id }] } });
    await update('Specimen', specimen.id, { name: 'Belemnite' });
    await update('Specimen', specimen.id, { labels: {} });
    expect(await labelsOf(specimen.id)).toEqual([label.id]);
  });

  test('are not changed to null, which could mean two things', async () => {
    const label = await create('Label', { text: 'not null' });
    const specimen = await create('Specimen', { name: 'Ammonite', labels: { add: [{ id: label.id }] } });
    const error = await refusalOf(update('Specimen', specimen.id, { labels: null }));
    expect(error.details['violations']).toEqual([
      {
        path: ['input', 'labels'],
        code: 'TYPE',
        message: '"Labels" cannot be null. To take all links away, give { "set": [] }.',
      },
    ]);
    expect(await labelsOf(specimen.id)).toEqual([label.id]);
    await update('Specimen', specimen.id, { labels: { set: [] } });
    expect(await labelsOf(specimen.id)).toEqual([]);
    await create('Specimen', { name: 'Ammonite', labels: null });
  });
});

describe('a delete', () => {
  test('is refused while records lead there, and says which', async () => {
    const room = await create('Room', { floor: 10, door: 'A' });
    const specimen = await create('Specimen', { name: 'Ammonite', room: { id: room.id } });
    const error = await refusalOf(remove('Room', room.id));
    expect(error).toMatchObject({
      code: 'DELETE_RESTRICTED',
      details: { type: 'Specimen', field: 'room', records: [{ type: 'Specimen', id: specimen.id }] },
    });
    expect(await harness.dataOf(room.id)).not.toBeNull();
  });

  test('takes along what the designer said', async () => {
    const house = await create('Room', { floor: 20, door: 'house' });
    const hall = await create('Room', { floor: 20, door: 'hall', within: { id: house.id } });
    const closet = await create('Room', { floor: 20, door: 'closet', within: { id: hall.id } });
    await remove('Room', house.id);
    for (const { id } of [house, hall, closet]) expect(await harness.dataOf(id)).toBeNull();
  });

  test('takes a tree along, however deep it is', async () => {
    const inputs = Array.from({ length: 1500 }, (_, door) => ({
      floor: 22,
      door: String(door),
      ...(door > 0 && { within: { by: { byDoor: { floor: 22, door: String(door - 1) } } } }),
    }));
    const rooms = await harness.mutate((records) => records.createMany('Room', inputs, { fields: [] }));
    const before = await harness.count('room');
    await remove('Room', String(rooms[0]?.id));
    expect(await harness.count('room')).toBe(before - 1500);
  });

  test('that overflows the stack of Postgres says what to do', () => {
    const report = { sqlstate: '54001', constraint: null, table: null, column: null, detail: null };
    const error = new DatabaseError('DATABASE', 'stack depth limit exceeded', { report });
    expect(recordErrorOf(harness.registry, error)).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringMatching(/too many records, one behind the other/),
    });
  });

  test('of a tree is refused as a whole for one leaf that is held', async () => {
    const house = await create('Room', { floor: 21, door: 'house' });
    const hall = await create('Room', { floor: 21, door: 'hall', within: { id: house.id } });
    await create('Specimen', { name: 'Ammonite', room: { id: hall.id } });
    expect((await refusalOf(remove('Room', house.id))).code).toBe('DELETE_RESTRICTED');
    for (const { id } of [house, hall]) expect(await harness.dataOf(id)).not.toBeNull();
  });

  test('empties links that are to be emptied', async () => {
    const person = await create('Person', { email: 'ada@example.com' });
    const specimen = await create('Specimen', { name: 'Ammonite', collector: { id: person.id } });
    await remove('Person', person.id);
    expect(await harness.dataOf(specimen.id)).not.toContain('collector');
  });

  test('of a record that leads to itself, or in a circle, is done', async () => {
    const room = await create('Room', { floor: 30, door: 'self' });
    await update('Room', room.id, { within: { id: room.id } });
    await remove('Room', room.id);
    const first = await create('Room', { floor: 30, door: 'first' });
    const second = await create('Room', { floor: 30, door: 'second', within: { id: first.id } });
    await update('Room', first.id, { within: { id: second.id } });
    await remove('Room', first.id);
    for (const { id } of [room, first, second]) expect(await harness.dataOf(id)).toBeNull();
  });

  test('of a department and its head in one operation is done', async () => {
    const ids = await harness.mutate(async (records) => {
      const department = await records.create('Department', { name: 'Fossils' }, nothing);
      const person = await records.create(
        'Person',
        { email: 'head@example.com', department: { by: { name: 'Fossils' } } },
        nothing,
      );
      await records.update(
        'Department',
        department.id,
        { head: { by: { email: 'head@example.com' } } },
        null,
        nothing,
      );
      return [department.id, person.id] as const;
    });
    expect((await refusalOf(remove('Person', ids[1]))).code).toBe('DELETE_RESTRICTED');
    await harness.mutate(async (records) => {
      await records.update('Department', ids[0], { head: null }, null, nothing);
      await records.delete('Person', ids[1], null);
      await records.delete('Department', ids[0], null);
    });
  });

  test('takes links to many along', async () => {
    const label = await create('Label', { text: 'goes' });
    const specimen = await create('Specimen', { name: 'Ammonite', labels: { add: [{ id: label.id }] } });
    await remove('Label', label.id);
    expect(await labelsOf(specimen.id)).toEqual([]);
  });

  test('of what is not there is NOT_FOUND', async () => {
    expect((await refusalOf(remove('Room', nobody))).code).toBe('NOT_FOUND');
    expect((await refusalOf(remove('Room', 'no id'))).code).toBe('NOT_FOUND');
    const foreign = await other.mutate((records) => records.create('Room', { floor: 5, door: 'X' }, nothing));
    expect((await refusalOf(remove('Room', foreign.id))).code).toBe('NOT_FOUND');
    expect(await harness.dataOf(foreign.id)).not.toBeNull();
    const label = await create('Label', { text: 'no room' });
    expect((await refusalOf(remove('Room', label.id))).code).toBe('NOT_FOUND');
  });
});

describe('a version', () => {
  test('that is not the expected one refuses the write and tells the actual', async () => {
    const { id } = await create('Room', { floor: 40, door: 'v' });
    const changed = await update('Room', id, { door: 'w' }, 1);
    expect(changed.values['version']).toBe(2);
    for (const write of [update('Room', id, { door: 'x' }, 1), remove('Room', id, 1)]) {
      expect(await refusalOf(write)).toMatchObject({
        code: 'VERSION_CONFLICT',
        details: { id, expected: 1, actual: 2 },
      });
    }
    await remove('Room', id, 2);
  });

  test('is a new one too when only links to many change', async () => {
    const label = await create('Label', { text: 'versioned' });
    const { id } = await create('Specimen', { name: 'Belemnite' });
    const linked = await update('Specimen', id, { labels: { add: [{ id: label.id }] } }, 1);
    expect(linked.values['version']).toBe(2);
    const error = await refusalOf(update('Specimen', id, { labels: { set: [] } }, 1));
    expect(error).toMatchObject({ code: 'VERSION_CONFLICT', details: { expected: 1, actual: 2 } });
    expect((await update('Specimen', id, { labels: { set: [] } }, 2)).values['version']).toBe(3);
  });

  test('lets one of two through that changed the same', async () => {
    const { id } = await create('Room', { floor: 41, door: 'v' });
    const outcomes = await Promise.allSettled([
      update('Room', id, { door: 'a' }, 1),
      update('Room', id, { door: 'b' }, 1),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('an operation', () => {
  test('that fails in any part leaves nothing behind', async () => {
    const before = await Promise.all(['room', 'label', 'specimen'].map((entity) => harness.count(entity)));
    const error = await refusalOf(
      harness.mutate(async (records) => {
        await records.create('Label', { text: 'half' }, nothing);
        const room = await records.create('Room', { floor: 70, door: 'half' }, nothing);
        await records.create('Specimen', { name: 'Ammonite', room: { id: room.id } }, nothing);
        await records.create('Specimen', { name: 'x' }, nothing);
      }),
    );
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(await Promise.all(['room', 'label', 'specimen'].map((entity) => harness.count(entity)))).toEqual(
      before,
    );
  });

  test('that deletes what it links to is refused at its end', async () => {
    const error = await refusalOf(
      harness.mutate(async (records) => {
        const person = await records.create('Person', { email: 'gone@example.com' }, nothing);
        await records.create('Department', { name: 'Gone', head: { id: person.id } }, nothing);
        await records.delete('Person', person.id, null);
      }),
    );
    expect(error.code).toBe('DELETE_RESTRICTED');
  });

  test('writes down who did it', async () => {
    const { id } = await harness.mutate(
      (records) => records.create('Label', { text: 'who' }, nothing),
      'key:one',
    );
    const changed = await harness.mutate(
      (records) => records.update('Label', id, { text: 'whom' }, null, system),
      'key:two',
    );
    expect(changed.values).toMatchObject({ createdBy: 'key:one', updatedBy: 'key:two' });
  });

  test('writes down who deleted what a link led to, on the record that it was taken from', async () => {
    const [person, specimen] = await harness.mutate(async (records) => {
      const collector = await records.create('Person', { email: 'leaving@example.com' }, nothing);
      const input = { name: 'Orphan', collector: { id: collector.id } };
      return [collector, await records.create('Specimen', input, nothing)] as const;
    }, 'key:one');
    await harness.mutate((records) => records.delete('Person', person.id, null), 'key:two');
    const { rows } = await asAdmin(harness.database, (admin) =>
      admin.query(
        'select version, created_by, updated_by, data ? $2 as leads from formwork.records where id = $1',
        [specimen.id, 'collector'],
      ),
    );
    expect(rows).toEqual([{ version: 2, created_by: 'key:one', updated_by: 'key:two', leads: false }]);
  });
});

function create(typeName: string, input: Readonly<Record<string, unknown>>) {
  return harness.mutate((records) => records.create(typeName, input, nothing));
}

function update(
  typeName: string,
  id: string,
  input: Readonly<Record<string, unknown>>,
  ifVersion: number | null = null,
) {
  return harness.mutate((records) => records.update(typeName, id, input, ifVersion, system));
}

function remove(typeName: string, id: string, ifVersion: number | null = null) {
  return harness.mutate((records) => records.delete(typeName, id, ifVersion));
}

function labelsOf(id: string): Promise<string[]> {
  return asAdmin(harness.database, async (client) => {
    const { rows } = await client.query(
      'select target_id from formwork.record_links where source_id = $1 order by target_id',
      [id],
    );
    return rows.map((row) => row.target_id);
  });
}

function sorted(...ids: readonly string[]): string[] {
  return [...ids].sort();
}
