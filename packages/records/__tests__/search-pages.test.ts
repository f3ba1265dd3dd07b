import type { RegistryDocument } from '@formwork/registry';
import fc from 'fast-check';
import type { ConnectionArguments, ConnectionNode, Records, Values } from '../src/contract.ts';
import {
  createReadHarness,
  errorOf,
  everything,
  idOf,
  idsOf,
  nodeIds,
  type ReadHarness,
} from './read-harness.ts';

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    { key: 'shelf', plural: 'shelves', fields: [{ key: 'name', type: 'text' }] },
    {
      key: 'book',
      plural: 'books',
      searchable: ['title', 'text'],
      fields: [
        { key: 'title', type: 'text' },
        { key: 'text', type: 'long_text' },
        { key: 'year', type: 'integer', indexed: true },
        { key: 'shelf', type: 'link', options: { target: 'shelf', inverse: 'books' } },
      ],
    },
  ],
};

const shelf = idOf(1, 9);
const count = 60;
const seed = Math.floor(Math.random() * 2 ** 31);
let harness: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  await harness.insert('shelf', [{ id: shelf, data: {} }]);
  // Many ties: six ranks among the records that have the word.
  await harness.insert(
    'book',
    Array.from({ length: count }, (_, index) => ({
      id: idOf((index * 37) % count),
      data: {
        ...(index % 3 === 0 && { title: 'Whale' }),
        text: `${'whale '.repeat(index % 4)}and ${'more '.repeat(index % 2)}`,
        ...(index % 5 > 0 && { year: index % 5 }),
        ...(index % 7 > 1 && { shelf }),
      },
    })),
  );
});
afterAll(() => harness.close());

/** Ranked, and too much to rank. */
const modes = { ranked: 1000, unranked: 5 } as const;
type Mode = keyof typeof modes;
const recordsOf = (mode: Mode) => harness.records({ limits: { rankedMatches: modes[mode] } });

type Read = (args: ConnectionArguments) => Promise<ConnectionNode>;
const reads = (records: Records): readonly Read[] => [
  async (args) => records.connection('Book', args, everything),
  async (args) =>
    records.linkedConnection({ typeName: 'Shelf', id: shelf, values: {} }, 'books', args, everything),
];

async function walk(
  read: Read,
  args: ConnectionArguments,
  size: number,
  backward: boolean,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page = backward ? { last: size, before: cursor } : { first: size, after: cursor };
    const { edges, pageInfo, totalCount } = await read({ ...args, ...page });
    const [here, there] = [pageInfo.hasNextPage, pageInfo.hasPreviousPage];
    const isFirst = cursor === null;
    expect(backward ? here : there).toBe(!isFirst);
    const shown = edges.map(({ node }) => node.id);
    if (backward) ids.unshift(...shown);
    else ids.push(...shown);
    expect(ids.length).toBeLessThanOrEqual(totalCount ?? 0);
    if (!(backward ? there : here)) return ids;
    cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
  }
}

const filters: readonly (Values | undefined)[] = [
  undefined,
  { year: { gt: 1 } },
  { not: { year: { eq: 2 } } },
];
const orders: readonly (Values[] | null)[] = [
  null,
  [{ year: 'ASC' }],
  [{ year: 'DESC_NULLS_LAST' }, { title: 'ASC' }],
];

test(`pages of any size, either way, give every record that matches once and in order (seed ${seed})`, async () => {
  const asked = fc.record({
    mode: fc.constantFrom<Mode>('ranked', 'unranked'),
    search: fc.constantFrom('whale', 'wha', 'whale more', 'and'),
    where: fc.constantFrom(...filters),
    orderBy: fc.constantFrom(...orders),
    size: fc.integer({ min: 1, max: 25 }),
    backward: fc.boolean(),
    behind: fc.constantFrom(0, 1),
  });
  const property = fc.asyncProperty(asked, async ({ mode, where, size, backward, behind, ...rest }) => {
    const args = { ...rest, ...(where && { where }) };
    const read = reads(recordsOf(mode))[behind] as Read;
    const all = nodeIds(await read({ ...args, first: 1000 }));
    expect(await walk(read, args, size, backward)).toEqual(all);
    // Either mode finds the same; with an ordering in the same order too.
    const other = nodeIds(await (reads(recordsOf('ranked'))[behind] as Read)({ ...args, first: 1000 }));
    expect(args.orderBy ? all : [...all].sort()).toEqual(args.orderBy ? other : [...other].sort());
    expect(all.length).toBeGreaterThan(0);
  });
  await fc.assert(property, { seed, numRuns: 60, endOnFailure: true });
}, 120_000);

test('ranks fall from page to page, and ids rise among equals', async () => {
  const ids = await idsOf(recordsOf('ranked'), 'Book', { search: 'whale', first: 1000 });
  const rows = await harness.query({
    text: `select id, ts_rank('{0.1, 0.2, 0.4, 1}', words, (formwork.search_query('book', 'whale')).ranking, 1)
      from formwork.records where entity_type = 'book'`,
    values: [],
  });
  const ranks = new Map(rows.map(([id, rank]) => [id, Number(rank)]));
  const sorted = ids.toSorted((a, b) => (ranks.get(b) ?? 0) - (ranks.get(a) ?? 0) || (a < b ? -1 : 1));
  expect(ids).toEqual(sorted);
  expect(new Set(ids.map((id) => ranks.get(id))).size).toBeGreaterThan(3);
});

test('where too many match to be ranked, they come in the order of their ids', async () => {
  const ids = await idsOf(recordsOf('unranked'), 'Book', { search: 'whale', first: 1000 });
  expect(ids).toEqual(ids.toSorted());
  expect(ids.length).toBeGreaterThan(modes.unranked);
});

test.each<Mode>(['ranked', 'unranked'])(
  'a list begun %s goes on that way, whatever matches meanwhile',
  async (mode) => {
    const other = recordsOf(mode === 'ranked' ? 'unranked' : 'ranked');
    const { pageInfo } = await recordsOf(mode).connection('Book', { search: 'whale', first: 7 }, everything);
    const all = await idsOf(recordsOf(mode), 'Book', { search: 'whale', first: 1000 });
    const rest = await idsOf(other, 'Book', { search: 'whale', first: 1000, after: pageInfo.endCursor });
    expect(rest).toEqual(all.slice(7));
  },
);

test('takes a cursor for the search that it was made for, and for no other list', async () => {
  const records = recordsOf('ranked');
  const cursorOf = async (args: ConnectionArguments) =>
    (await records.connection('Book', args, everything)).pageInfo.endCursor;
  const ofSearch = await cursorOf({ search: 'whale', first: 3 });
  const ofOther = await cursorOf({ search: 'more', first: 3 });
  const ofList = await cursorOf({ first: 3 });
  for (const args of [
    { search: 'whale', after: ofOther },
    { search: 'whale', after: ofList },
    { search: 'whale', before: ofOther },
    { search: 'whale', after: 'x' },
    { search: 'whale', after: ofSearch, before: ofOther },
    { after: ofSearch },
    { search: 'whale', orderBy: [{ year: 'ASC' }], after: ofSearch },
  ]) {
    const error = await errorOf(records.connection('Book', args, everything));
    expect([error.code, error.message]).toEqual(['BAD_USER_INPUT', expect.stringContaining('is no cursor')]);
  }
  // With an ordering a cursor belongs to the ordering, as with any other filter.
  const ofOrdering = await cursorOf({ orderBy: [{ year: 'ASC' }], first: 3 });
  expect(
    await idsOf(records, 'Book', { search: 'whale', orderBy: [{ year: 'ASC' }], after: ofOrdering }),
  ).not.toEqual([]);
});

test('asks two statements for a page, three with a count, and for all parents together no more', async () => {
  const page = { ...everything, totalCount: false };
  const sent = async (ask: (records: Records) => Promise<unknown>) => {
    const texts: string[] = [];
    const onStatement = ({ text }: { text: string }) => texts.push(text);
    await ask(harness.records({ onStatement }));
    return texts.length;
  };
  expect(await sent((records) => records.connection('Book', { search: 'whale' }, page))).toBe(2);
  expect(await sent((records) => records.connection('Book', { search: 'whale' }, everything))).toBe(3);
  const parents = Array.from({ length: 10 }, (_, index) => idOf(index, 9));
  const linked = (records: Records) =>
    Promise.all(
      parents.map((id) =>
        records.linkedConnection({ typeName: 'Shelf', id, values: {} }, 'books', { search: 'whale' }, page),
      ),
    );
  expect(await sent(linked)).toBe(2);
});
