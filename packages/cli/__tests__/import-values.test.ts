import { createRegistry, type FieldDocument } from '@formwork/registry';
import { compileDateFormat } from '../src/import/date-format.ts';
import { parseDateFormats, parseMaps } from '../src/import/import-options.ts';
import { parseJson } from '../src/import/parse-json.ts';
import { compileReader, type ReadOptions } from '../src/import/read-value.ts';

function readerOf(field: Omit<FieldDocument, 'key'>, options: Partial<ReadOptions> = {}) {
  const made = createRegistry({
    formwork: 1,
    entities: [{ key: 'thing', fields: [{ key: 'value', ...field }] }],
  });
  if ('problems' in made) throw new Error(JSON.stringify(made.problems));
  const value = made.registry.entities[0]?.fieldByKey.get('value');
  if (value === undefined) throw new Error('The field is gone.');
  return compileReader(value, { listSeparator: ';', isJson: false, ...options });
}

describe('numbers', () => {
  test('are read from text that is one, and from nothing else', () => {
    const integer = readerOf({ type: 'integer' });
    expect([' 42', '-7', '+1', '007'].map(integer)).toEqual([42, -7, 1, 7]);
    for (const bad of ['1.0', '1e3', '0x10', '1,000', 'NaN', '١', '9'.repeat(40)]) {
      expect(() => integer(bad)).toThrow(/no whole number/);
    }
    const number = readerOf({ type: 'number' });
    expect(['1.5', '-.5', '2.', '1e-3'].map(number)).toEqual([1.5, -0.5, 2, 0.001]);
    for (const bad of ['1,5', '1 000', 'Infinity', '1e999', '--1', '.'])
      expect(() => number(bad)).toThrow(/no number/);
  });

  test('keep all their digits where they are decimals', () => {
    const decimal = readerOf({ type: 'decimal' });
    expect(['+12345678901234567890.10', '-.5', '3.', '1e3'].map(decimal)).toEqual([
      '12345678901234567890.10',
      '-0.5',
      '3',
      '1e3',
    ]);
    const fromJson = readerOf({ type: 'decimal' }, { isJson: true });
    expect(fromJson((parseJson('{"v":12345678901234567.89}') as { v: unknown }).v)).toBe(
      '12345678901234567.89',
    );
    expect(fromJson(1.5)).toBe(1.5);
  });

  test('come with their currency, on either side', () => {
    const money = readerOf({ type: 'currency' });
    expect(money('12.50 EUR')).toEqual({ amount: '12.50', currency: 'EUR' });
    expect(money('usd 3')).toEqual({ amount: '3', currency: 'USD' });
    expect(money({ amount: 1, currency: 'EUR' })).toEqual({ amount: 1, currency: 'EUR' });
    for (const bad of ['12.50', '€ 12', '12,50 EUR', '1.2.3 EUR']) expect(() => money(bad)).toThrow();
  });
});

test('booleans are words that mean one of two', () => {
  const boolean = readerOf({ type: 'boolean' });
  expect(['TRUE', 'yes', '1', 'f', 'No', ' 0 '].map(boolean)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(() => boolean('maybe')).toThrow(/neither true nor false/);
});

test('choices are known by key, name and label, and listed where there is none', () => {
  const field = {
    type: 'select',
    options: { choices: [{ key: 'in_progress', label: 'In progress' }, { key: 'done' }] },
  } as const;
  const choice = readerOf(field);
  expect(['in_progress', 'IN_PROGRESS', 'in PROGRESS'].map(choice)).toEqual([
    'IN_PROGRESS',
    'IN_PROGRESS',
    'IN_PROGRESS',
  ]);
  expect(() => choice('open')).toThrow(/"open", which is none of its choices: "in_progress", "done"/);
  expect(readerOf({ ...field, type: 'multi_select' })('done; In progress;')).toEqual(['DONE', 'IN_PROGRESS']);
  expect(
    readerOf({ ...field, type: 'multi_select' }, { listSeparator: '|' })('done|in_progress'),
  ).toHaveLength(2);
});

test('JSON is read from text, and taken as it is from JSON', () => {
  expect(readerOf({ type: 'json' })('{"a":[1]}')).toEqual({ a: [1] });
  expect(() => readerOf({ type: 'json' })('plain')).toThrow(/not JSON/);
  expect(readerOf({ type: 'json' }, { isJson: true })('plain')).toBe('plain');
});

describe('dates', () => {
  test('are ISO 8601 unless a format is told', () => {
    expect(readerOf({ type: 'date' })('2026-11-21')).toBe('2026-11-21');
    expect(readerOf({ type: 'datetime' })('2026-11-21T10:00:00+01:00')).toBe('2026-11-21T09:00:00Z');
    expect(readerOf({ type: 'time' })('10:00')).toBe('10:00:00');
    for (const bad of ['21.11.2026', '2026-02-30', '2026-11-21T10:00:00Z', '']) {
      expect(() => readerOf({ type: 'date' })(bad)).toThrow(/no date like 2026-11-21/);
    }
    expect(() => readerOf({ type: 'datetime' })('2001/01/01 00:47')).toThrow(/--date-format/);
    expect(() => readerOf({ type: 'datetime' }, { isJson: true })(1_700_000_000)).toThrow(/no datetime/);
  });

  test.each([
    ['yyyy/MM/dd HH:mm', 'datetime', '2001/01/01 00:47', '2001-01-01T00:47:00Z'],
    ['dd.MM.yyyy', 'date', '21.11.2026', '2026-11-21'],
    ['M/d/yyyy h:mm a', 'datetime', '1/2/2026 12:05 AM', '2026-01-02T00:05:00Z'],
    ['M/d/yyyy h:mm a', 'datetime', '1/2/2026 12:05 pm', '2026-01-02T12:05:00Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SXXX", 'datetime', '2026-11-21T10:00:00.25+02:00', '2026-11-21T08:00:00.25Z'],
    ['HHmm', 'time', '0930', '09:30:00'],
  ] as const)('are read as %s', (format, type, text, value) => {
    expect(compileDateFormat(format, type)(text)).toBe(value);
  });

  test.each([
    ['yyyy/MM/dd', '2026/2/30'],
    ['yyyy/MM/dd', '2026/02/30'],
    ['yyyy/MM/dd', '2026-02-03'],
    ['yyyy/MM/dd', '12026/02/03'],
    ['yyyy.MM.dd', '2026x02x03'],
  ])('that do not fit %s are refused: %s', (format, text) => {
    expect(compileDateFormat(format, 'date')(text)).toBeNull();
  });

  test.each([
    ['YYYY-MM-dd', /"YYYY", which means nothing/],
    ['MM/dd', /has no year/],
    ['yyyy-MM-dd MM', /the month twice/],
    ['yyyy-MM-dd hh', /needs h and a together/],
    ["yyyy-MM-dd'", /means nothing/],
  ])('have formats that are checked: %s', (format, reason) => {
    expect(() => compileDateFormat(format, 'datetime')).toThrow(reason);
  });

  test('have a format for all columns and others for single ones', () => {
    expect(parseDateFormats(['dd.MM.yyyy', 'born=yyyy'])).toEqual({
      dateFormat: 'dd.MM.yyyy',
      dateFormats: new Map([['born', 'yyyy']]),
    });
    expect(() => parseDateFormats(['a', 'b'])).toThrow(/2 times/);
  });
});

test('a mapping is split at its last "=", for columns may have one', () => {
  expect(parseMaps(['a=b=c', 'origin=airport.iata'])).toEqual(
    new Map([
      ['a=b', 'c'],
      ['origin', 'airport.iata'],
    ]),
  );
  for (const bad of ['a', '=b', 'a=', ' = '])
    expect(() => parseMaps([bad])).toThrow(/should be "column=field"/);
  expect(() => parseMaps(['a=b', 'a=c'])).toThrow(/twice for column "a"/);
});
