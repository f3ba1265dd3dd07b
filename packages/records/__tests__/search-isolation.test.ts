import { type Statement, sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { Records } from '../src/contract.ts';
import { createReadHarness, everything, idOf, idsOf, nodeIds, type ReadHarness } from './read-harness.ts';

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    { key: 'team', plural: 'teams', fields: [{ key: 'name', type: 'text' }] },
    {
      key: 'note',
      plural: 'notes',
      searchable: ['title'],
      fields: [
        { key: 'title', type: 'text' },
        { key: 'team', type: 'link', options: { target: 'team', inverse: 'notes' } },
      ],
    },
  ],
};

const theirNote = idOf(1, 1);
const theirTeam = idOf(2, 1);
const ourNote = idOf(1, 2);
let theirs: ReadHarness;
let ours: ReadHarness;
let records: Records;
let theirNumber: string;

beforeAll(async () => {
  theirs = await createReadHarness(document);
  ours = await theirs.addTenant('other');
  await theirs.insert('team', [{ id: theirTeam, data: { name: 'T' } }]);
  await theirs.insert('note', [{ id: theirNote, data: { title: 'Common secret word', team: theirTeam } }]);
  await ours.insert('note', [{ id: ourNote, data: { title: 'Common word' } }]);
  const { rows } = await asAdmin(theirs.database, (admin) =>
    admin.query<{ number: string }>('select number::text from formwork.tenants where id = $1', [
      theirs.tenantId,
    ]),
  );
  theirNumber = rows[0]?.number ?? '';
});
afterAll(() => theirs.close());
beforeEach(() => {
  records = ours.records();
});

test('finds, counts and groups nothing of another tenant with the same shape and the same words', async () => {
  expect(await idsOf(records, 'Note', { search: 'common' })).toEqual([ourNote]);
  expect(await idsOf(records, 'Note', { search: 'w' })).toEqual([ourNote]);
  expect(await idsOf(ours.records({ limits: { rankedMatches: 0 } }), 'Note', { search: 'common' })).toEqual([
    ourNote,
  ]);
  const { totalCount } = await records.connection('Note', { search: 'secret' }, everything);
  expect(totalCount).toBe(0);
  const selection = { keys: false, count: true, countDistinct: [], sum: [], avg: [], min: [], max: [] };
  expect(await records.aggregate('Note', { search: 'secret' }, selection)).toMatchObject([{ count: 0 }]);
  for (const rankedMatches of [0, 10]) {
    const made = ours.records({ limits: { rankedMatches } });
    const parent = { typeName: 'Team', id: theirTeam, values: {} };
    const connection = await made.linkedConnection(parent, 'notes', { search: 'common' }, everything);
    expect([nodeIds(connection), connection.totalCount]).toEqual([[], 0]);
  }
});

const functions = ['search_records', 'search_few'] as const;

const call = (
  name: (typeof functions)[number],
  type: string,
  search: string,
  most: number | null = 1_000_000_000,
) => sql`select id::text from ${sql.identifier('formwork', name)}(${type}, ${search}, ${most}::int, true)`;

const hostile = (): readonly string[] => [
  `${theirNumber}:secret`,
  `${theirNumber}:${'0'.repeat(4)}:secret`,
  `'${theirNumber}:secret'`,
  `x' | '${theirNumber}:secret`,
  `common' | '${theirNumber}:secret':*`,
  `common':* | 'secret`,
  `\\' | ${theirNumber}:* | \\'`,
  'secret',
  'secret:*',
  '!nothing',
  '!!secret',
  '!nothing | secret',
  ':*',
  "''",
  '(secret | common)',
  'common <-> secret',
  `$1 ${theirNumber} %s %I`,
  "secret'); select id from formwork.records; --",
];

test.each(functions)('%s gives nothing of another tenant, whatever is put into it', async (name) => {
  const found = new Set<string>();
  for (const type of ['note', 'team', '', `note:${theirNumber}`, "note' | '1:"]) {
    for (const search of hostile()) {
      for (const most of [null, 1_000_000_000]) {
        for (const [id] of await ours.query(call(name, type, search, most))) found.add(id ?? '');
      }
    }
  }
  expect([...found].filter((id) => id !== ourNote)).toEqual([]);
  expect(await theirs.query(call(name, 'note', 'secret'))).toEqual([[theirNote]]);
});

test('what a search has come to tells of our own records alone, and nothing of it outlives its transaction', async () => {
  const outcome = sql`select current_setting('app.search_found', true)`;
  const few = (search: string) => call('search_few', 'note', search, 0);
  // Of ours none has the word, of theirs one, which is too many of none.
  expect(await ours.query(few('secret'), outcome)).toEqual([['f']]);
  expect(await ours.query(few('common'), outcome)).toEqual([['m']]);
  expect(await theirs.query(few('secret'), outcome)).toEqual([['m']]);
  expect(await ours.query(outcome)).not.toEqual([['m']]);
});

test('the gateway sees no words of another tenant, with a query that names them', async () => {
  const words = await theirs.query(sql`select words::text from formwork.records where words is not null`);
  expect(words).toEqual([[expect.stringContaining(`'${theirNumber}:`)]]);
  const [lexeme] = (words[0]?.[0] ?? '').split(':').slice(0, 2).join(':').split(' ');
  const asked = `${lexeme}:secret':*`;
  expect(asked).toMatch(/^'\d+:[0-9a-f]{4}:secret':\*$/);
  const direct = sql`select id::text from formwork.records where words @@ ${asked}::tsquery`;
  expect(await ours.query(direct)).toEqual([]);
  expect(
    await ours.query(
      sql`select word from ts_stat('select words from formwork.records') where word like ${`${theirNumber}:%`}`,
    ),
  ).toEqual([]);
  expect(await theirs.query(direct)).toEqual([[theirNote]]);
});

test.each(functions)('%s without a tenant, or with one that is none, is an error', async (name) => {
  const ask = (setting: string | null) =>
    asAdmin(theirs.database, async (admin) => {
      await admin.query('begin; set local role formwork_gateway');
      try {
        if (setting !== null) await admin.query(`select set_config('app.tenant_id', $1, true)`, [setting]);
        const asked = admin.query(`select * from formwork.${name}('note', 'secret', 9, true)`);
        return (await asked.then(
          ({ rows }) => rows,
          (error: { code: string }) => error.code,
        )) as unknown;
      } finally {
        await admin.query('rollback');
      }
    });
  expect(await ask(null)).toBe('42704');
  expect(await ask('')).toBe('22P02');
  expect(await ask('00000000-0000-0000-0000-000000000000')).toEqual([]);
  expect(await ask(theirs.tenantId)).toEqual([expect.objectContaining({ id: theirNote })]);
});

test('nobody but the gateway may search, and the role that searches sees words and no values', async () => {
  const { rows } = await asAdmin(theirs.database, (admin) =>
    admin.query(`select
      has_function_privilege('formwork_designer', f, 'execute') as designer,
      has_function_privilege('public', f, 'execute') as public,
      has_column_privilege('formwork_search', 'formwork.records', 'data', 'select') as data,
      has_column_privilege('formwork_search', 'formwork.records', 't1', 'select') as slots,
      has_table_privilege('formwork_search', 'formwork.records', 'insert, update, delete') as writes,
      has_schema_privilege('formwork_search', 'formwork', 'create') as creates
      from unnest(array['formwork.search_records(text, text, int, boolean)'::regprocedure,
        'formwork.search_few(text, text, int, boolean)'::regprocedure]) f`),
  );
  const nothing = {
    designer: false,
    public: false,
    data: false,
    slots: false,
    writes: false,
    creates: false,
  };
  expect(rows).toEqual([nothing, nothing]);
});

test('the words of a record cannot be written', async () => {
  const refused = async (statement: Statement) =>
    ours.write(statement).then(
      () => 'written',
      (error: { sqlstate?: string }) => error.sqlstate,
    );
  expect(
    await refused(sql`update formwork.records set words = '''1:0000:x''' where id = ${ourNote}::uuid`),
  ).toBe('42501');
  expect(
    await refused(sql`insert into formwork.records (entity_type, data, words) values ('note', '{}', '')`),
  ).toBe('42501');
});

test('and yet all of it is there', async () => {
  expect(await idsOf(theirs.records(), 'Note', { search: 'common' })).toEqual([theirNote]);
  const counted = await asAdmin(theirs.database, (admin) =>
    admin.query(
      "select count(*)::int as n from formwork.records where entity_type = 'note' and words is not null",
    ),
  );
  expect(counted.rows).toEqual([{ n: 2 }]);
});
