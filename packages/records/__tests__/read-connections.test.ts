import type { RegistryDocument } from '@formwork/registry';
import type { ConnectionArguments, ConnectionNode } from '../src/contract.ts';
import { createReadHarness, everything, idOf, nodeIds, type ReadHarness } from './read-harness.ts';

/**
 * The algorithm of Relay's cursor connections (https://relay.dev/graphql/connections.htm), for every window of a short
 * list: all cursors as `after` and as `before`, and pages of all sizes from both ends.
 */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'shelf',
      plural: 'shelves',
      fields: [{ key: 'name', type: 'text' }],
    },
    {
      key: 'book',
      plural: 'books',
      fields: [
        { key: 'place', type: 'integer' },
        { key: 'shelf', type: 'link', options: { target: 'shelf', inverse: 'books' } },
      ],
    },
  ],
};

const length = 5;
const shelf = idOf(0, 1);
/** Not in the order of their ids; two have the same place. */
const ids = [3, 0, 4, 1, 2].map((number) => idOf(number));
const orderBy = [{ place: 'ASC' }, { id: 'DESC' }];
const sorted = [idOf(3), idOf(4), idOf(0), idOf(1), idOf(2)];

let harness: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  await harness.insert('shelf', [{ id: shelf, data: { name: 'S' } }]);
  await harness.insert(
    'book',
    ids.map((id, index) => ({ id, data: { place: [1, 2, 2, 3, 4][index], shelf } })),
  );
  // Another shelf's, which would count if the window were made over all books.
  await harness.insert('book', [{ id: idOf(9), data: { place: 0 } }]);
});
afterAll(() => harness.close());

interface Window {
  /** Positions in the list; null where there is no cursor. */
  readonly after: number | null;
  readonly before: number | null;
  readonly first?: number;
  readonly last?: number;
}

const positions = [null, ...Array.from({ length }, (_, index) => index)];
const sizes = Array.from({ length: length + 2 }, (_, size) => size);
const windows: readonly Window[] = positions.flatMap((after) =>
  positions.flatMap((before) => [
    { after, before },
    ...sizes.flatMap((size) => [
      { after, before, first: size },
      { after, before, last: size },
    ]),
  ]),
);

/** What the specification says, where a server can tell whether there is more on the far side of a cursor. */
function expected({ after, before, first, last }: Window) {
  const range = sorted.filter(
    (_, index) => (after === null || index > after) && (before === null || index < before),
  );
  const fromStart = first === undefined ? range : range.slice(0, first);
  const page = last === undefined ? fromStart : fromStart.slice(Math.max(0, fromStart.length - last));
  return {
    page,
    hasPreviousPage: after !== null || (last !== undefined && range.length > last),
    hasNextPage: before !== null || (first !== undefined && range.length > first),
  };
}

function shown(connection: ConnectionNode) {
  const { startCursor, endCursor, ...pageInfo } = connection.pageInfo;
  const { edges } = connection;
  expect([startCursor, endCursor]).toEqual([edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null]);
  return { page: nodeIds(connection), ...pageInfo };
}

const ways: readonly [string, (args: ConnectionArguments) => Promise<ConnectionNode>][] = [
  [
    'a list',
    (args) =>
      harness.records().connection('Book', { ...args, where: { shelf: { isNull: false } } }, everything),
  ],
  [
    'the links of one record, by a loader',
    async (args) => {
      const parent = { typeName: 'Shelf', id: shelf, values: {} };
      return harness.records({ links: 'loaders' }).linkedConnection(parent, 'books', args, everything);
    },
  ],
];

test.each(ways)('every window of %s is what the specification says', async (_, read) => {
  const all = await read({ orderBy });
  expect(nodeIds(all)).toEqual(sorted);
  const cursorAt = (position: number | null) =>
    position === null ? null : (all.edges[position]?.cursor ?? '');
  const answers = await Promise.all(
    windows.map(({ after, before, ...size }) =>
      read({ orderBy, ...size, after: cursorAt(after), before: cursorAt(before) }),
    ),
  );
  expect(windows).toHaveLength(6 * 6 * 15);
  windows.forEach((window, index) => {
    const answer = shown(answers[index] as ConnectionNode);
    expect({ window, ...answer }).toEqual({ window, ...expected(window) });
  });
});

test('totalCount is of the whole list, whatever the window', async () => {
  const all = await harness.records().connection('Book', { orderBy }, everything);
  const args = { orderBy, first: 1, after: all.edges[2]?.cursor ?? null };
  const { totalCount, edges } = await harness.records().connection('Book', args, everything);
  expect([totalCount, edges.length]).toEqual([length + 1, 1]);
});
