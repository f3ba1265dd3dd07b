import { readFileSync } from 'node:fs';
import { asAdmin, createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { readTemplate } from '../src/templates.ts';
import { type Outcome, runHere, Scratch } from './command-line.ts';

const scratch = new Scratch();
let database: TestDatabase;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { DATABASE_URL: database.adminUrl };
  await createTestTenant(database, 'air', await readTemplate('aviation'));
  await createTestTenant(database, 'shop', await readTemplate('marketplace'));
  await createTestTenant(database, 'types', design);
  const made = await importInto(
    'air',
    'airport',
    'airports.csv',
    'iata,name,city\nJFK,Kennedy,New York\nLAX,Los Angeles Intl,"Los Angeles"\n',
  );
  expect(made.code).toBe(0);
});

afterAll(async () => {
  await database.drop();
  scratch.remove();
});

/** A field of nearly every type, and a key of two fields with a link to it. */
const design = {
  formwork: 1,
  entities: [
    {
      key: 'leg',
      fields: [
        { key: 'number', type: 'text', required: true },
        { key: 'day', type: 'date', required: true },
      ],
      keys: [{ key: 'by_number', fields: ['number', 'day'] }],
    },
    {
      key: 'sample',
      fields: [
        { key: 'title', label: 'Title of it', type: 'text' },
        { key: 'count', type: 'integer', default: 5 },
        { key: 'ratio', type: 'number' },
        { key: 'price', type: 'decimal', options: { scale: 2, precision: 30 } },
        { key: 'fee', type: 'currency' },
        { key: 'active', type: 'boolean' },
        { key: 'day', type: 'date' },
        { key: 'moment', type: 'datetime' },
        { key: 'at', type: 'time' },
        {
          key: 'kind',
          type: 'select',
          options: {
            choices: [
              { key: 'small', label: 'Small' },
              { key: 'very_large', label: 'Very large' },
            ],
          },
        },
        { key: 'colors', type: 'multi_select', options: { choices: [{ key: 'red' }, { key: 'blue' }] } },
        { key: 'mail', type: 'email' },
        { key: 'extra', type: 'json' },
        { key: 'serial', type: 'autonumber' },
        { key: 'leg', type: 'link', options: { target: 'leg' } },
      ],
    },
  ],
} as const;

interface Summary {
  readonly rows: number;
  readonly written: number;
  readonly rejected: number;
  readonly firstRejected: readonly { readonly line: number; readonly reason: string }[];
}

function importInto(
  tenant: string,
  entity: string,
  name: string,
  content: string | Buffer,
  ...options: string[]
): Promise<Outcome> {
  const file = scratch.file(name, content);
  return runHere(['import', '--tenant', tenant, '--entity', entity, file, ...options], { environment });
}

async function stored(tenant: string, entity: string): Promise<readonly Record<string, unknown>[]> {
  return asAdmin(database, async (admin) => {
    const { rows } = await admin.query(
      `select r.data from formwork.records r join formwork.tenants t on t.id = r.tenant_id
       where t.slug = $1 and r.entity_type = $2 order by r.id`,
      [tenant, entity],
    );
    return rows.map(({ data }: { data: Record<string, unknown> }) => data);
  });
}

describe('values', () => {
  test('of every type come in from CSV, and empty cells are no values', async () => {
    const csv =
      'Title of it,COUNT,ratio,price,fee,active,day,moment,at,kind,colors,mail,extra\n' +
      '" x ",7,1.5,12345678901234567890.25,3.50 EUR,yes,2026-11-21,2026-11-21T10:00:00+01:00,09:30,Very large,blue;red,a@b.example,"{""a"":1}"\n' +
      ',,,,,,,,,,,,\n';
    const { code, stdout, stderr } = await importInto('types', 'sample', 'all.csv', csv);
    expect([code, stdout, stderr]).toEqual([0, '2 rows: 2 written, 0 rejected.\n', '']);
    expect((await stored('types', 'sample')).slice(-2)).toEqual([
      {
        title: ' x ',
        count: 7,
        ratio: 1.5,
        price: expect.anything(),
        fee: { amount: 3.5, currency: 'EUR' },
        active: true,
        day: '2026-11-21',
        moment: '2026-11-21T09:00:00Z',
        at: '09:30:00',
        kind: 'very_large',
        colors: ['blue', 'red'],
        mail: 'a@b.example',
        extra: { a: 1 },
        serial: 1,
      },
      { count: 5, serial: 2 },
    ]);
    const [{ price } = { price: '' }] = await asAdmin(
      database,
      async (admin) =>
        (await admin.query("select data ->> 'price' as price from formwork.records where data ? 'price'"))
          .rows,
    );
    expect(price).toBe('12345678901234567890.25');
  });

  test('come in from JSON as they are; null keeps a default away', async () => {
    const json =
      '[{"title":"","count":null,"price":12345678901234567.25,"colors":["red"],"extra":"text"},\n{"title":"later","ratio":2}]';
    const { code, json: parse } = await importInto('types', 'sample', 'all.json', json, '--json');
    expect([code, parse<Summary>()]).toEqual([
      0,
      expect.objectContaining({ rows: 2, written: 2, rejected: 0 }),
    ]);
    expect((await stored('types', 'sample')).slice(-2)).toEqual([
      { title: '', price: expect.anything(), colors: ['red'], extra: 'text', serial: expect.any(Number) },
      { title: 'later', ratio: 2, count: 5, serial: expect.any(Number) },
    ]);
  });

  test('that the API would refuse are refused in its words, all of a row at once', async () => {
    const { code, json } = await importInto(
      'types',
      'sample',
      'bad.jsonl',
      '{"mail":"nobody","count":1.5}\n{"title":"good"}\n',
      '--json',
    );
    expect(code).toBe(1);
    expect(json<Summary>()).toMatchObject({ rows: 2, written: 1, rejected: 1 });
    expect(json<Summary>().firstRejected[0]).toMatchObject({
      line: 1,
      reason: expect.stringMatching(/mail.*count|count.*mail/i),
    });
  });

  test('of dates are read in the format that is told, and refused otherwise', async () => {
    const csv = 'day,moment\n21.11.2026,1/2/2026 1:05 PM\n2026-11-21,\n';
    const { code, json } = await importInto(
      'types',
      'sample',
      'dates.csv',
      csv,
      '--date-format',
      'dd.MM.yyyy',
      '--date-format',
      'moment=M/d/yyyy h:mm a',
      '--json',
    );
    expect(code).toBe(1);
    expect(json<Summary>().firstRejected).toEqual([
      { line: 3, reason: expect.stringContaining('written as "dd.MM.yyyy"') },
    ]);
    expect((await stored('types', 'sample')).at(-1)).toMatchObject({
      day: '2026-11-21',
      moment: '2026-01-02T13:05:00Z',
    });
  });

  test('may be told to be none', async () => {
    const { code } = await importInto(
      'types',
      'sample',
      'none.csv',
      'title,count\nNA,-\n',
      '--null',
      'NA',
      '--null',
      '-',
    );
    expect(code).toBe(0);
    expect((await stored('types', 'sample')).at(-1)).toEqual({ count: 5, serial: expect.any(Number) });
  });
});

describe('links', () => {
  const flights = (rows: string) => `date,delay,origin,destination\n${rows}`;
  const options = [
    '--map',
    'date=departs_at',
    '--date-format',
    'date=yyyy/MM/dd HH:mm',
    '--map',
    'origin=airport.iata',
    '--map',
    'destination=airport.iata',
  ];

  test('are found by a unique key; a row whose target is not there is rejected alone', async () => {
    const csv = flights(
      '2001/01/01 00:47,5,JFK,LAX\n2001/01/01 00:48,6,JFK,XXX\n2001/01/01 00:49,7,LAX,JFK\n',
    );
    const { code, json } = await importInto('air', 'flight', 'flights.csv', csv, ...options, '--json');
    expect(code).toBe(1);
    expect(json<Summary>()).toMatchObject({
      written: 2,
      firstRejected: [{ line: 3, reason: expect.stringMatching(/no "Airport" with iata "XXX"/) }],
    });
    expect(await stored('air', 'flight')).toEqual([
      expect.objectContaining({ delay: 5, departs_at: '2001-01-01T00:47:00Z' }),
      expect.objectContaining({ delay: 7 }),
    ]);
  });

  test('that name a record of another entity or tenant by id are rejected', async () => {
    const [own, foreign] = await asAdmin(database, async (admin) => {
      const { rows } = await admin.query(
        `select t.slug, r.id from formwork.records r join formwork.tenants t on t.id = r.tenant_id
         where r.entity_type in ('flight', 'sample') order by t.slug`,
      );
      return [rows.find(({ slug }) => slug === 'air')?.id, rows.find(({ slug }) => slug === 'types')?.id];
    });
    const csv = `departs_at,origin,destination\n2001-01-01T00:00:00Z,${own},${own}\n2001-01-01T00:00:00Z,${foreign},${foreign}\n`;
    const { json } = await importInto('air', 'flight', 'foreign.csv', csv, '--json');
    expect(json<Summary>()).toMatchObject({ written: 0, rejected: 2 });
  });

  test('without a key want ids, and say how to name one', async () => {
    const { json } = await importInto(
      'air',
      'flight',
      'ids.csv',
      'departs_at,origin,destination\n2001-01-01T00:00:00Z,JFK,LAX\n',
      '--json',
    );
    expect(json<Summary>().firstRejected[0]?.reason).toMatch(
      /"JFK", which is no id: .*--map "column=origin\.<key of airport>"/,
    );
  });

  test('are found by a key of several fields, each from its column', async () => {
    await importInto('types', 'leg', 'legs.csv', 'number,day\nLH1,2026-01-01\nLH1,2026-01-02\n');
    const csv = 'title,no,on\nfirst,LH1,02.01.2026\nhalf,LH1,\nwrong,LH2,02.01.2026\n';
    const { json } = await importInto(
      'types',
      'sample',
      'keyed.csv',
      csv,
      '--map',
      'no=leg.by_number.number',
      '--map',
      'on=leg.by_number.day',
      '--date-format',
      'on=dd.MM.yyyy',
      '--json',
    );
    expect(json<Summary>()).toMatchObject({
      written: 1,
      firstRejected: [
        { line: 3, reason: expect.stringContaining('lacks "day" of its key') },
        { line: 4, reason: expect.stringContaining('LH2') },
      ],
    });
    expect((await stored('types', 'sample')).at(-1)).toMatchObject({
      title: 'first',
      leg: expect.any(String),
    });
  });

  test('to many come from a list', async () => {
    await importInto('shop', 'tag', 'tags.csv', 'name\nred\nblue\n');
    await importInto('shop', 'account', 'accounts.csv', 'slug,name\nacme,Acme\n');
    const csv =
      'account,sku,name,price,tags\nacme,1,Chair,9.90,red; blue\nacme,2,Table,20,green\nacme,3,Lamp,5,\n';
    const { json } = await importInto(
      'shop',
      'product',
      'products.csv',
      csv,
      '--map',
      'account=account.slug',
      '--map',
      'tags=tag.name',
      '--json',
    );
    expect(json<Summary>()).toMatchObject({
      written: 2,
      firstRejected: [{ line: 3, reason: expect.stringContaining('green') }],
    });
    const { rows } = await asAdmin(database, (admin) =>
      admin.query('select count(*)::int as links from formwork.record_links'),
    );
    expect(rows).toEqual([{ links: 2 }]);
  });
});

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
    const before = await stored('shop', 'tag');
    const { code, stderr } = await importInto('shop', 'tag', 'columns.csv', csv, ...options);
    expect(code).toBe(1);
    for (const pattern of expected) expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await stored('shop', 'tag')).toEqual(before);
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
    const { code, stderr } = await importInto(tenant, entity, 'links.csv', csv, ...options);
    expect([code, stderr]).toEqual([1, expect.stringMatching(expected)]);
  });

  test('that come up later in JSON are looked up then', async () => {
    const { json } = await importInto(
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
    const rejects = `${scratch.path}/rejects.jsonl`;
    const csv = 'slug,name\none,One\none,Twice\nBad Slug,Bad\n"broken"x,1\ntwo,Two\n1\n';
    const { code, stdout, stderr } = await importInto(
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
    expect((await stored('shop', 'account')).map(({ slug }) => slug)).toEqual(
      expect.arrayContaining(['one', 'two']),
    );
  });

  test('are counted beyond the first twenty, which are shown', async () => {
    const { stderr } = await importInto(
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
    const { json } = await importInto('types', 'sample', 'huge.csv', csv, '--json');
    expect(json<Summary>()).toMatchObject({ written: 2, rejected: 2 });
  });
});

describe('with --key', () => {
  test('records that are there are changed, others created, and a second time changes nothing', async () => {
    await importInto('air', 'airport', 'k1.csv', 'iata,name,city\nAAA,One,X\n');
    const csv = 'iata,city\nAAA,Y\nbad key,Z\n';
    const { json } = await importInto('air', 'airport', 'k2.csv', csv, '--key', 'iata', '--json');
    expect(json<Summary>()).toMatchObject({ written: 1, rejected: 1 });
    const whole = 'iata,name,city\nAAA,Two,Y\nBBB,Three,W\n';
    for (const _ of [1, 2])
      expect((await importInto('air', 'airport', 'k3.csv', whole, '--key', 'iata')).code).toBe(0);
    expect(await stored('air', 'airport')).toEqual(
      expect.arrayContaining([
        { iata: 'AAA', name: 'Two', city: 'Y' },
        { iata: 'BBB', name: 'Three', city: 'W' },
      ]),
    );
    const legs = 'number,day\nUP1,2026-01-01\n';
    for (const _ of [1, 2])
      expect((await importInto('types', 'leg', 'k4.csv', legs, '--key', 'by_number')).code).toBe(0);
  });

  test('the key must be one, and its columns there', async () => {
    expect((await importInto('air', 'airport', 'k5.csv', 'iata,name\n', '--key', 'name')).stderr).toMatch(
      /no unique key "name"\. Its unique keys: iata \(iata\)/,
    );
    expect(
      (await importInto('types', 'leg', 'k6.csv', 'number\nUP1\n', '--key', 'by_number')).stderr,
    ).toMatch(/No column gives "day", which is part of the key "by_number"/);
  });
});

test('a dry run checks everything and writes nothing', async () => {
  const before = await stored('shop', 'tag');
  const { code, stdout } = await importInto('shop', 'tag', 'dry.csv', 'name\nnew one\nred\n', '--dry-run');
  expect([code, stdout]).toEqual([1, '2 rows: 1 would be written, nothing was, 1 rejected.\n']);
  expect(await stored('shop', 'tag')).toEqual(before);
});

test('an interruption ends between two batches, and says how far it came', async () => {
  const abort = new AbortController();
  abort.abort();
  const file = scratch.file('interrupted.csv', 'name\ni1\ni2\ni3\n');
  const words = ['import', '--tenant', 'shop', '--entity', 'tag', '--batch', '1', file];
  const { code, stderr } = await runHere(words, { environment, interrupted: abort.signal });
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
  expect(await importInto('shop', 'tag', name, content)).toMatchObject({ code, stdout });
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
  const file = scratch.file('fine.csv', 'name\nnever written\n');
  const { code, stderr } = await runHere(
    ['import', ...words.map((word) => (word === 'FILE' ? file : word))],
    { environment },
  );
  expect([code, stderr]).toEqual([expected, expect.stringMatching(message)]);
});
