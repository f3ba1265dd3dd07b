import { awkwardDecimals, awkwardLetters, longBeginnings } from '@formwork/testkit';
import fc from 'fast-check';
import type { Values } from '../src/contract.ts';
import { idOf } from './read-harness.ts';
import { choiceNames, type ModelField, type ModelRecord } from './read-model.ts';

const shortText = fc
  .array(fc.constantFrom(...awkwardLetters), { maxLength: 3 })
  .map((parts) => parts.join(''));

/** Some share all that a search key holds. */
export const text = fc.oneof(
  { weight: 4, arbitrary: shortText },
  ...longBeginnings.map((beginning) => ({ weight: 1, arbitrary: shortText.map((end) => beginning + end) })),
);

const decimal = fc.constantFrom(...awkwardDecimals);
const currency = fc.record({ amount: decimal, currency: fc.constantFrom('EUR', 'USD') });

export const values: Readonly<Record<Exclude<ModelField, 'friend'>, fc.Arbitrary<unknown>>> = {
  text,
  integer: fc.constantFrom(-2147483648, -1, 0, 1, 2, 2147483647),
  number: fc.constantFrom(-1e300, -0.1, 0, 0.1, 5e-324, 1.7976931348623157e308),
  decimal,
  currency,
  boolean: fc.boolean(),
  date: fc.constantFrom('0001-01-01', '2024-02-29', '2026-11-21', '9999-12-31'),
  datetime: fc.constantFrom(
    '0001-01-01T00:00:00Z',
    '2026-11-21T10:00:00Z',
    '2026-11-21T10:00:00.000001Z',
    '2026-11-21T10:00:00.1Z',
    '9999-12-31T23:59:59.999999Z',
  ),
  time: fc.constantFrom('00:00:00', '10:00:00', '10:00:00.5', '23:59:59.999999'),
  duration: fc.constantFrom('PT0S', 'PT60M', 'PT1H', 'P1D', 'PT24H0.5S', 'P30D', 'P1M', 'P12M', 'P1Y'),
  select: fc.constantFrom(...choiceNames),
  multiSelect: fc.subarray(choiceNames),
};

const scalarFields = Object.keys(values).filter((name) => name !== 'multiSelect') as Exclude<
  ModelField,
  'friend' | 'multiSelect'
>[];

export function modelRecords(count: number): fc.Arbitrary<ModelRecord[]> {
  const link = fc.option(
    fc.nat(count - 1).map((number) => idOf(number)),
    { freq: 3 },
  );
  const nullable = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fc.option(value, { freq: 4 })]),
  );
  const peers = fc
    .uniqueArray(fc.nat(count - 1), { maxLength: 3 })
    .map((numbers) => numbers.map((number) => idOf(number)));
  return fc
    .array(fc.record({ ...nullable, friend: link, peers }), { minLength: count, maxLength: count })
    .map((rows) => rows.map((row, index) => ({ id: idOf(index), ...row }) as unknown as ModelRecord));
}

function operators(value: fc.Arbitrary<unknown>, ...names: readonly string[]): fc.Arbitrary<Values>[] {
  return names.map((name) => fc.record({ [name]: value }));
}

const isNull = operators(fc.boolean(), 'isNull');
const order = ['lt', 'lte', 'gt', 'gte'];
const equality = (value: fc.Arbitrary<unknown>) => [
  ...operators(value, 'eq', 'ne'),
  ...operators(fc.array(value, { maxLength: 3 }), 'in', 'notIn'),
  ...isNull,
];

function fieldFilters(field: Exclude<ModelField, 'friend'>): readonly fc.Arbitrary<Values>[] {
  const value = values[field];
  switch (field) {
    case 'text':
      return [
        ...equality(text),
        ...operators(text, ...order, 'contains', 'startsWith', 'endsWith'),
        ...operators(
          text,
          'eqInsensitive',
          'containsInsensitive',
          'startsWithInsensitive',
          'endsWithInsensitive',
        ),
        ...operators(fc.array(text, { maxLength: 3 }), 'inInsensitive'),
      ];
    case 'currency':
      return [
        ...equality(currency),
        ...operators(fc.oneof(...operators(decimal, 'eq', ...order)), 'amount'),
        ...operators(fc.oneof(...operators(fc.constantFrom('EUR', 'USD'), 'eq', 'ne')), 'currency'),
      ];
    case 'multiSelect':
      return [
        ...operators(fc.constantFrom(...choiceNames), 'has'),
        ...operators(fc.subarray(choiceNames), 'hasAny', 'hasAll'),
        ...isNull,
      ];
    case 'boolean':
    case 'select':
      return equality(value);
    default:
      return [...equality(value), ...operators(value, ...order)];
  }
}

/** Every operator of every type is as likely as any other. */
const leaf: fc.Arbitrary<Values> = fc.oneof(
  ...(Object.keys(values) as Exclude<ModelField, 'friend'>[]).flatMap((field) =>
    fieldFilters(field).map((filter) => fc.record({ [field]: filter })),
  ),
);

const totals = fc.oneof(
  ...operators(
    fc.oneof(...operators(fc.constantFrom(-1, 0, 1, 2147483648), 'eq', ...order), ...isNull),
    'integer',
  ),
  ...operators(fc.oneof(...operators(decimal, 'eq', 'ne', ...order), ...isNull), 'decimal'),
);
const averages = fc.oneof(
  ...operators(fc.oneof(...operators(fc.constantFrom(-1, 0, 0.5, 1), ...order), ...isNull), 'integer'),
);
const withExtremes = ['text', 'integer', 'number', 'decimal', 'date', 'datetime', 'time', 'select'] as const;
const extreme = fc.oneof(
  ...withExtremes.flatMap((field) => fieldFilters(field).map((each) => fc.record({ [field]: each }))),
);
const distinct = fc.constantFrom(
  { text: true },
  { integer: true },
  { select: true },
  { boolean: true },
  { friend: { id: true } },
);
const number = fc.oneof(...operators(fc.nat(3), 'eq', 'ne', ...order));

/** What is asked of linked records together. */
const asTogether: readonly fc.Arbitrary<Values>[] = [
  ...operators(number, 'count'),
  ...operators(totals, 'sum'),
  ...operators(averages, 'avg'),
  ...operators(fc.oneof(extreme, ...operators(extreme, 'not'), ...isNull), 'min', 'max'),
  fc.record({ countDistinct: fc.record({ of: distinct, count: number }) }),
];

/** Filters of a link that may lead nowhere. */
const ofNothing: readonly fc.Arbitrary<Values>[] = [
  ...isNull,
  fc
    .tuple(fc.constantFrom('and', 'or'), fc.array(fc.oneof(leaf, ...isNull), { minLength: 1, maxLength: 3 }))
    .map(([name, filters]) => ({ [name]: filters })),
  fc.record({ not: fc.oneof(...isNull, fc.record({ not: fc.oneof(leaf, ...isNull) })) }),
];

export const filter: fc.Arbitrary<Values> = fc.letrec<{ filter: Values; list: Values }>((tie) => {
  const inner = tie('filter');
  return {
    list: fc.oneof(
      ...operators(inner, 'some', 'every', 'none'),
      ...isNull,
      ...asTogether,
      fc
        .tuple(fc.oneof(...operators(inner, 'some', 'every', 'none'), ...isNull, ...asTogether), inner)
        .map(([asked, where]) => ({ ...asked, where })),
    ),
    filter: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      { weight: 8, arbitrary: leaf },
      { weight: 1, arbitrary: fc.record({ and: fc.array(inner, { minLength: 1, maxLength: 2 }) }) },
      { weight: 1, arbitrary: fc.record({ or: fc.array(inner, { minLength: 1, maxLength: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ not: inner }) },
      { weight: 1, arbitrary: fc.tuple(leaf, leaf).map(([a, b]) => ({ ...a, ...b })) },
      { weight: 2, arbitrary: fc.record({ friend: fc.oneof(inner, ...ofNothing) }) },
      ...['friendOf', 'peers', 'peerOf'].map((name) => ({
        weight: 1,
        arbitrary: fc.record({ [name]: tie('list') }) as fc.Arbitrary<Values>,
      })),
    ),
  };
}).filter;

const direction = fc.constantFrom(
  'ASC',
  'DESC',
  'ASC_NULLS_FIRST',
  'ASC_NULLS_LAST',
  'DESC_NULLS_FIRST',
  'DESC_NULLS_LAST',
);
const step = fc.oneof(...[...scalarFields, 'id'].map((field) => fc.record({ [field]: direction })));

/** By what linked records are together. */
const linkedStep = fc
  .tuple(
    fc.constantFrom('friendOf', 'peers', 'peerOf'),
    fc.oneof(
      fc.record({ count: direction }),
      ...operators(
        fc.oneof(...['integer', 'decimal'].map((name) => fc.record({ [name]: direction }))),
        'sum',
      ),
      fc.record({ avg: fc.record({ integer: direction }) }),
      ...operators(fc.oneof(...withExtremes.map((name) => fc.record({ [name]: direction }))), 'min', 'max'),
    ),
  )
  .map(([name, by]) => ({ [name]: by }));

export const orderBy: fc.Arbitrary<Values[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: step },
    { weight: 2, arbitrary: linkedStep },
    { weight: 2, arbitrary: fc.record({ friend: fc.oneof(step, linkedStep) }) },
  ),
  { maxLength: 3 },
);
