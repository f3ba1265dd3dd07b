import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { Records, Values } from '../src/contract.ts';
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
      key: 'account',
      plural: 'accounts',
      fields: [{ key: 'code', type: 'text', unique: true, indexed: true }],
    },
    {
      key: 'note',
      plural: 'notes',
      fields: [
        { key: 'title', type: 'text', indexed: true },
        { key: 'state', type: 'select', indexed: true, options: { choices: [{ key: 'open' }] } },
        { key: 'account', type: 'link', options: { target: 'account', inverse: 'notes' } },
        { key: 'shared_with', type: 'links', options: { target: 'account', inverse: 'shared_notes' } },
      ],
    },
  ],
};

const theirAccount = idOf(1, 1);
const theirNote = idOf(2, 1);
const ourAccount = idOf(1, 2);
let theirs: ReadHarness;
let ours: ReadHarness;
let records: Records;

beforeAll(async () => {
  theirs = await createReadHarness(document);
  ours = await theirs.addTenant('other');
  await theirs.insert('account', [{ id: theirAccount, data: { code: 'SECRET' } }]);
  await theirs.insert('note', [
    { id: theirNote, data: { title: 'Secret', state: 'open', account: theirAccount } },
  ]);
  await theirs.link('note', 'shared_with', [[theirNote, theirAccount]]);
  await ours.insert('account', [{ id: ourAccount, data: { code: 'OPEN' } }]);
});
afterAll(() => theirs.close());
beforeEach(() => {
  records = ours.records();
});

const fields = { fields: [] };
/** Each finds their note: by an index, by what it is sorted by, over a link. */
const notes: readonly Values[] = [
  { title: { gte: 'A' } },
  { state: { eq: 'OPEN' } },
  { account: { id: { eq: theirAccount } } },
];

async function countOf(reader: Records, where: Values | undefined): Promise<number> {
  const { totalCount } = await reader.connection('Note', where === undefined ? {} : { where }, everything);
  return Number(totalCount);
}

test('finds nothing of another tenant by id, key or node', async () => {
  expect(await records.byId('Account', theirAccount, fields)).toBeNull();
  expect(await records.byId('Note', theirNote, fields)).toBeNull();
  expect(await records.byKey('Account', 'code', { code: 'SECRET' }, fields)).toBeNull();
  expect(await records.node(theirNote, () => fields)).toBeNull();
});

test('lists, filters and counts nothing of another tenant', async () => {
  expect(await idsOf(records, 'Account', {})).toEqual([ourAccount]);
  expect(await idsOf(records, 'Note', {})).toEqual([]);
  expect(await idsOf(records, 'Account', { where: { id: { eq: theirAccount } } })).toEqual([]);
  expect(await idsOf(records, 'Account', { where: { not: { code: { eq: 'OPEN' } } } })).toEqual([]);
  expect(await idsOf(records, 'Account', { where: { notes: { count: { gt: 0 } } } })).toEqual([]);
  expect(await countOf(records, undefined)).toBe(0);
  for (const where of notes) {
    expect(await idsOf(records, 'Note', { where })).toEqual([]);
    expect(await countOf(records, where)).toBe(0);
  }
});

test('follows no link into another tenant, whatever parent is made up', async () => {
  const note = { typeName: 'Note', id: theirNote, values: { account: theirAccount } };
  const account = { typeName: 'Account', id: theirAccount, values: {} };
  expect(await records.linkedRecord(note, 'account', fields)).toBeNull();
  for (const [parent, name] of [
    [note, 'sharedWith'],
    [account, 'notes'],
    [account, 'sharedNotes'],
  ] as const) {
    const connection = await records.linkedConnection(parent, name, {}, everything);
    expect([nodeIds(connection), connection.totalCount]).toEqual([[], 0]);
  }
});

test('takes no cursor of another tenant', async () => {
  const { pageInfo } = await theirs.records().connection('Account', {}, everything);
  const error = await errorOf(records.connection('Account', { after: pageInfo.endCursor }, everything));
  expect([error.code, error.message]).toEqual([
    'BAD_USER_INPUT',
    expect.stringContaining('"after" is no cursor'),
  ]);
});

test('and yet all of it is there', async () => {
  for (const where of [undefined, ...notes]) expect(await countOf(theirs.records(), where)).toBe(1);
  expect(
    await idsOf(theirs.records(), 'Note', { where: { sharedWith: { some: { code: { eq: 'SECRET' } } } } }),
  ).toEqual([theirNote]);
  const counted = await asAdmin(theirs.database, (admin) =>
    admin.query('select count(*)::int as n from formwork.records where id = any ($1)', [
      [theirNote, theirAccount],
    ]),
  );
  expect(counted.rows).toEqual([{ n: 2 }]);
});

test('sends the same SQL for tenants of one shape, and for other values', async () => {
  const texts = async (harness: ReadHarness, code: string, after: string | null) => {
    const sent: string[] = [];
    const fresh = harness.records({ onStatement: ({ text }) => sent.push(text) });
    const where = {
      code: { startsWith: code, in: [code, `${code}2`] },
      notes: { some: { title: { eq: code } } },
    };
    const orderBy = [{ code: 'DESC' }];
    await fresh.connection('Account', { where, orderBy, first: code.length, after }, everything);
    await Promise.all(['x', code].map((key) => fresh.byKey('Account', 'code', { code: key }, fields)));
    await fresh.linkedConnection(
      { typeName: 'Account', id: idOf(code.length), values: {} },
      'notes',
      { first: 2 },
      everything,
    );
    return sent;
  };
  const cursorOf = async (harness: ReadHarness) =>
    (await harness.records().connection('Account', { orderBy: [{ code: 'DESC' }] }, everything)).pageInfo
      .endCursor;
  const ofTheirs = await texts(theirs, 'SECRET', await cursorOf(theirs));
  expect(await texts(ours, "'; drop", await cursorOf(ours))).toEqual(ofTheirs);
  expect(ofTheirs.join()).not.toContain('SECRET');
});

/** What the planner expects of a condition is what is frequent in the whole table. */
test('estimates nothing of what another tenant has', async () => {
  const counts = [
    { mode: 'ESTIMATE', cap: 2 },
    { mode: 'ESTIMATE', cap: 100 },
  ] as const;
  const selection = { node: null, cursors: false, pageInfo: false, totalCount: false, counts };
  const estimate = async (title: string) => {
    const found = await records.connection('Note', { where: { title: { eq: title } } }, selection);
    return found.counts;
  };
  let noted = 0;
  const note = (title: string) => {
    noted += 1;
    return { id: idOf(3, noted), data: { title } };
  };
  await ours.insert(
    'note',
    [1, 2, 3, 4, 5].map(() => note('common')),
  );
  const five = [
    { count: 5, isExact: false },
    { count: 5, isExact: true },
  ];
  const none = { count: 0, isExact: true };
  expect(await estimate('common')).toEqual(five);
  await theirs.insert(
    'note',
    Array.from({ length: 3_000 }, (_, n) => note(n % 2 === 0 ? 'common' : 'theirs')),
  );
  await asAdmin(theirs.database, async (admin) => {
    await admin.query('analyze formwork.records');
    const { rows } = await admin.query(`select from formwork.records where data ->> 'title' = 'common'`);
    expect(rows).toHaveLength(1_505);
  });
  expect(await estimate('common')).toEqual(five);
  expect(await estimate('theirs')).toEqual([none, none]);
});
