import fc from 'fast-check';
import { compareDecimals, parseDateTime, parseDecimal } from '../src/index.ts';

/** Texts that are nearly decimals, and mostly are. */
const decimalText = fc
  .tuple(
    fc.constantFrom('', '', '', '-', '+', '--'),
    fc.stringMatching(/^\d{0,20}$/),
    fc.constantFrom('', '.', '.', '.', '..', ','),
    fc.stringMatching(/^\d{0,20}$/),
    fc.constantFrom('', '', '', '', '', 'e2', 'E-3', 'e', ' ', 'x'),
  )
  .map((parts) => parts.join(''));

/** The digits before and behind the point, and the sign, as whoever counts on fingers would tell them. */
function told(text: string): { text: string; wholeDigits: number; fractionDigits: number } | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction] = match;
  const digits = String(BigInt(whole));
  const isZero = !/[1-9]/.test(text);
  return {
    text: `${isZero ? '' : sign}${digits}${fraction === undefined ? '' : `.${fraction}`}`,
    wholeDigits: digits === '0' ? 0 : digits.length,
    fractionDigits: (fraction ?? '').replace(/0+$/, '').length,
  };
}

test('a decimal is read the same whether it is canonical already or not', () => {
  fc.assert(
    fc.property(decimalText, (text) => {
      if (!/e/i.test(text)) expect(parseDecimal(text)).toEqual(told(text));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['-0', '0', 0, 0],
  ['-0.00', '0.00', 0, 0],
  ['-0.10', '-0.10', 0, 1],
  ['00', '0', 0, 0],
  ['10', '10', 2, 0],
  ['1e2', '100', 3, 0],
  ['0.50', '0.50', 0, 1],
])('%s is read as %s', (text, canonical, wholeDigits, fractionDigits) => {
  expect(parseDecimal(text)).toEqual({ text: canonical, wholeDigits, fractionDigits });
});

test.each(['', '-', '.', '1.', '.5', '1.5.', '1x', ' 1', '1\n', '+1', '١'])('%j is no decimal', (text) => {
  expect(parseDecimal(text)).toBeNull();
});

test('decimals are compared to the last digit, short ones and long ones', () => {
  const decimal = fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.nat({ max: 12 }))
    .map(([isBelow, digits, scale]) => ({ digits: isBelow ? -digits : digits, scale }));
  const textOf = ({ digits, scale }: { digits: bigint; scale: number }) => {
    const all = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
    const point = all.length - scale;
    return `${digits < 0n ? '-' : ''}${all.slice(0, point)}${scale === 0 ? '' : `.${all.slice(point)}`}`;
  };
  fc.assert(
    fc.property(decimal, decimal, fc.nat({ max: 3 }), (left, right, cut) => {
      // Near each other as often as far apart.
      const near = cut === 0 ? { ...left, digits: left.digits + 1n } : right;
      const [a, b] = [
        left.digits * 10n ** BigInt(12 - left.scale),
        near.digits * 10n ** BigInt(12 - near.scale),
      ];
      expect(Math.sign(compareDecimals(textOf(left), textOf(near)))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
});

const part = (most: number, width: number) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.nat({ max: most }).map((number) => String(number).padStart(width, '0')) },
    { weight: 1, arbitrary: fc.constantFrom('00', '99', '0', '1x', '-1', ' 1') },
  );

const momentText = fc
  .tuple(
    fc.constantFrom('2026', '2024', '2000', '1900', '0001', '0000', '9999', '99'),
    part(13, 2),
    part(32, 2),
    fc.constantFrom('T', 'T', 'T', 't', ' ', ''),
    part(24, 2),
    part(60, 2),
    part(60, 2),
    fc.constantFrom('', '', '.000', '.120', '.007', '.5', '.1234567', '.12x', '.', ',123'),
    fc.constantFrom('Z', 'Z', 'Z', 'z', '+00:00', '', 'Z '),
  )
  .map(
    ([year, month, day, t, hour, minute, second, fraction, zone]) =>
      `${year}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${zone}`,
  );

/** With the offset written out the same moment is read in another way. */
test('a moment in UTC is read the same however its zone is written', () => {
  fc.assert(
    fc.property(momentText, (text) => {
      expect(parseDateTime(text)).toBe(parseDateTime(text.replace(/[Zz]$/, '+00:00')));
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:00Z'],
  ['2026-11-21T10:00:00.120Z', '2026-11-21T10:00:00.12Z'],
  ['2026-11-21T10:00:00.007Z', '2026-11-21T10:00:00.007Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
  ['2026-02-29T00:00:00Z', null],
  ['2026-11-21T24:00:00Z', null],
  ['2026-11-21T10:60:00Z', null],
  ['2026-11-21T10:00:60Z', null],
  ['2026-11-21T10:00:00.1x0Z', null],
  ['0000-01-01T00:00:00Z', null],
  ['2026-1-121T10:00:00Z', null],
])('%s is read as %s', (text, canonical) => {
  expect(parseDateTime(text)).toBe(canonical);
});
