import type { RegistryDocument } from '@formwork/registry';
import fc from 'fast-check';
import type {
  ConnectionArguments,
  ConnectionNode,
  ConnectionSelection,
  LinkSelection,
  RecordNode,
  RecordSelection,
  Records,
  Values,
} from '../src/contract.ts';
import { filter, modelRecords, orderBy } from './read-generators.ts';
import { createReadHarness, errorOf, everything, idOf, type ReadHarness } from './read-harness.ts';
import { Model } from './read-model.ts';
import { dataOf, fieldsOf } from './read-model-storage.ts';

const document: RegistryDocument = {
  formwork: 1,
  entities: [{ key: 'keyed', plural: 'keyeds', fields: fieldsOf('keyed', true) }],
};

const seed = Number(process.env['FORMWORK_TEST_SEED'] ?? Date.now() % 2 ** 31);
const ways = ['nested', 'loaders'] as const;
let harness: ReadHarness;
let model: Model;

beforeAll(async () => {
  const [rows = []] = fc.sample(modelRecords(20), { seed, numRuns: 1 });
  model = new Model(rows);
  harness = await createReadHarness(document);
  await harness.insert(
    'keyed',
    rows.map((row) => ({ id: row.id, data: dataOf(row) })),
  );
  await harness.link(
    'keyed',
    'peers',
    rows.flatMap(({ id, peers }) => peers.map((peer) => [id, peer] as const)),
  );
});
afterAll(() => harness.close());

/** What resolvers do with a record: ask for everything that is selected behind its links, and so on. */
async function resolve(
  records: Records,
  node: RecordNode,
  { fields, links = [] }: RecordSelection,
): Promise<unknown> {
  const behind = await Promise.all(
    links.map(async ({ field, record, connection }) => {
      if (record !== undefined) {
        const linked = await records.linkedRecord(node, field, record);
        return linked && resolve(records, linked, record);
      }
      const { args = {}, selection = everything } = connection ?? {};
      const linked = await records.linkedConnection(node, field, args, selection);
      return resolveConnection(records, linked, selection);
    }),
  );
  // Loaders may have read more, for somebody else.
  const values = Object.fromEntries(fields.map((name) => [name, node.values[name]]));
  return { id: node.id, values, behind };
}

async function resolveConnection(
  records: Records,
  connection: ConnectionNode,
  selection: ConnectionSelection,
) {
  const { edges, pageInfo, totalCount } = connection;
  const nodes = edges.map(({ node }) => resolve(records, node, selection.node ?? { fields: [] }));
  const { hasNextPage, hasPreviousPage } = pageInfo;
  return { nodes: await Promise.all(nodes), hasNextPage, hasPreviousPage, totalCount };
}

/** The same out of the model, for selections that name every field that is compared. */
function expectedOf(id: string, { fields, links = [] }: RecordSelection): unknown {
  const record = model.get(id);
  const values = Object.fromEntries(fields.map((name) => [name, (record as unknown as Values)[name]]));
  return {
    id,
    values,
    behind: links.map(({ field, record: selection, connection }) => {
      if (selection !== undefined) return record.friend && expectedOf(record.friend, selection);
      const { args = {}, selection: many = everything } = connection ?? {};
      return expectedPage(model.linked(id, field, args.where ?? undefined, args.orderBy ?? []), args, many);
    }),
  };
}

function expectedPage(
  ids: readonly string[],
  { first, last }: ConnectionArguments,
  { node }: ConnectionSelection,
) {
  const shown = last == null ? ids.slice(0, first ?? 50) : ids.slice(Math.max(0, ids.length - last));
  const more = shown.length < ids.length;
  return {
    nodes: shown.map((id) => expectedOf(id, node ?? { fields: [] })),
    hasNextPage: last == null && more,
    hasPreviousPage: last != null && more,
    totalCount: ids.length,
  };
}

const args: fc.Arbitrary<ConnectionArguments> = fc
  .record({
    where: fc.option(filter, { freq: 2, nil: undefined }),
    orderBy: fc.option(orderBy, { nil: undefined }),
    size: fc.integer({ min: 0, max: 4 }),
    end: fc.constantFrom('first', 'last'),
  })
  .map(({ where, orderBy: by, size, end }) => ({
    ...(where === undefined ? {} : { where }),
    ...(by === undefined ? {} : { orderBy: by }),
    [end]: size,
  }));

const selection: fc.Arbitrary<RecordSelection> = fc.letrec<{ record: RecordSelection; link: LinkSelection }>(
  (tie) => ({
    link: fc.oneof(
      fc.record({ field: fc.constant('friend'), record: tie('record') }),
      fc.record({
        field: fc.constantFrom('friendOf', 'peers', 'peerOf'),
        connection: fc.record({
          args,
          selection: tie('record').map((node) => ({ ...everything, node })),
        }),
      }),
    ),
    record: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'records' },
      fc.record({ fields: fc.subarray(['text', 'decimal', 'datetime', 'select', 'boolean', 'friend']) }),
      fc.record({
        fields: fc.subarray(['text', 'number', 'currency', 'date', 'time', 'multiSelect']),
        links: fc.uniqueArray(tie('link'), { maxLength: 3, selector: ({ field }) => field }),
      }),
    ),
  }),
).record;

test(`one statement, loaders and a model give the same records behind links (seed ${seed})`, async () => {
  const property = fc.asyncProperty(selection, args, async (node, { where, orderBy: by = [], ...page }) => {
    const root = { ...everything, node };
    const list = { ...page, orderBy: by, ...(where === undefined ? {} : { where }) };
    const expected = expectedPage(model.list(where ?? undefined, by ?? []), list, root);
    for (const links of ways) {
      const records = harness.records({ links });
      const connection = await records.connection('Keyed', list, root);
      expect([links, await resolveConnection(records, connection, root)]).toEqual([links, expected]);
    }
  });
  await fc.assert(property, { seed, endOnFailure: true, numRuns: 150 });
});

const deep: RecordSelection = {
  fields: ['text', 'friend'],
  links: [
    {
      field: 'friend',
      record: { fields: ['integer', 'friend'], links: [{ field: 'friend', record: { fields: ['text'] } }] },
    },
    {
      field: 'peers',
      connection: {
        args: { first: 2, orderBy: [{ text: 'ASC' }] },
        selection: {
          ...everything,
          node: { fields: ['date', 'friend'], links: [{ field: 'friend', record: { fields: ['text'] } }] },
        },
      },
    },
  ],
};

test('reads a nested selection in one statement; loaders take one for each link and level', async () => {
  const counts = await Promise.all(
    ways.map(async (links) => {
      const sent: string[] = [];
      const records = harness.records({ links, onStatement: ({ text }) => sent.push(text) });
      const root = { node: deep, cursors: false, pageInfo: false, totalCount: false };
      await resolveConnection(records, await records.connection('Keyed', {}, root), root);
      const ofRoot = sent.length;
      const nodes = await Promise.all([1, 2, 3].map((number) => records.byId('Keyed', idOf(number), deep)));
      await Promise.all(nodes.map((node) => node && resolve(records, node, deep)));
      return [ofRoot, sent.length - ofRoot];
    }),
  );
  // Loaders: the page; friends, peers and their counts; friends of both. What they have read they keep for the records by id.
  expect(counts[0]).toEqual([1, 1]);
  expect(counts[1]?.[0]).toBe(5);
});

test('an argument that is refused fails its own field alone, both ways', async () => {
  for (const links of ways) {
    const records = harness.records({ links });
    const refused = { field: 'peers', connection: { args: { first: -1 }, selection: everything } };
    const node = await records.byId('Keyed', idOf(1), {
      fields: ['text'],
      links: [refused, { field: 'friend', record: { fields: ['text'] } }],
    });
    expect(node?.values).toEqual({ text: model.get(idOf(1)).text });
    const refusal = records.linkedConnection(node as RecordNode, 'peers', { first: -1 }, everything);
    const error = await errorOf(Promise.resolve(refusal));
    expect(error.message).toContain('"first" must be a whole number from 0');
  }
});

test('goes on from cursors that were read in a nested page', async () => {
  const parent = model.records.find(({ peers }) => peers.length > 1)?.id ?? idOf(0);
  const cursors = await Promise.all(
    ways.map(async (links) => {
      const records = harness.records({ links });
      const connection = { args: { first: 1, orderBy: [{ text: 'DESC' }] }, selection: everything };
      const node = await records.byId('Keyed', parent, {
        fields: [],
        links: [{ field: 'peers', connection }],
      });
      const page = await records.linkedConnection(node as RecordNode, 'peers', connection.args, everything);
      const after = page.pageInfo.endCursor;
      const next = await records.linkedConnection(
        node as RecordNode,
        'peers',
        { ...connection.args, after },
        everything,
      );
      expect(next.pageInfo.hasPreviousPage).toBe(true);
      return [page, next].map(({ edges }) => edges.map(({ cursor, node: { id } }) => [cursor, id]));
    }),
  );
  expect(cursors[0]).toEqual(cursors[1]);
});

test('looks up a record with its links to one by a plan that is made once, and plans its lists each time', async () => {
  const plans: unknown[] = [];
  const records = harness.records({
    links: 'nested',
    onStatement: ({ reusesPlan }) => plans.push(reusesPlan ?? false),
  });
  const friend = { field: 'friend', record: { fields: ['text'] } };
  await records.byId('Keyed', idOf(1), { fields: [], links: [friend] });
  const peers = { field: 'peers', connection: { args: {}, selection: everything } };
  await records.byId('Keyed', idOf(1), { fields: [], links: [friend, peers] });
  expect(plans).toEqual([true, false]);
});
