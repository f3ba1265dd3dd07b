import { connectControlPlane, sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import { verify } from '@formwork/registry-store';
import type { RecordNode, Values } from '../src/index.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

/** A library: loans go through states; books, and the remarks on them, are kept when they are deleted. */
const library: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'book',
      label: 'Book',
      softDelete: true,
      fields: [
        { key: 'title', label: 'Title', type: 'text', required: true, unique: true, indexed: true },
        { key: 'author', label: 'Author', type: 'link', options: { target: 'author', onDelete: 'restrict' } },
        { key: 'series', label: 'Series', type: 'link', options: { target: 'book', onDelete: 'set_null' } },
        { key: 'topics', label: 'Topics', type: 'links', options: { target: 'topic' } },
      ],
    },
    { key: 'author', label: 'Author', fields: [{ key: 'name', type: 'text', required: true }] },
    {
      key: 'topic',
      label: 'Topic',
      softDelete: true,
      fields: [{ key: 'name', type: 'text', required: true }],
    },
    {
      key: 'remark',
      label: 'Remark',
      softDelete: true,
      fields: [
        { key: 'text', type: 'text', unique: true },
        { key: 'book', type: 'link', required: true, options: { target: 'book', onDelete: 'cascade' } },
        { key: 'answers', type: 'link', options: { target: 'remark', onDelete: 'cascade' } },
      ],
    },
    {
      key: 'note',
      label: 'Note',
      fields: [
        { key: 'book', type: 'link', required: true, options: { target: 'book', onDelete: 'cascade' } },
      ],
    },
    {
      key: 'loan',
      label: 'Loan',
      fields: [
        { key: 'book', label: 'Book', type: 'link', options: { target: 'book', onDelete: 'restrict' } },
        {
          key: 'state',
          label: 'State',
          type: 'select',
          options: {
            choices: [
              { key: 'asked', label: 'Asked for' },
              { key: 'lent', label: 'Lent' },
              { key: 'back', label: 'Back' },
              { key: 'lost', label: 'Lost' },
            ],
            initial: ['asked', 'lent'],
            transitions: { asked: ['lent'], lent: ['back', 'lost'], lost: ['back'] },
          },
        },
        {
          key: 'phase',
          type: 'select',
          options: {
            choices: [{ key: 'first' }, { key: 'constructor' }],
            transitions: { first: ['constructor'] },
          },
        },
      ],
    },
  ],
};

let harness: WriteHarness;
let titles = 0;

beforeAll(async () => {
  harness = await createWriteHarness(library);
});

afterAll(() => harness.close());

afterEach(async () => {
  const control = connectControlPlane({ url: harness.database.designerUrl, max: 1 });
  const drift = await verify(control, harness.tenantId);
  await control.close();
  expect(drift).toEqual([]);
});

describe('transitions', () => {
  test('let the states follow that may', async () => {
    const loan = await create('Loan', { state: 'ASKED' });
    for (const state of ['LENT', 'LOST', 'BACK']) await update('Loan', loan.id, { state });
    expect(await harness.dataOf(loan.id)).toContain('"back"');
  });

  test('refuse the others, and tell from, to and what would be allowed', async () => {
    const loan = await create('Loan', { state: 'LENT' });
    const error = await refusalOf(update('Loan', loan.id, { state: 'ASKED' }));
    expect(error).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      details: { field: 'state', from: 'LENT', to: 'ASKED', allowed: ['BACK', 'LOST'] },
      message: '"State" cannot go from "Lent" to "Asked for". Allowed is "Back", "Lost".',
    });
    expect(await harness.dataOf(loan.id)).toContain('"lent"');
  });

  test('tell where in the input the state stands that they refuse', async () => {
    const pathOf = async (operation: Promise<unknown>) => (await refusalOf(operation)).details['path'];
    const loan = await create('Loan', { state: 'LENT' });
    expect(await pathOf(update('Loan', loan.id, { state: 'ASKED' }))).toEqual(['input', 'state']);
    expect(await pathOf(update('Loan', loan.id, { state: null }))).toEqual(['input', 'state']);
    expect(await pathOf(create('Loan', { state: 'LOST' }))).toEqual(['input', 'state']);
    const inputs = [{ state: 'ASKED' }, {}, { state: 'BACK' }];
    const many = harness.mutate((records) => records.createMany('Loan', inputs, { fields: [] }));
    expect(await pathOf(many)).toEqual(['inputs', 2, 'state']);
  });

  test('refuse what is no beginning', async () => {
    const error = await refusalOf(create('Loan', { state: 'LOST' }));
    expect(error).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      details: { from: null, to: 'LOST', allowed: ['ASKED', 'LENT'] },
    });
    const loan = await create('Loan', {});
    expect((await refusalOf(update('Loan', loan.id, { state: 'BACK' }))).code).toBe('ILLEGAL_TRANSITION');
    await update('Loan', loan.id, { state: 'LENT' });
  });

  test('refuse to forget a state, from which every other could follow', async () => {
    const loan = await create('Loan', { state: 'ASKED' });
    const error = await refusalOf(update('Loan', loan.id, { state: null }));
    expect(error).toMatchObject({ code: 'ILLEGAL_TRANSITION', details: { from: 'ASKED', to: null } });
  });

  test('are nothing to a change of something else', async () => {
    const book = await create('Book', { title: newTitle() });
    const loan = await create('Loan', { state: 'LENT' });
    await update('Loan', loan.id, { book: { id: book.id }, state: 'LENT' });
  });

  test('hold in raw SQL as the role of the gateway', async () => {
    const loan = await create('Loan', { state: 'ASKED' });
    const raw = harness.dataPlane.write(harness.tenantId, 1, (transaction) =>
      transaction.run([
        sql`update formwork.records set data = data || '{"state": "back"}' where id = ${loan.id}::uuid`,
      ]),
    );
    await expect(raw).rejects.toMatchObject({ sqlstate: 'FW014' });
  });

  test('let one of two through that come from the same state', async () => {
    const loan = await create('Loan', { state: 'LENT' });
    const outcomes = await Promise.allSettled([
      update('Loan', loan.id, { state: 'BACK' }),
      update('Loan', loan.id, { state: 'LOST' }),
    ]);
    // Lost and then back is a way; back and then lost is none.
    const last = JSON.parse((await harness.dataOf(loan.id)) ?? '').state;
    const isRefused = outcomes.some(({ status }) => status === 'rejected');
    expect([last, isRefused]).toEqual(['back', isRefused]);
  });

  test('can be asked for', async () => {
    const allowed = (state: string | null) =>
      harness.mutate(async (records) => records.allowedTransitions(loanIn(state), 'state'));
    expect(await allowed('LENT')).toEqual(['BACK', 'LOST']);
    expect(await allowed('BACK')).toEqual([]);
    expect(await allowed(null)).toEqual(['ASKED', 'LENT']);
  });

  test('can be asked for of a state that is called like what every object inherits', async () => {
    const loan = { ...loanIn(null), values: { phase: 'CONSTRUCTOR' } };
    expect(await harness.mutate(async (records) => records.allowedTransitions(loan, 'phase'))).toEqual([]);
  });
});

describe('a record that is deleted but kept', () => {
  test('is gone for every reader, and comes back as it was', async () => {
    const book = await create('Book', { title: newTitle() });
    await remove('Book', book.id);
    await expect(read('Book', book.id)).resolves.toBeNull();
    expect((await refusalOf(update('Book', book.id, { title: newTitle() }))).code).toBe('NOT_FOUND');
    expect((await refusalOf(remove('Book', book.id))).code).toBe('NOT_FOUND');
    expect(await harness.dataOf(book.id)).not.toBeNull();
    const restored = await restore('Book', book.id);
    expect(restored.values).toMatchObject({ title: book.values['title'], version: 3 });
    await expect(read('Book', book.id)).resolves.not.toBeNull();
  });

  test('is counted no more, however records are found, until it is back', async () => {
    const author = await create('Author', { name: 'Counted' });
    const of = { author: { id: author.id } };
    const book = await create('Book', { title: newTitle(), ...of });
    await create('Book', { title: newTitle(), ...of });
    const counts = () =>
      Promise.all(
        [
          undefined,
          { author: { id: { eq: author.id } } },
          { author: { isNull: true } },
          { title: { gte: 'T' } },
          { not: { title: { eq: 'none' } } },
        ].map((where) => count('Book', where)),
      );
    const before = await counts();
    expect(before[1]).toBe(2);
    await remove('Book', book.id);
    const [all = 0, written = 0, unwritten = 0, later = 0, others = 0] = before;
    expect(await counts()).toEqual([all - 1, written - 1, unwritten, later - 1, others - 1]);
    await restore('Book', book.id);
    expect(await counts()).toEqual(before);
  });

  test('leaves its place in keys to others, and does not take it back', async () => {
    const title = newTitle();
    const first = await create('Book', { title });
    await remove('Book', first.id);
    const second = await create('Book', { title });
    const error = await refusalOf(restore('Book', first.id));
    expect(error).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { key: 'title', id: second.id } });
    await remove('Book', second.id);
    await restore('Book', first.id);
  });

  test('cannot be linked to', async () => {
    const book = await create('Book', { title: newTitle() });
    await remove('Book', book.id);
    expect((await refusalOf(create('Loan', { book: { id: book.id } }))).code).toBe('LINK_NOT_FOUND');
    const title = String(book.values['title']);
    expect((await refusalOf(create('Loan', { book: { by: { title } } }))).code).toBe('LINK_NOT_FOUND');
  });

  test('is not deleted while a living record holds it', async () => {
    const book = await create('Book', { title: newTitle() });
    const loan = await create('Loan', { book: { id: book.id } });
    expect(await refusalOf(remove('Book', book.id))).toMatchObject({
      code: 'DELETE_RESTRICTED',
      details: { records: [{ type: 'Loan', id: loan.id }] },
    });
  });

  test('takes along what the designer said: kept what is kept, removed what is not', async () => {
    const book = await create('Book', { title: newTitle() });
    const sequel = await create('Book', { title: newTitle(), series: { id: book.id } });
    const remark = await create('Remark', { book: { id: book.id } });
    const note = await create('Note', { book: { id: book.id } });
    await remove('Book', book.id);
    expect(await harness.dataOf(sequel.id)).not.toContain('series');
    expect(await read('Remark', remark.id)).toBeNull();
    expect(await harness.dataOf(remark.id)).not.toBeNull();
    expect(await harness.dataOf(note.id)).toBeNull();
    await restore('Book', book.id);
    await restore('Remark', remark.id);
  });

  test('takes a tree along, however deep it is', async () => {
    const { id } = await create('Book', { title: newTitle() });
    const inputs = Array.from({ length: 1000 }, (_, index) => ({
      text: `Answer ${index}`,
      book: { id },
      ...(index > 0 && { answers: { by: { text: `Answer ${index - 1}` } } }),
    }));
    const remarks = await harness.mutate((records) => records.createMany('Remark', inputs, { fields: [] }));
    const [first, last] = [remarks.at(0), remarks.at(-1)].map((remark) => String(remark?.id));
    await remove('Remark', String(first));
    expect(await read('Remark', String(last))).toBeNull();
    expect(await harness.dataOf(String(last))).not.toBeNull();
  });

  test('does not come back to what is gone', async () => {
    const book = await create('Book', { title: newTitle() });
    const remark = await create('Remark', { book: { id: book.id } });
    await remove('Book', book.id);
    expect((await refusalOf(restore('Remark', remark.id))).code).toBe('LINK_NOT_FOUND');
  });

  test('holds nobody', async () => {
    const author = await create('Author', { name: 'Ada' });
    const book = await create('Book', { title: newTitle(), author: { id: author.id } });
    expect((await refusalOf(remove('Author', author.id))).code).toBe('DELETE_RESTRICTED');
    await remove('Book', book.id);
    await remove('Author', author.id);
    expect(await harness.dataOf(author.id)).toBeNull();
    expect((await refusalOf(restore('Book', book.id))).code).toBe('LINK_NOT_FOUND');
  });

  test('keeps its links to many, but for those whose end is deleted', async () => {
    const [first, second] = await Promise.all(['a', 'b'].map((name) => create('Topic', { name })));
    if (!first || !second) throw new Error('no topics');
    const book = await create('Book', {
      title: newTitle(),
      topics: { add: [{ id: first.id }, { id: second.id }] },
    });
    await remove('Book', book.id);
    await remove('Topic', first.id);
    await restore('Book', book.id);
    await restore('Topic', first.id);
    expect(await topicsOf(book)).toEqual([second.id]);
  });

  test('is never led to by one that is made at the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const book = await create('Book', { title: newTitle() });
      const [made, deleted] = await Promise.allSettled([
        create('Loan', { book: { id: book.id } }),
        remove('Book', book.id),
      ]);
      expect([made.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  test('is only restored where it was deleted', async () => {
    const book = await create('Book', { title: newTitle() });
    expect((await refusalOf(restore('Book', book.id))).code).toBe('NOT_FOUND');
    expect((await refusalOf(restore('Book', 'nonsense'))).code).toBe('NOT_FOUND');
  });
});

const fields = ['version'];

function newTitle(): string {
  titles += 1;
  return `Title ${titles}`;
}

function loanIn(state: string | null): RecordNode {
  return { typeName: 'Loan', id: '', values: { state } };
}

function selectionOf(typeName: string) {
  return { fields: typeName === 'Book' ? [...fields, 'title'] : fields };
}

function create(typeName: string, input: Values): Promise<RecordNode> {
  return harness.mutate((records) => records.create(typeName, input, selectionOf(typeName)));
}

function update(typeName: string, id: string, input: Values) {
  return harness.mutate((records) => records.update(typeName, id, input, null, selectionOf(typeName)));
}

function remove(typeName: string, id: string) {
  return harness.mutate((records) => records.delete(typeName, id, null));
}

function restore(typeName: string, id: string) {
  return harness.mutate((records) => records.restore(typeName, id, selectionOf(typeName)));
}

function read(typeName: string, id: string) {
  return harness.mutate((records) => records.byId(typeName, id, { fields }));
}

function count(typeName: string, where: Values | undefined) {
  const selection = { node: null, cursors: false, pageInfo: false, totalCount: true };
  return harness.mutate(async (records) => {
    const { totalCount } = await records.connection(
      typeName,
      where === undefined ? {} : { where },
      selection,
    );
    return Number(totalCount);
  });
}

function topicsOf(book: RecordNode): Promise<string[]> {
  const selection = { node: { fields: [] }, cursors: false, pageInfo: false, totalCount: false };
  return harness.mutate(async (records) => {
    const { edges } = await records.linkedConnection(book, 'topics', {}, selection);
    return edges.map(({ node }) => node.id);
  });
}
