import type { RegistryDocument } from '@formwork/registry';
import { createReadHarness, errorOf, everything, idOf, nodeIds, type ReadHarness } from './read-harness.ts';

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'thing',
      plural: 'things',
      fields: [
        { key: 'name', type: 'text', indexed: true },
        { key: 'size', type: 'integer' },
        { key: 'kind', type: 'select', options: { choices: [{ key: 'b' }, { key: 'a' }] } },
      ],
    },
    { key: 'other', plural: 'others', fields: [{ key: 'name', type: 'text', indexed: true }] },
  ],
};

const hostile = [
  `a'b`,
  'a\\b',
  'a"b',
  'a%_b',
  '{a,b}',
  '$1',
  '\u{1f600}',
  'NULL',
  '',
  ' ',
  'null\n',
  `${'x'.repeat(999)}\u{1f600}`,
];
let harness: ReadHarness;

beforeAll(async () => {
  harness = await createReadHarness(document);
  await harness.insert(
    'thing',
    hostile.map((name, size) => ({ id: idOf(size), data: { name, size } })),
  );
  await harness.insert('other', [{ id: idOf(0, 1), data: { name: 'x' } }]);
});
afterAll(() => harness.close());

const byName = [{ name: 'ASC' }];

async function cursor(): Promise<string> {
  const page = await harness.records().connection('Thing', { orderBy: byName, first: 3 }, everything);
  return page.pageInfo.endCursor ?? '';
}

function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

test.each<[string, (cursor: string) => Promise<unknown>]>([
  ['another ordering', async (after) => connection({ orderBy: [{ name: 'DESC' }], after })],
  ['the default ordering', async (after) => connection({ after })],
  [
    'another entity',
    async (after) => harness.records().connection('Other', { orderBy: byName, after }, everything),
  ],
  [
    'another role',
    async (after) =>
      harness.records({ role: 'guest' }).connection('Thing', { orderBy: byName, after }, everything),
  ],
  ['a changed code', async (after) => connection({ orderBy: byName, after: flip(after, 2) })],
  ['a changed value', async (after) => connection({ orderBy: byName, after: flip(after, after.length - 4) })],
  ['letters that base64 skips', async (after) => connection({ orderBy: byName, after: `${after}%` })],
  ['a cut', async (after) => connection({ orderBy: byName, after: after.slice(0, 20) })],
  ['nothing', async () => connection({ orderBy: byName, after: '' })],
])('refuses a cursor with %s', async (_, use) => {
  const error = await errorOf(use(await cursor()));
  expect([error.code, error.message]).toEqual([
    'BAD_USER_INPUT',
    expect.stringContaining('is no cursor of this list'),
  ]);
});

function connection(args: Parameters<ReturnType<ReadHarness['records']>['connection']>[1]) {
  return harness.records().connection('Thing', args, everything);
}

test('goes on from a cursor when the filter has changed, and after its record has gone', async () => {
  const all = nodeIds(await connection({ orderBy: byName }));
  const after = await cursor();
  const rest = await connection({ orderBy: byName, after, where: { size: { gte: 0 } } });
  expect(nodeIds(rest)).toEqual(all.slice(3));
  await harness.delete(all[2] ?? '');
  expect(nodeIds(await connection({ orderBy: byName, after }))).toEqual(all.slice(3));
  const back = await connection({ orderBy: byName, before: after, last: 5 });
  expect(nodeIds(back)).toEqual(all.slice(0, 2));
  expect(back.pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
});

test('walks over values of any kind, one record at a time', async () => {
  const all = nodeIds(await connection({ orderBy: byName }));
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page = await connection({ orderBy: byName, first: 1, after });
    seen.push(...nodeIds(page));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toEqual(all);
});

test('finds values that look like SQL, patterns or arrays as they are', async () => {
  for (const [size, name] of hostile.entries()) {
    const ids = await Promise.all(
      ([{ eq: name }, { in: [name] }, { eqInsensitive: name.toUpperCase() }] as const).map(
        async (operators) => nodeIds(await connection({ where: { name: operators, size: { eq: size } } })),
      ),
    );
    const expected = nodeIds(await connection({ where: { size: { eq: size } } }));
    expect([name, ...ids]).toEqual([name, expected, expected, expected]);
  }
});

test.each<Record<string, unknown>>([
  { name: { eq: '\0' } },
  { name: { in: ['a', 'b\0'] } },
  { name: { startsWith: '\ud800' } },
  { name: { contains: 7 } },
  { size: { eq: '7' } },
  { size: { gt: 1.5 } },
  { size: { in: 'x' } },
  { size: { in: [1, null] } },
  { kind: { eq: 'C' } },
  { id: { eq: 'x' } },
  { createdAt: { lt: '2026-02-30T00:00:00Z' } },
  { and: { name: { eq: 'x' } } },
  { not: [] },
  { __proto__: { eq: 1 }, constructor: { eq: 1 } },
])('refuses the filter %j with its path', async (where) => {
  const error = await errorOf(connection({ where }));
  expect(error.code).toBe('BAD_USER_INPUT');
  expect(String(error.details['path'])).toMatch(/^where\./);
});

test('refuses filters and orderings without end', async () => {
  let deep: Record<string, unknown> = { size: { eq: 1 } };
  for (let depth = 0; depth < 30; depth++) deep = { not: deep };
  expect((await errorOf(connection({ where: deep }))).code).toBe('LIMIT_EXCEEDED');
  const wide = { or: Array.from({ length: 600 }, (_, size) => ({ size: { eq: size } })) };
  expect((await errorOf(connection({ where: wide }))).code).toBe('LIMIT_EXCEEDED');
  const orderBy = Array.from({ length: 21 }, () => ({ size: 'ASC' }));
  expect((await errorOf(connection({ orderBy }))).code).toBe('LIMIT_EXCEEDED');
});
