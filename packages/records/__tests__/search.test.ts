import { sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import type { ConnectionArguments, Records } from '../src/contract.ts';
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
    {
      key: 'maker',
      plural: 'makers',
      softDelete: true,
      fields: [{ key: 'name', type: 'text' }],
    },
    {
      key: 'product',
      plural: 'products',
      softDelete: true,
      searchable: ['name', 'description', 'contact', 'site', 'phone'],
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'description', type: 'long_text' },
        { key: 'contact', type: 'email' },
        { key: 'site', type: 'url' },
        { key: 'phone', type: 'phone' },
        { key: 'secret', type: 'text' },
        { key: 'price', type: 'integer', indexed: true },
        { key: 'maker', type: 'link', options: { target: 'maker', inverse: 'products' } },
        { key: 'parts', type: 'links', options: { target: 'product', inverse: 'part_of' } },
      ],
    },
  ],
};

const maker = idOf(1, 9);
const otherMaker = idOf(2, 9);
let harness: ReadHarness;
let records: Records;

/** Products in this order; their names are told in place of their ids. */
const products: readonly Record<string, unknown>[] = [
  { name: "Chicago O'Hare", description: 'A large airport', price: 3, maker },
  { name: 'Größe XL', description: 'München, Straße 5', price: 1 },
  { name: 'SKU-123', description: 'large', price: 2, maker },
  { name: 'SKU-124', description: 'a lot of 123 pieces', price: 5 },
  {
    name: 'Mail',
    contact: 'Bob.Smith@Example.com',
    site: 'https://www.formwork.dev/docs?a=b',
    phone: '+49 30 1234567',
  },
  { name: '東京タワー', description: 'ラーメン屋', price: 4, maker: otherMaker },
  { name: 'Pizza 🍕🍺', secret: 'hidden' },
  { name: 'x', description: 'e-mail, U.S.A., AT&T, naïve Ångström' },
  { name: 'Airport', description: 'O hare, a large large large one', price: 0, maker },
  { name: 'Привет Мир', description: 'ПРИВЕТ' },
  { name: 'bare', description: '-- ! & | :* \\ \' "' },
];

beforeAll(async () => {
  harness = await createReadHarness(document);
  await harness.insert('maker', [
    { id: maker, data: { name: 'One' } },
    { id: otherMaker, data: { name: 'Two' } },
  ]);
  await harness.insert(
    'product',
    products.map((data, index) => ({ id: idOf(index), data })),
  );
});
afterAll(() => harness.close());
beforeEach(() => {
  records = harness.records();
});

const nameOf = (id: string): unknown => products[Number.parseInt(id.slice(-8), 16)]?.name;
const found = async (search: string, args: ConnectionArguments = {}) =>
  (await idsOf(records, 'Product', { ...args, search })).map(nameOf);

test.each([
  // Case and accents count for nothing.
  ['CHICAGO', ["Chicago O'Hare"]],
  ['munchen', ['Größe XL']],
  ['MÜNCHEN', ['Größe XL']],
  ['strasse', ['Größe XL']],
  ['ПРИВЕТ', ['Привет Мир']],
  ['angstrom', ['x']],
  // All words have to match, in whatever field, the last one as a beginning.
  ['large airp', ['Airport', "Chicago O'Hare"]],
  ['airport chic', ["Chicago O'Hare"]],
  ['chic airport', []],
  ['chicago  xl', []],
  ['g', ['Größe XL']],
  // Parts of a word, and the word as a whole.
  ["o'hare", ["Chicago O'Hare", 'Airport']],
  ['O’Hare', ["Chicago O'Hare", 'Airport']],
  ['ohare', ["Chicago O'Hare"]],
  ['hare chicago', ["Chicago O'Hare"]],
  ['SKU-123', ['SKU-123']],
  ['sku 123', ['SKU-123', 'SKU-124']],
  ['sku123', ['SKU-123']],
  ['sku-12', ['SKU-123', 'SKU-124']],
  ['sku', ['SKU-123', 'SKU-124']],
  ['email', ['x']],
  ['e-mail x', ['x']],
  ['usa x', ['x']],
  ['at&t', ['x']],
  ['bob.smith@example.com', ['Mail']],
  ['smith', ['Mail']],
  ['example', ['Mail']],
  ['formwork.dev', ['Mail']],
  ['https://www.formwork.dev/docs', ['Mail']],
  ['1234567', ['Mail']],
  // Scripts without spaces, emoji.
  ['東京', ['東京タワー']],
  ['タワー', ['東京タワー']],
  ['東', ['東京タワー']],
  ['東タ', []],
  ['ラーメン 東京', ['東京タワー']],
  ['🍕', ['Pizza 🍕🍺']],
  ['pizza 🍺', ['Pizza 🍕🍺']],
  // What means something in a query of Postgres means nothing here.
  ['chicago & !hare', ["Chicago O'Hare"]],
  ['chicago | sku', []],
  ["chicago':*", ["Chicago O'Hare"]],
  ["'nothing' | 'sku':*", []],
  ['\\chicago\\', ["Chicago O'Hare"]],
  ['x', ['x', 'Größe XL']],
  // Only what is marked is looked into.
  ['hidden', []],
  ['nothing', []],
])('%j finds %j', async (search, names) => {
  expect(await found(search)).toEqual(names);
});

test('what is found in the first field weighs most, a whole word more than a beginning, then the id decides', async () => {
  // In the name; often in the description; once in a longer description.
  expect(await found('airport')).toEqual(['Airport', "Chicago O'Hare"]);
  expect(await found('large')).toEqual(['SKU-123', 'Airport', "Chicago O'Hare"]);
  expect(await found('sku')).toEqual(['SKU-123', 'SKU-124']);
});

test('goes together with a filter and an ordering, which is then the order', async () => {
  expect(await found('large', { where: { price: { gt: 1 } } })).toEqual(['SKU-123', "Chicago O'Hare"]);
  expect(await found('large', { orderBy: [{ price: 'ASC' }] })).toEqual([
    'Airport',
    'SKU-123',
    "Chicago O'Hare",
  ]);
  expect(
    await found('large', { where: { not: { price: { eq: 0 } } }, orderBy: [{ price: 'DESC' }] }),
  ).toEqual(["Chicago O'Hare", 'SKU-123']);
});

test('counts in every mode, alone and with a filter', async () => {
  const counts = [
    { mode: 'EXACT', cap: 10 },
    { mode: 'CAPPED', cap: 1 },
    { mode: 'ESTIMATE', cap: 10 },
  ] as const;
  const selection = { ...everything, node: null, cursors: false, pageInfo: false, counts };
  const answer = await records.connection('Product', { search: 'large' }, selection);
  expect(answer.counts).toEqual([
    { count: 3, isExact: true },
    { count: 1, isExact: false },
    { count: 3, isExact: true },
  ]);
  const filtered = await records.connection(
    'Product',
    { search: 'large', where: { price: { eq: 2 } } },
    everything,
  );
  expect(filtered.totalCount).toBe(1);
});

test('searches what each parent is linked with, over every kind of link', async () => {
  await harness.link('product', 'parts', [
    [idOf(8), idOf(2)],
    [idOf(8), idOf(3)],
    [idOf(8), idOf(0)],
  ]);
  const linked = async (typeName: string, id: string, field: string, args: ConnectionArguments) => {
    const connection = await records.linkedConnection({ typeName, id, values: {} }, field, args, everything);
    return [nodeIds(connection).map(nameOf), connection.totalCount];
  };
  const answers = await Promise.all([
    linked('Maker', maker, 'products', { search: 'large', first: 2 }),
    linked('Maker', otherMaker, 'products', { search: 'large', first: 2 }),
    linked('Maker', otherMaker, 'products', { search: '東京' }),
    linked('Product', idOf(8), 'parts', { search: 'sku', where: { price: { gt: 2 } } }),
    linked('Product', idOf(3), 'partOf', { search: 'airport' }),
    linked('Maker', maker, 'products', { search: 'large', orderBy: [{ price: 'ASC' }] }),
  ]);
  expect(answers).toEqual([
    [['SKU-123', 'Airport'], 3],
    [[], 0],
    [['東京タワー'], 1],
    [['SKU-124'], 1],
    [['Airport'], 1],
    [['Airport', 'SKU-123', "Chicago O'Hare"], 3],
  ]);
});

test('groups what matches', async () => {
  const selection = {
    keys: false,
    count: true,
    countDistinct: [],
    sum: ['price'],
    avg: [],
    min: [],
    max: [],
  };
  expect(await records.aggregate('Product', { search: 'large' }, selection)).toMatchObject([
    { count: 3, sum: { price: 5 } },
  ]);
  const parent = { typeName: 'Maker', id: maker, values: {} };
  const linked = await records.linkedAggregate(parent, 'products', { search: 'airport' }, selection);
  expect(linked).toMatchObject([{ count: 2, sum: { price: 3 } }]);
});

test.each([
  [null, /"search" is null\. To list everything leave it out/],
  ['', /"search" has no word in it/],
  [' \t\n', /has no word in it/],
  ['.,;:!? -- \'" \\ …', /has no word in it/],
  ['\u200d\ufe0f', /has no word in it/],
  ['x'.repeat(501), /has 501 characters; at most 500/],
  ['a\0b', /has a character that no text can hold/],
  ['\ud800', /has a character that no text can hold/],
])('refuses %j, and never matches everything', async (search, message) => {
  const selection = { keys: false, count: true, countDistinct: [], sum: [], avg: [], min: [], max: [] };
  const parent = { typeName: 'Maker', id: maker, values: {} };
  for (const asked of [
    records.connection('Product', { search }, everything),
    records.connection('Product', { search, orderBy: [{ price: 'ASC' }] }, everything),
    records.linkedConnection(parent, 'products', { search }, everything),
    records.aggregate('Product', { search }, selection),
    records.linkedAggregate(parent, 'products', { search }, selection),
  ]) {
    const error = await errorOf(Promise.resolve(asked));
    expect([error.code, error.details]).toEqual(['BAD_USER_INPUT', { path: 'search' }]);
    expect(error.message).toMatch(message);
  }
});

test('refuses to search an entity with nothing searchable', async () => {
  const error = await errorOf(records.connection('Maker', { search: 'one' }, everything));
  expect(error.message).toMatch(/no field of "maker" is searchable/);
});

test('follows what is written: changed, taken away, deleted, restored', async () => {
  const id = idOf(200, 1);
  const { write } = harness;
  const ids = () => idsOf(records, 'Product', { search: 'quixotic' });
  await harness.insert('product', [{ id, data: { name: 'Quixotic' } }]);
  expect(await ids()).toEqual([id]);
  await write(sql`update formwork.records set data = data || '{"price": 7}' where id = ${id}::uuid`);
  expect(await ids()).toEqual([id]);
  await write(sql`update formwork.records set deleted_at = now() where id = ${id}::uuid`);
  expect(await ids()).toEqual([]);
  await write(sql`update formwork.records set deleted_at = null where id = ${id}::uuid`);
  expect(await ids()).toEqual([id]);
  await write(
    sql`update formwork.records set data = '{"name": "Plain", "description": "quixotical"}' where id = ${id}::uuid`,
  );
  expect(await ids()).toEqual([id]);
  await write(sql`update formwork.records set data = '{"name": "Plain"}' where id = ${id}::uuid`);
  expect(await ids()).toEqual([]);
  await harness.delete(id);
});

test('takes texts of any length and any signs, and finds by their beginning', async () => {
  const id = idOf(201, 1);
  const long = 'Lorem-ipsum '.repeat(20_000);
  const texts = [
    `zzyzx ${long}`,
    `zzyzx ${'東京都'.repeat(20_000)}`,
    `zzyzx ${'\u{1F355}'.repeat(20_000)}`,
    `zzyzx ${'a-'.repeat(20_000)}`,
    `zzyzx ${'ﷺ'.repeat(20_000)}`,
    `zzyzx ${Array.from({ length: 20_000 }, (_, index) => index.toString(36)).join(' ')}`,
    `zzyzx ${'\u0301'.repeat(20_000)} ${'x'.repeat(100_000)}`,
    `zzyzx ${String.fromCodePoint(...Array.from({ length: 5_000 }, (_, index) => 0x20 + index * 11)).replaceAll(/\p{Surrogate}/gu, '')}`,
  ];
  for (const description of texts) {
    await harness.insert('product', [{ id, data: { name: 'long', description, contact: 'a@b.c' } }]);
    expect(await idsOf(records, 'Product', { search: 'long zzyz' })).toEqual([id]);
    await harness.delete(id);
  }
  await harness.insert('product', [{ id, data: { name: 'y'.repeat(300) } }]);
  expect(await idsOf(records, 'Product', { search: 'y'.repeat(300) })).toEqual([id]);
  expect(await idsOf(records, 'Product', { search: 'y'.repeat(30) })).toEqual([id]);
  await harness.delete(id);
});
