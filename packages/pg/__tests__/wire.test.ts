import { encode } from '../src/wire.ts';

test('a batch is the bytes of its messages and of one Sync, in order', () => {
  const message = encode([
    { kind: 'close', name: 'f1' },
    { kind: 'parse', name: 'f2', text: 'select $1' },
    { kind: 'run', name: 'f2', values: ['é', null, ''] },
  ]);
  expect(message).toBe(
    'C\0\0\0\x08Sf1\0' +
      'P\0\0\0\x13f2\0select $1\0\0\0' +
      // Portal, name, formats of parameters, three parameters (the first of two bytes), formats of results.
      'B\0\0\0\x1c\0f2\0\0\0\0\x03\0\0\0\x02\xc3\xa9\xff\xff\xff\xff\0\0\0\0\0\0' +
      'E\0\0\0\x09\0\0\0\0\0' +
      'S\0\0\0\x04',
  );
});

test('characters of two to four bytes are the bytes that Node makes of them, whatever their number', () => {
  for (const text of ['é', '€uro', '💶', '\ud800', 'é'.repeat(70_000), 'a'.repeat(70_000)]) {
    const message = encode([{ kind: 'run', name: 'f1', values: [text] }]);
    // Between how many parameters there are and the formats of results.
    const sent = Buffer.from(message.slice(13, -17), 'latin1');
    expect(sent.readInt32BE(0)).toBe(Buffer.byteLength(text));
    expect(sent.subarray(4).equals(Buffer.from(text))).toBe(true);
  }
});

test('a message without statements is a Sync', () => {
  expect(encode([])).toBe('S\0\0\0\x04');
});
