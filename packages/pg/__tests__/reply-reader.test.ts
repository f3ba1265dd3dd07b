import { type Hearing, ReplyReader } from '../src/reply-reader.ts';

const message = (code: string, body: Buffer | string): Buffer => {
  const bytes = Buffer.from(body as string, 'latin1');
  const head = Buffer.from(`${code}\0\0\0\0`, 'latin1');
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
};
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const row = (values: readonly (string | null)[]): Buffer =>
  message(
    'D',
    Buffer.concat([
      int16(values.length),
      ...values.flatMap((value) =>
        value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)],
      ),
    ]),
  );
const error = (fields: Readonly<Record<string, string>>): Buffer => {
  const text = Object.entries(fields).map(([code, value]) => `${code}${value}\0`);
  return message('E', Buffer.from(`${text.join('')}\0`));
};

/** All that is heard, in order. */
const listen = () => {
  const heard: unknown[] = [];
  const hearing: Hearing = {
    parsed: () => heard.push('parsed'),
    row: (values) => heard.push(values),
    completed: (tag) => heard.push(`completed ${tag}`),
    failed: (failure) => heard.push({ ...failure, message: failure.message }),
    copying: () => heard.push('copying'),
    ready: (status) => heard.push(`ready ${status}`),
  };
  return { heard, reader: new ReplyReader(hearing) };
};

/** A batch whose second statement fails, with all that a server may say in between. */
const batch = Buffer.concat([
  message('1', ''),
  message('2', ''),
  message('N', 'SNOTICE\0Mmind the gap\0\0'),
  row(['a', null, '', 'Größe 💶', 'x'.repeat(200)]),
  row([]),
  message('C', 'SELECT 2\0'),
  message('S', 'TimeZone\0UTC\0'),
  message('A', '\0\0\0\x01channel\0payload\0'),
  message('3', ''),
  message('n', ''),
  message('I', ''),
  error({
    S: 'FEHLER',
    V: 'ERROR',
    C: 'FW001',
    M: 'moved – on',
    D: '{"actual":2}',
    n: 'one',
    t: 'two',
    c: 'three',
  }),
  message('Z', 'I'),
]);
const said = [
  'parsed',
  ['a', null, '', 'Größe 💶', 'x'.repeat(200)],
  [],
  'completed SELECT 2',
  'completed ',
  {
    severity: 'FEHLER',
    code: 'FW001',
    message: 'moved – on',
    detail: '{"actual":2}',
    constraint: 'one',
    table: 'two',
    column: 'three',
  },
  'ready I',
];

test('a batch is heard the same in one piece, and cut in two at each of its bytes', () => {
  for (let cut = 0; cut <= batch.length; cut += 1) {
    const { heard, reader } = listen();
    reader.read(batch.subarray(0, cut));
    reader.read(batch.subarray(cut));
    expect(heard).toEqual(said);
  }
});

test.each([1, 2, 3, 4, 5, 6, 7, 64])('it is heard the same in pieces of %i bytes, and then again', (size) => {
  const { heard, reader } = listen();
  const twice = Buffer.concat([batch, batch]);
  for (let at = 0; at < twice.length; at += size) reader.read(twice.subarray(at, at + size));
  expect(heard).toEqual([...said, ...said]);
});

test('what was heard stays as it is when the memory it came in is used again', () => {
  const { heard, reader } = listen();
  const bytes = Buffer.from(batch);
  reader.read(bytes);
  bytes.fill(0);
  expect(heard).toEqual(said);
});

test('long rows come in many pieces', () => {
  const long = ['é'.repeat(100_000), 'x'.repeat(20 * 1024 * 1024)];
  const { heard, reader } = listen();
  const bytes = Buffer.concat([row(long), row(['next']), message('Z', 'T')]);
  for (let at = 0; at < bytes.length; at += 65_536) reader.read(bytes.subarray(at, at + 65_536));
  expect(heard).toEqual([long, ['next'], 'ready T']);
});

test.each([10, 126, 127, 128, 300, 4_000, 8_180, 9_000])(
  'texts of %i bytes are what they are, wide or not',
  (size) => {
    const { heard, reader } = listen();
    const rows = ['x', 'é', '\u007f', '\u0080', '💶'].map((one) => {
      const text = one.repeat(size);
      return [text, null, 'between', text.slice(0, 20), 'ü', ''];
    });
    for (const one of rows) reader.read(row(one));
    expect(heard).toEqual(rows);
  },
);

test('nothing is told of a message that has not come whole', () => {
  const { heard, reader } = listen();
  reader.read(row(['a']).subarray(0, -1));
  expect(heard).toEqual([]);
});

test.each([
  ['a message that is shorter than its length', Buffer.from('D\0\0\0\x03', 'latin1'), 'no message'],
  ['a length below zero', Buffer.from('D\xff\xff\xff\xff', 'latin1'), 'no message'],
  ['a message of no known kind', message('x', ''), 'not known'],
  [
    'a text that reaches beyond its row',
    message('D', Buffer.concat([int16(1), int32(9), Buffer.from('short')])),
    'longer',
  ],
])('%s is refused', (_, bytes, reason) => {
  const { reader } = listen();
  expect(() => reader.read(Buffer.concat([bytes, batch]))).toThrow(reason);
});
