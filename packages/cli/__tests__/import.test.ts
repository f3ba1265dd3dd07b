import { readFileSync } from 'node:fs';
import { runHere } from './command-line.ts';
import { ImportHarness, type Summary } from './import-harness.ts';

let harness: ImportHarness;

beforeAll(async () => {
  harness = await ImportHarness.open();
});
afterAll(() => harness.close());

describe('columns', () => {
  test.each([
    [
      'unknown ones, with what there is',
      'name,colour\na,b\n',
      [],
      [/Column "colour" is no field of entity "tag"/, /The file has: "name", "colour"/, /--skip/],
    ],
    [
      'a required one that is missing',
      'other\nx\n',
      ['--skip', 'other'],
      [/No column gives "name", which is required/],
    ],
    ['two for one field', 'name,Name\na,b\n', [], [/Columns "name" and "Name" both go to "name"/]],
    [
      'a mapping of a column that is not there',
      'name\na\n',
      ['--map', 'nmae=name'],
      [/--map: there is no column "nmae"\. Did you mean "name"\?/],
    ],
    [
      'a mapping to a field that is not there',
      'x\na\n',
      ['--map', 'x=nmae'],
      [/There is no field "nmae" on entity "tag"\. Did you mean "name"\?/],
    ],
    [
      'a format for what is no date',
      'name\na\n',
      ['--date-format', 'name=yyyy-MM-dd'],
      [/is no date but text/],
    ],
    ['hostile names', '__proto__,name\na,b\n', [], [/Column "__proto__" is no field/]],
  ])('are refused before anything is written: %s', async (_, csv, options, expected) => {
    const before = await harness.stored('shop', 'tag');
    const { code, stderr } = await harness.importInto('shop', 'tag', 'columns.csv', csv, ...options);
    expect(code).toBe(1);
    for (const pattern of expected) expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await harness.stored('shop', 'tag')).toEqual(before);
  });

  test.each([
    ['order', 'number\n1\n', [], /"number", which is numbered by Formwork.*--skip "number"/],
    ['flight', 'x\n1\n', ['--map', 'x=airport.iata'], /several links of "flight" lead to "airport"/, 'air'],
    [
      'flight',
      'origin\n1\n',
      ['--map', 'origin=airport.name'],
      /"airport" has no unique key "name"\. Its unique keys: iata \(iata\)/,
      'air',
    ],
    [
      'product',
      'category\n1\n',
      ['--map', 'category=category.by_name'],
      /has 2 fields: map a column to each/,
    ],
    ['tag', 'name\n1\n', ['--map', 'name=tag.name'], /"tag" is neither a link of entity "tag"/],
  ])('of %s: %j with %j', async (entity, csv, options, expected, tenant = 'shop') => {
    const { code, stderr } = await harness.importInto(tenant, entity, 'links.csv', csv, ...options);
    expect([code, stderr]).toEqual([1, expect.stringMatching(expected)]);
  });

  test('that come up later in JSON are looked up then', async () => {
    const { json } = await harness.importInto(
      'types',
      'sample',
      'later.jsonl',
      '{"title":"a"}\n{"title":"b","ratio":1}\n{"title":"c","nope":1}\n',
      '--json',
    );
    expect(json<Summary>()).toMatchObject({
      written: 2,
      firstRejected: [{ line: 3, reason: expect.stringContaining('"nope" is no field') }],
    });
  });
});

describe('rejected rows', () => {
  test('leave the good ones whole, are shown in order, and go to a file that can be imported again', async () => {
    const rejects = `${harness.scratch.path}/rejects.jsonl`;
    const csv = 'slug,name\none,One\none,Twice\nBad Slug,Bad\n"broken"x,1\ntwo,Two\n1\n';
    const { code, stdout, stderr } = await harness.importInto(
      'shop',
      'account',
      'rejects.csv',
      csv,
      '--batch',
      '2',
      '--rejects',
      rejects,
    );
    expect([code, stdout]).toEqual([1, '6 rows: 2 written, 4 rejected.\n']);
    expect(stderr.split('\n').map((line) => line.slice(0, 11))).toEqual(
      expect.arrayContaining(['4 of 6 rows', '  - line 3:', '  - line 4:', '  - line 5:', '  - line 7:']),
    );
    const lines = readFileSync(rejects, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ line, record }) => [line, record])).toEqual([
      [3, { slug: 'one', name: 'Twice' }],
      [4, { slug: 'Bad Slug', name: 'Bad' }],
      [5, null],
      [7, null],
    ]);
    expect((await harness.stored('shop', 'account')).map(({ slug }) => slug)).toEqual(
      expect.arrayContaining(['one', 'two']),
    );
  });

  test('are counted beyond the first twenty, which are shown', async () => {
    const { stderr } = await harness.importInto(
      'shop',
      'account',
      'many.csv',
      `slug,name\n${'No Slug,x\n'.repeat(25)}`,
    );
    expect(stderr.match(/line \d+:/g)).toHaveLength(20);
    expect(stderr).toMatch(/and 5 more: with --rejects <file> all are written down/);
  });

  test('that Postgres alone refuses take no other row along', async () => {
    const huge = `1e${'9'.repeat(3)}`;
    const csv = `title,ratio\na,1\nb,${huge}\n"nul\0",2\nd,3\n`;
    const { json } = await harness.importInto('types', 'sample', 'huge.csv', csv, '--json');
    expect(json<Summary>()).toMatchObject({ written: 2, rejected: 2 });
  });
});

describe('with --key', () => {
  test('records that are there are changed, others created, and a second time changes nothing', async () => {
    await harness.importInto('air', 'airport', 'k1.csv', 'iata,name,city\nAAA,One,X\n');
    const csv = 'iata,city\nAAA,Y\nbad key,Z\n';
    const { json } = await harness.importInto('air', 'airport', 'k2.csv', csv, '--key', 'iata', '--json');
    expect(json<Summary>()).toMatchObject({ written: 1, rejected: 1 });
    const whole = 'iata,name,city\nAAA,Two,Y\nBBB,Three,W\n';
    for (const _ of [1, 2])
      expect((await harness.importInto('air', 'airport', 'k3.csv', whole, '--key', 'iata')).code).toBe(0);
    expect(await harness.stored('air', 'airport')).toEqual(
      expect.arrayContaining([
        { iata: 'AAA', name: 'Two', city: 'Y' },
        { iata: 'BBB', name: 'Three', city: 'W' },
      ]),
    );
    const legs = 'number,day\nUP1,2026-01-01\n';
    for (const _ of [1, 2])
      expect((await harness.importInto('types', 'leg', 'k4.csv', legs, '--key', 'by_number')).code).toBe(0);
  });

  test('the key must be one, and its columns there', async () => {
    expect(
      (await harness.importInto('air', 'airport', 'k5.csv', 'iata,name\n', '--key', 'name')).stderr,
    ).toMatch(/no unique key "name"\. Its unique keys: iata \(iata\)/);
    expect(
      (await harness.importInto('types', 'leg', 'k6.csv', 'number\nUP1\n', '--key', 'by_number')).stderr,
    ).toMatch(/No column gives "day", which is part of the key "by_number"/);
  });
});

test('a dry run checks everything and writes nothing', async () => {
  await harness.importInto('shop', 'tag', 'red.csv', 'name\nred\n');
  const before = await harness.stored('shop', 'tag');
  const { code, stdout } = await harness.importInto(
    'shop',
    'tag',
    'dry.csv',
    'name\nnew one\nred\n',
    '--dry-run',
  );
  expect([code, stdout]).toEqual([1, '2 rows: 1 would be written, nothing was, 1 rejected.\n']);
  expect(await harness.stored('shop', 'tag')).toEqual(before);
});

test('an interruption ends between two batches, and says how far it came', async () => {
  const abort = new AbortController();
  abort.abort();
  const file = harness.scratch.file('interrupted.csv', 'name\ni1\ni2\ni3\n');
  const words = ['import', '--tenant', 'shop', '--entity', 'tag', '--batch', '1', file];
  const { code, stderr } = await runHere(words, {
    environment: harness.environment,
    interrupted: abort.signal,
  });
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/stopped, and rows behind line 2 were not written: it was interrupted/),
  ]);
});

test.each([
  ['empty.csv', '', 0, 'The file has no rows: nothing was written.\n'],
  ['header.csv', 'name\n', 0, 'The file has no rows: nothing was written.\n'],
  ['one.csv', 'name\r\nonly one', 0, '1 rows: 1 written, 0 rejected.\n'],
  ['empty.json', '[]', 0, 'The file has no rows: nothing was written.\n'],
])('a file may be small: %s', async (name, content, code, stdout) => {
  expect(await harness.importInto('shop', 'tag', name, content)).toMatchObject({ code, stdout });
});

test.each([
  [['--tenant', 'shop', '--entity', 'tag', '/nowhere/x.csv'], 1, /There is no file "\/nowhere\/x\.csv"/],
  [
    ['--tenant', 'shop', '--entity', 'tag', 'x.xlsx'],
    1,
    /does not tell what is in the file: say it with --as csv\|tsv\|jsonl\|json/,
  ],
  [['--tenant', 'shpo', '--entity', 'tag', 'FILE'], 1, /no tenant "shpo"\. Did you mean "shop"\?/],
  [['--tenant', 'shop', '--entity', 'tga', 'FILE'], 1, /no entity "tga"\. Did you mean "tag"\?/],
  [['--tenant', 'shop', '--entity', 'tag', '--batch', '0', 'FILE'], 2, /from 1 to 10000/],
  [['--tenant', 'shop', '--entity', 'tag', '--map', 'name', 'FILE'], 2, /should be "column=field"/],
  [
    ['--tenant', 'shop', '--entity', 'tag', '--rejects', '/nowhere/r.jsonl', 'FILE'],
    1,
    /"\/nowhere\/r\.jsonl" cannot be written/,
  ],
  [['--tenant', 'shop', 'FILE'], 2, /required option '--entity <key>' not specified/],
])('what is asked wrongly is refused: %j', async (words, expected, message) => {
  const file = harness.scratch.file('fine.csv', 'name\nnever written\n');
  const { code, stderr } = await runHere(
    ['import', ...words.map((word) => (word === 'FILE' ? file : word))],
    { environment: harness.environment },
  );
  expect([code, stderr]).toEqual([expected, expect.stringMatching(message)]);
});
