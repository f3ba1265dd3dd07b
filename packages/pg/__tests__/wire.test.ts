import { encode } from '../src/wire.ts';

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

test('a batch is the bytes of its messages and of one Sync, in order', () => {
  const bytes = encode([
    { kind: 'close', name: 'f1' },
    { kind: 'parse', name: 'f2', text: 'select $1' },
    { kind: 'run', name: 'f2', values: ['é', null, ''] },
  ]);
  expect(bytes.toString('hex')).toBe(
    hex('C\0\0\0\x08Sf1\0') +
      hex('P\0\0\0\x13f2\0select $1\0\0\0') +
      // Portal, name, formats of parameters, three parameters (the first of two bytes), formats of results.
      hex('B\0\0\0\x1c\0f2\0\0\0\0\x03\0\0\0\x02\xc3\xa9\xff\xff\xff\xff\0\0\0\0\0\0') +
      hex('E\0\0\0\x09\0\0\0\0\0') +
      hex('S\0\0\0\x04'),
  );
});

test('a message without statements is a Sync', () => {
  expect(encode([]).toString('latin1')).toBe('S\0\0\0\x04');
});
