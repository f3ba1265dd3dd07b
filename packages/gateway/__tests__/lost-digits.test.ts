import { findLostDigits } from '../src/operations/lost-digits.ts';

const found = (json: string) => [...(findLostDigits(json) ?? [])];

test('finds whole numbers that a double does not hold, as they were written', () => {
  expect(found('{"a":[9007199254740993,-9007199254740993],"b":{"c":12345678901234567890}}')).toEqual([
    [9007199254740992, '9007199254740993'],
    [-9007199254740992, '-9007199254740993'],
    [12345678901234567000, '12345678901234567890'],
  ]);
});

test.each([
  ['what a double holds', '[9007199254740991, 9007199254740992, 1000000000000000000000, -10000000000000000]'],
  ['what a client wrote of a double', JSON.stringify([2 ** 60, 123456789012345680000, -(2 ** 63), 1e300])],
  [
    'fractions and exponents, which are meant as doubles',
    '[0.12345678901234567890, 12345678901234567.5, 1e0000000000000000001, 12345678901234567890e1]',
  ],
  [
    'texts, whatever stands in them',
    String.raw`{"12345678901234567890":"12345678901234567890","a\\":"\"12345678901234567890\\"}`,
  ],
  ['short numbers', '[1,2,3]'],
])('passes over %s', (_, json) => {
  expect(JSON.parse(json)).toBeDefined();
  expect(found(json)).toEqual([]);
});
