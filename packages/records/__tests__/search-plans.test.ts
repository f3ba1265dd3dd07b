import { sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import { explain, explainShared, statementsOf } from './read-explain.ts';
import { createReadHarness, everything, type ReadHarness } from './read-harness.ts';

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    { key: 'shelf', plural: 'shelves', fields: [{ key: 'name', type: 'text' }] },
    {
      key: 'book',
      plural: 'books',
      searchable: ['title'],
      fields: [
        { key: 'title', type: 'text' },
        { key: 'year', type: 'integer', indexed: true },
        { key: 'shelf', type: 'link', options: { target: 'shelf', inverse: 'books' } },
      ],
    },
  ],
};

const rows = 12_000;
let large: ReadHarness;
let small: ReadHarness;

beforeAll(async () => {
  large = await createReadHarness(document);
  small = await large.addTenant('small');
  await Promise.all([fill(large, rows), fill(small, 200)]);
  await asAdmin(large.database, (admin) => admin.query('vacuum analyze formwork.records'));
}, 120_000);
afterAll(() => large.close());

/** Every record has "common", of the large tenant one in 600 "seldom", one "single". */
async function fill({ write }: ReadHarness, count: number): Promise<void> {
  await write(sql`insert into formwork.records (entity_type, data)
    select 'book', jsonb_build_object('year', i % 100, 'title', 'Common w' || i
      || case when i % 600 = 0 then ' seldom' else '' end || case when i = 7 then ' single' else '' end)
    from generate_series(1, ${count}::int) i`);
}

/** How the function itself goes about it, which EXPLAIN does not tell: as its owner, with its own text. */
async function planOfSearch(
  { database, tenantId }: ReadHarness,
  search: string,
  call = 'search_records($1, $2, null, true)',
): Promise<string> {
  return asAdmin(database, async (admin) => {
    await admin.query(`begin; set local session_preload_libraries = ''; load 'auto_explain';
      set local auto_explain.log_min_duration = 0; set local auto_explain.log_nested_statements = on;
      set local auto_explain.log_analyze = on; set local auto_explain.log_format = 'text';
      set local client_min_messages = log; set local auto_explain.log_level = 'notice'`);
    const notices: string[] = [];
    const listen = ({ message }: { message?: string | undefined }) => notices.push(message ?? '');
    admin.on('notice', listen);
    try {
      await admin.query(
        `set local role formwork_gateway; select set_config('app.tenant_id', '${tenantId}', true)`,
      );
      await admin.query(`select count(*) from formwork.${call}`, ['book', search]);
    } finally {
      admin.off('notice', listen);
      await admin.query('rollback');
    }
    return notices.filter((text) => text.includes('f.words')).join('\n');
  });
}

test.each([
  ['seldom', 20],
  ['single', 1],
  ['common', rows],
])(
  'the search for %s uses the index of words under row-level security, and reads %i records',
  async (word, count) => {
    const plan = await planOfSearch(large, word);
    expect(plan).toMatch(/Bitmap Index Scan on records_words/);
    expect(plan).toMatch(new RegExp(`Bitmap Heap Scan on records r .*rows=${count}(\\.00)? loops=1`));
    expect(plan).not.toMatch(/Seq Scan/);
    expect(plan).not.toMatch(/Rows Removed/);
  },
);

test.each([
  ['seldom', 20],
  ['single', 1],
  ['common', 101],
])(
  'the search for %s, of which a hundred would be ranked, looks at %i records by the same index',
  async (word, count) => {
    const plan = await planOfSearch(large, word, 'search_few($1, $2, 100, true)');
    expect(plan).toMatch(/Bitmap Index Scan on records_words/);
    expect(plan).toMatch(new RegExp(`Bitmap Heap Scan on records r .*rows=${count}(\\.00)? loops=1`));
    expect(plan).not.toMatch(/Seq Scan|Rows Removed/);
  },
);

test('the search of a small tenant reads its own records and none of a large one with the same words', async () => {
  const plan = await planOfSearch(small, 'common');
  expect(plan).toMatch(/Bitmap Index Scan on records_words .*rows=200(\.00)? loops=1/);
});

const selection = { ...everything, totalCount: false };

test('a page of what matches looks at what matches and no more', async () => {
  const [page, outcome, ...rest] = await statementsOf(large, (records) =>
    records.connection('Book', { search: 'seldom' }, selection),
  );
  if (page === undefined) throw new Error('Nothing was sent');
  expect([page.reusesPlan, outcome?.reusesPlan, rest]).toEqual([true, true, []]);
  for (const plan of [await explain(large, page), await explainShared(small, page, large)]) {
    expect(plan.scans.join()).toMatch(/^records_(pkey|by_id): id =/);
    expect(plan.read).toBeLessThanOrEqual(2 * 20);
  }
});

test.each([
  ['in the order of ids', null, /^records_(pkey|by_id): /],
  ['in an order of an index', [{ year: 'ASC' }], /^records_n1: /],
])('a page of what far too many match looks at what it shows, %s', async (_, orderBy, index) => {
  const limits = { rankedMatches: 100 };
  const sent: { text: string; values: readonly (string | null)[] }[] = [];
  const records = large.records({ limits, onStatement: (statement) => sent.push(statement) });
  await records.connection('Book', { search: 'common', orderBy }, selection);
  // In vain for few, what came of that, and then so.
  expect(sent.length).toBe(3);
  const page = sent[2];
  if (page === undefined) throw new Error('Nothing was sent');
  const plan = await explain(large, page);
  expect(plan.scans[0]).toMatch(index);
  expect(plan.sorts.filter((sort) => sort !== 'Incremental Sort')).toEqual([]);
  // Each record, and once more for its words; and those that share a year.
  expect(plan.read).toBeLessThan(700);
});
