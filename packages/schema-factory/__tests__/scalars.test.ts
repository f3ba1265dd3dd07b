import { coerceInputValue, type GraphQLInputType, GraphQLInt, parseValue, valueFromAST } from 'graphql';
import { byFieldScalar } from '../src/scalars/by-field.ts';
import { decimalScalar } from '../src/scalars/decimal.ts';
import { jsonScalar } from '../src/scalars/json.ts';
import { moneyInput } from '../src/scalars/money.ts';
import { dateScalar, dateTimeScalar, durationScalar, timeScalar } from '../src/scalars/temporal.ts';

/** As a variable, and as a literal in the document; both must agree. */
function both(type: GraphQLInputType & { parseLiteral?: unknown }, text: string): unknown {
  const variable = fromVariable(type, text);
  expect(fromLiteral(type, JSON.stringify(text))).toEqual(variable);
  return variable;
}

function fromVariable(type: GraphQLInputType, value: unknown): unknown {
  return coerceInputValue(value, type, (_path, _value, error) => {
    throw error;
  });
}

/** `valueFromAST` keeps errors to itself, so scalars are asked directly. */
function fromLiteral(type: GraphQLInputType, source: string): unknown {
  const node = parseValue(source);
  return 'parseLiteral' in type ? type.parseLiteral(node, {}) : valueFromAST(node, type);
}

function refuses(type: GraphQLInputType, text: string, message: RegExp | string): void {
  expect(() => fromVariable(type, text)).toThrow(message);
  expect(() => fromLiteral(type, JSON.stringify(text))).toThrow(message);
}

describe('Date', () => {
  test.each(['0001-01-01', '9999-12-31', '2000-02-29', '2024-02-29'])('takes %s', (text) => {
    expect(both(dateScalar, text)).toBe(text);
  });

  test.each([
    ['1900-02-29', 'no leap year'],
    ['2026-02-29', 'no leap year'],
    ['2026-04-31', 'a day too many'],
    ['2026-13-01', 'a month too many'],
    ['2026-00-10', 'month 0'],
    ['2026-01-00', 'day 0'],
    ['0000-01-01', 'year 0'],
    ['2026-1-1', 'short'],
    ['20261121', 'without dashes'],
    ['2026-11-21T00:00:00Z', 'with a time'],
    [' 2026-11-21', 'with a space'],
    ['2026-11-21\n', 'with a line break'],
    ['٢٠٢٦-11-21', 'other digits'],
    ['today', 'a word'],
    ['', 'empty'],
  ])('refuses %j (%s)', (text) => {
    refuses(dateScalar, text, /Date must be a day of the calendar .*, such as "2026-11-21", not "/);
  });

  test('refuses what is no string, and says what it is', () => {
    expect(() => fromVariable(dateScalar, 20261121)).toThrow('not 20261121.');
    expect(() => fromVariable(dateScalar, ['2026-11-21'])).toThrow('not a list.');
    expect(() => fromVariable(dateScalar, { year: 2026 })).toThrow('not an object.');
    expect(() => fromLiteral(dateScalar, '20261121')).toThrow('not 20261121.');
    expect(() => fromLiteral(dateScalar, 'TODAY')).toThrow('not TODAY.');
  });
});

describe('DateTime', () => {
  test.each([
    ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00Z'],
    ['2026-11-21t10:00:00z', '2026-11-21T10:00:00Z'],
    ['2026-11-21T12:00:00+02:00', '2026-11-21T10:00:00Z'],
    ['2026-11-21T10:00:00-00:00', '2026-11-21T10:00:00Z'],
    ['2026-11-21T04:15:00-05:45', '2026-11-21T10:00:00Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00Z'],
    ['2024-02-28T23:30:00-01:00', '2024-02-29T00:30:00Z'],
    ['2026-11-21T10:00:00.123456Z', '2026-11-21T10:00:00.123456Z'],
    ['2026-11-21T10:00:00.120000Z', '2026-11-21T10:00:00.12Z'],
    ['2026-11-21T10:00:00.000000Z', '2026-11-21T10:00:00Z'],
    ['2026-11-21T12:00:00.000001+02:00', '2026-11-21T10:00:00.000001Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['0099-06-01T00:00:00Z', '0099-06-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('makes %s UTC', (text, canonical) => {
    expect(both(dateTimeScalar, text)).toBe(canonical);
  });

  test.each([
    '2026-11-21T10:00:00', // no offset
    '2026-11-21',
    '2026-02-30T10:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T10:60:00Z',
    '2026-11-21T23:59:60Z',
    '2026-11-21T10:00:00.1234567Z', // would lose a digit
    '2026-11-21T10:00:00+24:00',
    '2026-11-21T10:00:00+01:60',
    '2026-11-21T10:00:00+0100',
    '0001-01-01T00:00:00+01:00', // before year 1 in UTC
    '9999-12-31T23:59:59-00:01', // after year 9999 in UTC
    '1795255200',
    '2026-11-21T10:00:00Z; drop table records',
  ])('refuses %s', (text) => {
    refuses(dateTimeScalar, text, /DateTime must be a moment .*, such as "2026-11-21T10:00:00Z"/);
  });
});

describe('Time', () => {
  test.each([
    ['00:00:00', '00:00:00'],
    ['23:59:59.999999', '23:59:59.999999'],
    ['09:30:00.250', '09:30:00.25'],
    ['09:30:00.000', '09:30:00'],
  ])('makes %s canonical', (text, canonical) => {
    expect(both(timeScalar, text)).toBe(canonical);
  });

  test.each([
    '24:00:00',
    '10:60:00',
    '10:00:60',
    '9:30:00',
    '10:00:00Z',
    '10:00:00+01:00',
    '10:00:00.1234567',
    'noon',
  ])('refuses %s', (text) => {
    refuses(timeScalar, text, /Time must be a time of day .*, such as "09:30:00"/);
  });
});

describe('Duration', () => {
  test.each(['PT1H30M', 'P3D', 'P1Y6M', 'P2W', 'PT0.25S', 'PT0S', 'P1Y2M3W4DT5H6M7.000001S'])(
    'keeps %s',
    (text) => {
      expect(both(durationScalar, text)).toBe(text);
    },
  );

  test.each(['P', 'PT', 'P1DT', '1H', 'PT1M1H', 'P1S', 'P-1D', 'PT1.5H', '3 days', ''])(
    'refuses %j',
    (text) => {
      refuses(durationScalar, text, /Duration must be a duration as in ISO 8601, such as "PT1H30M"/);
    },
  );
});

describe('Decimal', () => {
  const long = '12345678901234567890.12345678901234567890';

  test('keeps every digit of a string and of a literal', () => {
    expect(both(decimalScalar, long)).toBe(long);
    expect(fromLiteral(decimalScalar, long)).toBe(long);
    expect(fromLiteral(decimalScalar, '-0.10')).toBe('-0.10');
    expect(fromLiteral(decimalScalar, '9007199254740993')).toBe('9007199254740993');
  });

  test.each([
    [0, '0'],
    [-0, '0'],
    [0.1, '0.1'],
    [-12.5, '-12.5'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('takes the number %s', (number, text) => {
    expect(fromVariable(decimalScalar, number)).toBe(text);
  });

  test.each([0.1 + 0.2, 2 ** 53 + 2, 1 / 3])(
    'refuses the number %s, whose digits may have been lost',
    (number) => {
      expect(() => fromVariable(decimalScalar, number)).toThrow(`Send it as a string: "${number}".`);
    },
  );

  test.each([
    '',
    '.5',
    '1.',
    '+1',
    '1,5',
    '0x10',
    'NaN',
    'Infinity',
    '1e1000000000',
    '9'.repeat(201),
    ' 1',
    '1\n',
  ])('refuses %j', (text) => {
    refuses(decimalScalar, text, /Decimal must be a number or a string such as "12.50", not "/);
  });

  test('refuses true, null in a list, lists and infinity', () => {
    for (const value of [true, ['1'], { amount: 1 }, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(() => fromVariable(decimalScalar, value)).toThrow('Decimal must be');
    }
  });

  test('stands inside Money', () => {
    const money = { amount: long, currency: 'EUR' };
    expect(fromVariable(moneyInput, money)).toEqual(money);
    expect(fromLiteral(moneyInput, `{ amount: ${long}, currency: "EUR" }`)).toEqual(money);
    expect(() => fromVariable(moneyInput, { amount: '1' })).toThrow('"currency" of required type');
    expect(() => fromVariable(moneyInput, { amount: 'much', currency: 'EUR' })).toThrow('not "much"');
  });

  test('comes out as the string that it is', () => {
    expect(decimalScalar.serialize('12.50')).toBe('12.50');
  });
});

describe('ByField', () => {
  test('takes an object, in a literal with names and variables too', () => {
    const value = { total: { gt: 100, in: [1.5, null] }, status: true, at: { part: 'MONTH' } };
    expect(fromVariable(byFieldScalar, value)).toEqual(value);
    const node = parseValue('{ total: { gt: $least, in: [1.5, null] }, status: true, at: { part: MONTH } }');
    expect(byFieldScalar.parseLiteral(node, { least: 100 })).toEqual(value);
  });

  test('keeps every digit of a number', () => {
    const literal = '{ a: [0.30000000000000004, 1.50, 1e2, 123456789012345678.9, 9007199254740993, 1e999] }';
    expect(fromLiteral(byFieldScalar, literal)).toEqual({
      a: [0.30000000000000004, 1.5, 100, '123456789012345678.9', '9007199254740993', '1e999'],
    });
  });

  test.each([7, 'total', true, [{}], null])('refuses %p', (value) => {
    expect(() => byFieldScalar.parseValue(value)).toThrow('ByField must be an object');
    expect(() => fromLiteral(byFieldScalar, JSON.stringify(value))).toThrow('ByField must be an object');
  });
});

describe('JSON', () => {
  test('takes every kind of value', () => {
    const value = { text: 'a', number: 1.5, yes: true, none: null, list: [1, [2]], deep: { er: {} } };
    expect(fromVariable(jsonScalar, value)).toEqual(value);
    const literal = '{ text: "a", number: 1.5, yes: true, none: null, list: [1, [2]], deep: { er: {} } }';
    expect(fromLiteral(jsonScalar, literal)).toEqual(value);
  });

  test('fills variables into literals', () => {
    const node = parseValue('{ a: $a, list: [$a, $absent], b: $absent }');
    expect(jsonScalar.parseLiteral(node, { a: 7 })).toEqual({ a: 7, list: [7, null] });
  });

  test('keeps a key "__proto__" as a key', () => {
    const value = fromLiteral(jsonScalar, '{ __proto__: { admin: true } }');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });

  test('refuses what JSON text could not give back', () => {
    expect(() => fromLiteral(jsonScalar, '1e999')).toThrow('Write it as a string');
    expect(() => fromLiteral(jsonScalar, '[9007199254740993]')).toThrow('9007199254740993');
    expect(() => fromLiteral(jsonScalar, '{ a: RED }')).toThrow('Write a string: "RED"');
    expect(() => fromVariable(jsonScalar, JSON.parse('[1e999]'))).toThrow('out of range');
    expect(() => fromVariable(jsonScalar, JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`))).toThrow(
      '100 levels',
    );
  });
});

test('messages show hostile values cut short and with escapes', () => {
  expect(() => fromVariable(dateScalar, `\u0000\u202E"${'x'.repeat(10_000)}`)).toThrow(
    /not "\\u0000\\u\{202e\}\\"x{50,80}…\.$/,
  );
});

test('Int is 32 bits, as GraphQL says', () => {
  expect(fromVariable(GraphQLInt, 2 ** 31 - 1)).toBe(2147483647);
  expect(() => fromVariable(GraphQLInt, 2 ** 31)).toThrow('32-bit');
  expect(() => fromVariable(GraphQLInt, 1.5)).toThrow('non-integer');
});
