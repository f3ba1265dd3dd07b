import { asAdmin } from '@formwork/testkit';
import { ImportHarness, type Summary } from './import-harness.ts';

let harness: ImportHarness;

beforeAll(async () => {
  harness = await ImportHarness.open();
});
afterAll(() => harness.close());

describe('values', () => {
  test('of every type come in from CSV, and empty cells are no values', async () => {
    const csv =
      'Title of it,COUNT,ratio,price,fee,active,day,moment,at,kind,colors,mail,extra\n' +
      '" x ",7,1.5,12345678901234567890.25,3.50 EUR,yes,2026-11-21,2026-11-21T10:00:00+01:00,09:30,Very large,blue;red,a@b.example,"{""a"":1}"\n' +
      ',,,,,,,,,,,,\n';
    const { code, stdout, stderr } = await harness.importInto('types', 'sample', 'all.csv', csv);
    expect([code, stdout, stderr]).toEqual([0, '2 rows: 2 written, 0 rejected.\n', '']);
    expect((await harness.stored('types', 'sample')).slice(-2)).toEqual([
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
      harness.database,
      async (admin) =>
        (await admin.query("select data ->> 'price' as price from formwork.records where data ? 'price'"))
          .rows,
    );
    expect(price).toBe('12345678901234567890.25');
  });

  test('come in from JSON as they are; null keeps a default away', async () => {
    const json =
      '[{"title":"","count":null,"price":12345678901234567.25,"colors":["red"],"extra":"text"},\n{"title":"later","ratio":2}]';
    const { code, json: parse } = await harness.importInto('types', 'sample', 'all.json', json, '--json');
    expect([code, parse<Summary>()]).toEqual([
      0,
      expect.objectContaining({ rows: 2, written: 2, rejected: 0 }),
    ]);
    expect((await harness.stored('types', 'sample')).slice(-2)).toEqual([
      { title: '', price: expect.anything(), colors: ['red'], extra: 'text', serial: expect.any(Number) },
      { title: 'later', ratio: 2, count: 5, serial: expect.any(Number) },
    ]);
  });

  test('that the API would refuse are refused in its words, all of a row at once', async () => {
    const { code, json } = await harness.importInto(
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
    const { code, json } = await harness.importInto(
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
    expect((await harness.stored('types', 'sample')).at(-1)).toMatchObject({
      day: '2026-11-21',
      moment: '2026-01-02T13:05:00Z',
    });
  });

  test('may be told to be none', async () => {
    const { code } = await harness.importInto(
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
    expect((await harness.stored('types', 'sample')).at(-1)).toEqual({
      count: 5,
      serial: expect.any(Number),
    });
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
    const { code, json } = await harness.importInto(
      'air',
      'flight',
      'flights.csv',
      csv,
      ...options,
      '--json',
    );
    expect(code).toBe(1);
    expect(json<Summary>()).toMatchObject({
      written: 2,
      firstRejected: [{ line: 3, reason: expect.stringMatching(/no "Airport" with iata "XXX"/) }],
    });
    expect(await harness.stored('air', 'flight')).toEqual([
      expect.objectContaining({ delay: 5, departs_at: '2001-01-01T00:47:00Z' }),
      expect.objectContaining({ delay: 7 }),
    ]);
  });

  test('that name a record of another entity or tenant by id are rejected', async () => {
    const [own, foreign] = await asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query(
        `select t.slug, r.id from formwork.records r join formwork.tenants t on t.id = r.tenant_id
         where r.entity_type in ('flight', 'sample') order by t.slug`,
      );
      return [rows.find(({ slug }) => slug === 'air')?.id, rows.find(({ slug }) => slug === 'types')?.id];
    });
    const csv = `departs_at,origin,destination\n2001-01-01T00:00:00Z,${own},${own}\n2001-01-01T00:00:00Z,${foreign},${foreign}\n`;
    const { json } = await harness.importInto('air', 'flight', 'foreign.csv', csv, '--json');
    expect(json<Summary>()).toMatchObject({ written: 0, rejected: 2 });
  });

  test('without a key want ids, and say how to name one', async () => {
    const { json } = await harness.importInto(
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
    await harness.importInto('types', 'leg', 'legs.csv', 'number,day\nLH1,2026-01-01\nLH1,2026-01-02\n');
    const csv = 'title,no,on\nfirst,LH1,02.01.2026\nhalf,LH1,\nwrong,LH2,02.01.2026\n';
    const { json } = await harness.importInto(
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
    expect((await harness.stored('types', 'sample')).at(-1)).toMatchObject({
      title: 'first',
      leg: expect.any(String),
    });
  });

  test('to many come from a list', async () => {
    await harness.importInto('shop', 'tag', 'tags.csv', 'name\nred\nblue\n');
    await harness.importInto('shop', 'account', 'accounts.csv', 'slug,name\nacme,Acme\n');
    const csv =
      'account,sku,name,price,tags\nacme,1,Chair,9.90,red; blue\nacme,2,Table,20,green\nacme,3,Lamp,5,\n';
    const { json } = await harness.importInto(
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
    const { rows } = await asAdmin(harness.database, (admin) =>
      admin.query('select count(*)::int as links from formwork.record_links'),
    );
    expect(rows).toEqual([{ links: 2 }]);
  });
});
