import { museum } from './write-design.ts';
import { createWriteHarness, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;

beforeAll(async () => {
  harness = await createWriteHarness(museum);
});

afterAll(() => harness.close());

/** Creates a specimen and gives the field's JSON text as it stands in `records.data`. */
async function stored(values: Readonly<Record<string, unknown>>): Promise<string> {
  const node = await harness.mutate((records) =>
    records.create('Specimen', { name: 'Ammonite', ...values }, { fields: [] }),
  );
  return (await harness.dataOf(node.id)) ?? '';
}

describe('a value is stored exactly', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['an empty text', { notes: '' }, '"notes": ""'],
    ['emoji and right-to-left text', { notes: '👩‍👩‍👧 שלום \u202e' }, '"notes": "👩‍👩‍👧 שלום \u202e"'],
    ['quotes, backslashes and dollars', { notes: `"'\\$$;--` }, `"notes": "\\"'\\\\$$;--"`],
    ['the least int32', { pieces: -2_147_483_648 }, '"pieces": -2147483648'],
    ['the greatest int32', { pieces: 2_147_483_647 }, '"pieces": 2147483647'],
    ['negative zero', { mass: -0 }, '"mass": 0'],
    ['a double of 17 digits', { mass: 0.1 + 0.2 }, '"mass": 0.30000000000000004'],
    [
      '38 digits',
      { exact: '12345678901234567890123456789012345678' },
      '"exact": 12345678901234567890123456789012345678',
    ],
    [
      '38 digits around the point',
      { exact: '-123456789012345678.12345678901234567890' },
      '"exact": -123456789012345678.12345678901234567890',
    ],
    ['zeros at the end of a decimal', { exact: '12.500' }, '"exact": 12.500'],
    ['a decimal with an exponent', { exact: '125e-2' }, '"exact": 1.25'],
    ['a decimal with zeros beyond its scale', { price: '1.5000' }, '"price": 1.50'],
    ['a decimal as a number', { price: 0.1 }, '"price": 0.1'],
    [
      'an amount of money',
      { insured: { currency: 'EUR', amount: '10.10' } },
      '"insured": {"amount": 10.10, "currency": "EUR"}',
    ],
    ['the first day', { anyDay: '0001-01-01' }, '"any_day": "0001-01-01"'],
    ['a leap day', { anyDay: '2024-02-29' }, '"any_day": "2024-02-29"'],
    [
      'a moment with an offset, in UTC',
      { seenAt: '2026-03-01T00:30:00.120+02:00' },
      '"seen_at": "2026-02-28T22:30:00.12Z"',
    ],
    ['microseconds', { seenAt: '2026-11-21T10:00:00.123456Z' }, '"seen_at": "2026-11-21T10:00:00.123456Z"'],
    [
      'the last moment',
      { seenAt: '9999-12-31T23:59:59.999999Z' },
      '"seen_at": "9999-12-31T23:59:59.999999Z"',
    ],
    ['a time without seconds', { feeding: '09:30' }, '"feeding": "09:30:00"'],
    ['a time with a fraction', { feeding: '23:59:59.500000' }, '"feeding": "23:59:59.5"'],
    ['a duration as it was written', { exposure: 'PT60M' }, '"exposure": "PT60M"'],
    ['a choice by its key', { state: 'ON_SHOW' }, '"state": "on_show"'],
    ['choices in their order', { tags: ['LOUD', 'RARE'] }, '"tags": ["loud", "rare"]'],
    ['an empty list of choices', { tags: [] }, '"tags": []'],
    [
      'nested JSON with nulls',
      { extra: { a: [1, null, { b: null }] } },
      '"extra": {"a": [1, null, {"b": null}]}',
    ],
    [
      'JSON with a name of the prototype',
      { extra: JSON.parse('{"__proto__": {"a": 1}}') },
      '"extra": {"__proto__": {"a": 1}}',
    ],
    ['false', { fragile: false }, '"fragile": false'],
  ])('%s', async (_, values, text) => {
    expect(await stored(values)).toContain(text);
  });

  test('a text of one megabyte', async () => {
    const notes = 'añ€😀'.repeat(125_000);
    expect(JSON.parse(await stored({ notes })).notes).toBe(notes);
  });

  test('the largest and the smallest double', async () => {
    expect(JSON.parse(await stored({ mass: 1.7976931348623157e308 })).mass).toBe(1.7976931348623157e308);
    expect(JSON.parse(await stored({ mass: 5e-324 })).mass).toBe(5e-324);
    expect(JSON.parse(await stored({ mass: -1e308 })).mass).toBe(-1e308);
  });
});

test('defaults are for what is not given, not for null', async () => {
  expect(JSON.parse(await stored({}))).toMatchObject({ fragile: true, state: 'in_drawer' });
  expect(JSON.parse(await stored({ fragile: null, state: null }))).toEqual({
    name: 'Ammonite',
    number: expect.any(Number),
  });
});

test('null is never stored', async () => {
  expect(await stored({ notes: null, extra: null, room: null, labels: null })).not.toContain('null');
});

test('numbers ascend', async () => {
  const first = JSON.parse(await stored({})).number;
  expect(JSON.parse(await stored({})).number).toBe(first + 1);
});
