import { type FileFormat, openSource } from '../src/import/open-source.ts';
import { inspectFile } from '../src/import/read-text.ts';
import type { SourceRow } from '../src/import/source.ts';
import { Scratch } from './command-line.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

let files = 0;

async function read(format: FileFormat, content: string | Buffer, delimiter = ',') {
  files += 1;
  const path = scratch.file(`${files}.${format}`, content);
  let bytes = 0;
  const source = await openSource(path, {
    format,
    delimiter,
    onBytes: (count) => {
      bytes += count;
    },
  });
  const rows: unknown[] = [];
  for await (const row of source.rows()) rows.push(plain(row));
  return { columns: source.columns, rows, bytes };
}

function plain(row: SourceRow): unknown {
  return 'reason' in row ? [row.line, row.reason] : [row.line, Object.fromEntries(row.cells)];
}

describe('CSV', () => {
  test('is read with quotes, CRLF, a byte order mark, empty lines and values of several lines', async () => {
    const { columns, rows } = await read('csv', '\uFEFFa,"b ""x"""\r\n1,"2, and\r\nmore"\r\n\r\n3,\r\n"",é');
    expect(columns).toEqual(['a', 'b "x"']);
    expect(rows).toEqual([
      [2, { a: '1', 'b "x"': '2, and\r\nmore' }],
      [5, { a: '3', 'b "x"': '' }],
      [6, { a: '', 'b "x"': 'é' }],
    ]);
  });

  test('tells the line of a row, whatever ended the lines before', async () => {
    const { rows } = await read('csv', 'a,b\n1,"x\ny\r\nz"\r\n2,2\r3,3\n');
    expect(rows).toEqual([
      [2, { a: '1', b: 'x\ny\r\nz' }],
      [5, { a: '2', b: '2' }],
      [6, { a: '3', b: '3' }],
    ]);
  });

  test('of one line is a header without rows, and an empty file has not even that', async () => {
    expect(await read('csv', 'a,b')).toMatchObject({ columns: ['a', 'b'], rows: [] });
    expect(await read('csv', '')).toMatchObject({ columns: [], rows: [] });
    expect(await read('csv', '\n\r\n')).toMatchObject({ columns: [], rows: [] });
  });

  test('gives rows with too many or too few values as broken, and goes on', async () => {
    const { rows } = await read('csv', 'a,b\n1\n1,2,3\n4,5\n');
    expect(rows).toEqual([
      [2, 'has 1 value, and the header has 2 columns'],
      [3, 'has 3 values, and the header has 2 columns'],
      [4, { a: '4', b: '5' }],
    ]);
  });

  test('gives rows with a stray quote as broken, each by itself, wherever the next quote stands', async () => {
    const stray = expect.stringContaining('quote in the middle');
    const { rows } = await read(
      'csv',
      'a,b\n1,2\n3,"x"y"z"\n4,5"6"\n7,8\n"9"x,10\n11,"1""2"\n"13,14\n15,"16"\n17,18\n',
    );
    expect(rows).toEqual([
      [2, { a: '1', b: '2' }],
      [3, stray],
      [4, stray],
      [5, { a: '7', b: '8' }],
      [6, stray],
      [7, { a: '11', b: '1"2' }],
      [8, stray],
      [9, { a: '15', b: '16' }],
      [10, { a: '17', b: '18' }],
    ]);
  });

  test('finds the rows behind a quote that is never closed', async () => {
    const { rows } = await read('csv', 'a,b\r\n1,"2\r\n"\r\n3,"x\r\n4,5\r\n6,7\r\n');
    expect(rows).toEqual([
      [2, { a: '1', b: '2\r\n' }],
      [4, 'opens a quote that is never closed'],
      [5, { a: '4', b: '5' }],
      [6, { a: '6', b: '7' }],
    ]);
  });

  test('with a quote that is open for megabytes is not held in memory', async () => {
    await expect(read('csv', `a,b\n1,2\n3,"${'x,y\n'.repeat(650_000)}`)).rejects.toThrow(
      /line 3 opens a quote/,
    );
  });

  test('refuses a header that names a column twice', async () => {
    await expect(read('csv', 'a,b, a\n1,2,3')).rejects.toThrow(/has "a" more than once/);
  });

  test('notices a header that is separated otherwise', async () => {
    await expect(read('csv', 'a;b\n1;2')).rejects.toThrow(/--delimiter ";"/);
    expect((await read('csv', 'a;b\n1;2', ';')).rows).toEqual([[2, { a: '1', b: '2' }]]);
    expect((await read('tsv', 'a\tb\n1\t2')).rows).toEqual([[2, { a: '1', b: '2' }]]);
  });

  test('keeps hostile column names as names', async () => {
    const { rows } = await read('csv', '__proto__,constructor\n1,2');
    expect(rows).toEqual([
      [
        2,
        Object.fromEntries([
          ['__proto__', '1'],
          ['constructor', '2'],
        ]),
      ],
    ]);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });

  test('counts the bytes that it reads', async () => {
    expect((await read('csv', 'a\né\n')).bytes).toBe(5);
  });
});

describe('JSON lines', () => {
  test('are read line by line; a line that is no object is broken, and the next is read', async () => {
    const { columns, rows } = await read(
      'jsonl',
      '\uFEFF{"a":1}\r\n\n{"a":\n[1]\n"x\u2028y"\n{"b":{"c":[null]}}',
    );
    expect(columns).toEqual(['a']);
    expect(rows).toEqual([
      [1, { a: 1 }],
      [3, expect.stringContaining('is not JSON')],
      [4, 'is no JSON object but "[1]"'],
      [5, expect.stringContaining('is no JSON object')],
      [6, { b: { c: [null] } }],
    ]);
  });

  test('take their columns from the first object that can be read', async () => {
    const { columns, rows } = await read('jsonl', 'oops\n{"a":1}\n');
    expect(columns).toEqual(['a']);
    expect(rows).toHaveLength(2);
  });
});

describe('a JSON array', () => {
  test('is read element by element, wherever it is cut', async () => {
    const long = 'x'.repeat(300_000);
    const { rows } = await read(
      'json',
      `\n[ {"a":"],[}{\\"\\\\"},\n{"a":"${long}","b":[[1],{"c":2}]}\n,{}]\n`,
    );
    expect(rows).toEqual([
      [2, { a: '],[}{"\\' }],
      [3, { a: long, b: [[1], { c: 2 }] }],
      [4, {}],
    ]);
  });

  test('gives an element that is broken as one, and goes on', async () => {
    const { rows } = await read('json', '[{"a":1},{"a" 2},,3,{"a":4}]');
    expect(rows).toEqual([
      [1, { a: 1 }],
      [1, expect.stringContaining('is not JSON')],
      [1, expect.stringContaining('is not JSON')],
      [1, 'is no JSON object but "3"'],
      [1, { a: 4 }],
    ]);
  });

  test('may be empty', async () => {
    expect((await read('json', ' [ ] ')).rows).toEqual([]);
  });

  test.each([
    ['', 'is empty'],
    ['{"a":1}', 'begins with "{"'],
    ['[{"a":1}', 'ends at line 1 before the array does'],
    ['[{"a":1}] x', 'goes on behind the array'],
  ])('that is not one is refused: %j', async (content, reason) => {
    await expect(read('json', content)).rejects.toThrow(reason);
  });

  test('keeps the digits of numbers that a double would change', async () => {
    const { rows } = await read('json', '[{"a":12345678901234567.89,"b":1.5}]');
    expect(rows).toEqual([[1, { a: expect.objectContaining({ value: '12345678901234567.89' }), b: 1.5 }]]);
  });
});

describe('a file', () => {
  test('that is not UTF-8 is refused before it is read', async () => {
    const latin = scratch.file('latin.csv', Buffer.from('name\nM\xfcnchen\n', 'latin1'));
    await expect(inspectFile(latin)).rejects.toThrow(/is not UTF-8 text .*iconv/);
    const wide = scratch.file('wide.csv', Buffer.from('\ufeffname\nx', 'utf16le'));
    await expect(inspectFile(wide)).rejects.toThrow(/UTF-16/);
    const cut = scratch.file('cut.csv', Buffer.from('name\n\xc3', 'latin1'));
    await expect(inspectFile(cut)).rejects.toThrow(/is not UTF-8/);
  });

  test('that is missing, or a directory, is named', async () => {
    await expect(inspectFile(`${scratch.path}/nothing.csv`)).rejects.toThrow(
      /There is no file ".*nothing\.csv"/,
    );
    await expect(inspectFile(scratch.path)).rejects.toThrow(/is a directory/);
  });
});
