import { type ControlPlane, connectControlPlane } from '@formwork/pg';
import {
  conversionRule,
  conversionTargets,
  type Field,
  type FieldOptions,
  type FieldType,
  fieldTypes,
} from '@formwork/registry';
import { createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { convertValue } from '../src/conversions/convert-value.ts';

let database: TestDatabase;
let control: ControlPlane;

beforeAll(async () => {
  database = await createTestDatabase();
  control = connectControlPlane({ url: database.designerUrl, max: 1 });
});

afterAll(async () => {
  await control.close();
  await database.drop();
});

function rows(text: string, ...values: readonly string[]): Promise<Record<string, string | null>[]> {
  return control.control(async (sql) => [...(await sql.unsafe(text, [...values]))]);
}

const choices = [
  { key: 'planned', name: 'PLANNED', label: 'Planned', description: '' },
  { key: 'flown', name: 'FLOWN', label: 'It is over', description: '' },
];

function field(type: FieldType, options: FieldOptions = {}): Field {
  const all = type === 'currency' ? { currencies: ['EUR'], ...options } : options;
  return { type, options: all, choices: type.includes('select') ? choices : [] } as unknown as Field;
}

/** What becomes of a value; null where it has no counterpart. */
async function converted(
  value: unknown,
  from: FieldType | Field,
  to: FieldType | Field,
  allowLoss = false,
): Promise<unknown> {
  const [source, target] = [from, to].map((one) => (typeof one === 'string' ? field(one) : one)) as [
    Field,
    Field,
  ];
  const sql = convertValue('v', source, target, { allowLoss, withOptions: true });
  const [row] = await rows(
    `select (${sql})::text as made from (select $1::text::jsonb as v) given`,
    JSON.stringify(value),
  );
  return row?.made ? JSON.parse(row.made) : null;
}

const lossless: readonly [FieldType, FieldType, unknown, unknown][] = [
  ['text', 'long_text', 'a', 'a'],
  ['text', 'email', 'ada@example.com', 'ada@example.com'],
  ['text', 'url', 'https://example.com/a', 'https://example.com/a'],
  ['text', 'phone', '+49 30 901820', '+49 30 901820'],
  ['text', 'integer', ' 12 ', 12],
  ['text', 'integer', '-7.00', -7],
  ['text', 'rating', '3', 3],
  ['text', 'number', '1.5', 1.5],
  ['text', 'decimal', '1234567890123.25', 1234567890123.25],
  ['text', 'boolean', 'Yes', true],
  ['text', 'boolean', '0', false],
  ['text', 'date', '2024-02-29', '2024-02-29'],
  ['text', 'datetime', '2024-02-29', '2024-02-29T00:00:00Z'],
  ['text', 'datetime', '2024-02-29T10:00:00.500+00:00', '2024-02-29T10:00:00.5Z'],
  ['text', 'time', '10:00:00', '10:00:00'],
  ['text', 'duration', 'PT1H', 'PT1H'],
  ['text', 'select', 'planned', 'planned'],
  ['text', 'select', 'IT IS OVER', 'flown'],
  ['text', 'json', 'a', 'a'],
  ['integer', 'text', 12, '12'],
  ['integer', 'decimal', 12, 12],
  ['integer', 'number', 12, 12],
  ['integer', 'rating', 5, 5],
  ['integer', 'boolean', 1, true],
  ['number', 'integer', 4, 4],
  ['number', 'decimal', 0.1, 0.1],
  ['decimal', 'text', 12.5, '12.5'],
  ['decimal', 'integer', 12, 12],
  ['decimal', 'number', 12.25, 12.25],
  ['decimal', 'currency', 12.5, { amount: 12.5, currency: 'EUR' }],
  ['currency', 'decimal', { amount: 12.5, currency: 'EUR' }, 12.5],
  ['boolean', 'text', true, 'true'],
  ['boolean', 'integer', false, 0],
  ['date', 'datetime', '2024-02-29', '2024-02-29T00:00:00Z'],
  ['datetime', 'date', '2024-02-29T00:00:00Z', '2024-02-29'],
  ['date', 'text', '2024-02-29', '2024-02-29'],
  ['time', 'text', '10:00:00', '10:00:00'],
  ['duration', 'text', 'PT1H', 'PT1H'],
  ['select', 'text', 'flown', 'flown'],
  ['select', 'multi_select', 'flown', ['flown']],
  ['multi_select', 'select', ['flown'], 'flown'],
  ['json', 'text', { a: 1 }, '{"a": 1}'],
  ['json', 'integer', 4, 4],
  ['json', 'multi_select', ['planned'], ['planned']],
];

test.each(lossless)('%s becomes %s: %j is %j', async (from, to, value, expected) => {
  expect(await converted(value, from, to)).toEqual(expected);
});

const failing: readonly [FieldType, FieldType | Field, unknown][] = [
  ['text', 'integer', '12.5'],
  ['text', 'integer', '2147483648'],
  ['text', 'integer', ''],
  ['text', 'decimal', '1e5'],
  ['text', 'decimal', '1,250.00'],
  ['text', 'decimal', 'NaN'],
  ['text', field('decimal', { scale: 1 }), '1.25'],
  ['text', field('decimal', { precision: 3, scale: 2 }), '12.25'],
  ['text', field('integer', { max: 10 }), '11'],
  ['text', field('long_text', { maxLength: 2 }), 'abc'],
  ['text', field('date', { min: '2025-01-01' }), '2024-02-29'],
  ['text', 'boolean', 'perhaps'],
  ['text', 'date', '2023-02-29'],
  ['text', 'date', '29.02.2024'],
  ['text', 'datetime', '2024-02-29T25:00:00Z'],
  ['text', 'time', '25:00:00'],
  ['text', 'select', 'cancelled'],
  ['text', 'email', 'ada'],
  ['text', 'url', 'javascript:alert(1)'],
  ['text', 'phone', 'call me'],
  ['integer', 'rating', 6],
  ['integer', 'rating', 0],
  ['integer', 'boolean', 2],
  ['number', 'integer', 4.5],
  ['number', 'decimal', 1e300],
  ['decimal', 'integer', 4.5],
  ['decimal', field('currency', { currencies: ['EUR'], max: '10' }), 12],
  ['currency', 'decimal', { amount: 12.5, currency: 'USD' }],
  ['datetime', 'date', '2024-02-29T10:00:00Z'],
  ['multi_select', 'select', ['planned', 'flown']],
  ['json', 'integer', 'four'],
  ['json', 'decimal', [1]],
];

test.each(failing)('%s has no %j for %j', async (from, to, value) => {
  expect(await converted(value, from, to)).toBeNull();
});

test('digits that a float has no place for are lost only where that is allowed', async () => {
  const sql = (allowLoss: boolean) =>
    `select (${convertValue('v', field('decimal'), field('number'), { allowLoss, withOptions: true })})::text as made
      from (select '0.12345678901234567891'::jsonb as v) given`;
  expect(await rows(sql(false))).toEqual([{ made: null }]);
  expect(await rows(sql(true))).toEqual([{ made: '0.12345678901234568' }]);
});

test.each([
  ['decimal', 'integer', 4.5, 5],
  ['number', 'rating', 2.4, 2],
  ['datetime', 'date', '2024-02-29T23:00:00Z', '2024-02-29'],
  ['multi_select', 'select', ['planned', 'flown'], 'planned'],
] as const)('%s becomes %s with a loss: %j is %j', async (from, to, value, expected) => {
  expect(await converted(value, from, to, true)).toEqual(expected);
});

/** One value of each type. */
const values: Partial<Record<FieldType, unknown>> = Object.fromEntries([
  ...lossless.map(([from, , value]) => [from, value] as const),
  ['long_text', 'a'],
  ['email', 'ada@example.com'],
  ['url', 'https://example.com'],
  ['phone', '+49 30 901820'],
  ['rating', 3],
  ['percent', 12.5],
]);

test('every pair of the table has a way that SQL can go, and never raises whatever the value is', async () => {
  const strange = [...Object.values(values), null, {}, [], [1], 'x', 1e300, -1, true, ''];
  const pairs = fieldTypes.flatMap((from) => conversionTargets(from).map((to) => [from, to] as const));
  expect(pairs.length).toBeGreaterThan(80);
  for (const [from, to] of pairs) {
    for (const allowLoss of [true, false]) {
      const sql = convertValue('v', field(from), field(to), { allowLoss, withOptions: true });
      const [found] = await rows(
        `select count(*) as looked, count(${sql}) as made from jsonb_array_elements($1::text::jsonb) given (v)`,
        JSON.stringify(strange),
      );
      expect(Number(found?.looked)).toBe(strange.length);
    }
  }
});

test('what is said to be lossless is, there and back', async () => {
  for (const from of fieldTypes) {
    for (const to of conversionTargets(from)) {
      if (conversionRule(from, to)?.outcome !== 'lossless' || conversionRule(to, from) === null) continue;
      // The text of an object is not taken for an object again.
      if (from === 'json' && to.endsWith('text')) continue;
      const value = values[from];
      const there = await converted(value, from, to);
      expect([from, to, await converted(there, to, from, true)]).toEqual([from, to, value]);
    }
  }
});
