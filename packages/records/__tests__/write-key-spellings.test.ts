import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { Values } from '../src/index.ts';
import { keyText } from '../src/write/key-text.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

/** Values that can be written in several ways, each of them a key; rates follow one another. */
const bank: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'rate',
      fields: [
        { key: 'factor', type: 'decimal', unique: true },
        { key: 'fee', type: 'currency', unique: true },
        { key: 'name', type: 'text', unique: true, options: { caseInsensitive: true } },
        { key: 'next', type: 'link', options: { target: 'rate' } },
        { key: 'term', type: 'integer' },
      ],
      keys: [{ key: 'by_term', fields: ['next', 'term'] }],
    },
    {
      key: 'branch',
      plural: 'branches',
      fields: [
        { key: 'place', type: 'text' },
        { key: 'storey', type: 'integer', aliases: [{ key: 'floor' }] },
        { key: 'above', type: 'link', options: { target: 'branch' } },
      ],
      keys: [{ key: 'by_place', fields: ['place', 'storey'], nullsEqual: true }],
    },
  ],
};

let harness: WriteHarness;

beforeAll(async () => {
  harness = await createWriteHarness(bank);
});

afterAll(() => harness.close());

const nothing = { fields: [] };
const create = (input: Values, typeName = 'Rate') =>
  harness.mutate((records) => records.create(typeName, input, nothing));
const upsert = (by: Values, input: Values, typeName = 'Rate') =>
  harness.mutate((records) => records.upsert(typeName, by, input, nothing));

describe('a value of a key in another spelling', () => {
  test.each<[string, Values, Values]>([
    ['a decimal', { factor: '77.10' }, { factor: '77.1' }],
    ['a whole decimal', { factor: '5e2' }, { factor: '500.00' }],
    ['money', { fee: { amount: '3.50', currency: 'EUR' } }, { fee: { amount: '3.5', currency: 'EUR' } }],
    ['a text without case', { name: 'Ärger Ж ς' }, { name: 'ÄRGER ж Σ' }],
    ['a text in compatible characters', { name: 'Ｆull ﬁ' }, { name: 'full FI' }],
  ])('names a record that the same input creates: %s', async (_, given, by) => {
    const { id } = await create({ ...given, next: { by } });
    expect(JSON.parse((await harness.dataOf(id)) ?? '{}')).toMatchObject({ next: id });
  });

  test('does not name one that the database tells apart', async () => {
    const error = await refusalOf(create({ name: 'Աղ', next: { by: { name: 'աղ' } } }));
    expect(error).toMatchObject({ code: 'LINK_NOT_FOUND', details: { path: ['input', 'next'] } });
  });

  test('may be given to an upsert once more', async () => {
    const { node } = await upsert({ factor: '1.50' }, { factor: '1.5', name: 'first' });
    expect(await upsert({ factor: '1.5' }, { factor: '1.500', name: 'second' })).toMatchObject({
      created: false,
      node: { id: node.id },
    });
    const fee = { amount: '7', currency: 'EUR' };
    await upsert({ fee }, { fee: { ...fee, amount: '7.00' } });
    for (const other of [
      { amount: '70', currency: 'EUR' },
      { amount: '7', currency: 'USD' },
    ])
      expect((await refusalOf(upsert({ fee }, { fee: other }))).code).toBe('VALIDATION_FAILED');
  });
});

test('a link of a key that leads nowhere is told where it was given', async () => {
  const nobody = '0193f5a2-7c1e-7000-8000-000000000000';
  const error = await refusalOf(upsert({ byTerm: { next: nobody, term: 1 } }, { name: 'astray' }));
  expect(error).toMatchObject({
    code: 'LINK_NOT_FOUND',
    details: {
      path: ['by', 'byTerm', 'next'],
      id: nobody,
      links: [{ path: ['by', 'byTerm', 'next'] }],
    },
  });
});

describe('a part of a key that was renamed', () => {
  const by = (parts: Values) => ({ byPlace: { place: 'Rome', ...parts } });

  test('is given by either name, and null for the other says nothing', async () => {
    const { id } = await create({ place: 'Rome', storey: 3 }, 'Branch');
    for (const parts of [
      { storey: 3 },
      { floor: 3 },
      { storey: 3, floor: null },
      { floor: 3, storey: null },
    ]) {
      expect(await upsert(by(parts), {}, 'Branch')).toMatchObject({ created: false, node: { id } });
      const { id: linked } = await create(
        { place: JSON.stringify(parts), above: { by: by(parts) } },
        'Branch',
      );
      expect(JSON.parse((await harness.dataOf(linked)) ?? '{}')).toMatchObject({ above: id });
    }
  });

  test('is not given by both', async () => {
    const both = by({ storey: 3, floor: 4 });
    const isRefused = async (operation: Promise<unknown>) =>
      expect(await refusalOf(operation)).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/"storey" and "floor" are one field/),
      });
    await isRefused(upsert(both, {}, 'Branch'));
    await isRefused(create({ above: { by: both } }, 'Branch'));
  });
});

test('keys are compared here as the database compares them', async () => {
  const texts = [
    '',
    'ABC',
    'ÀÉ',
    'A\u0300',
    'Straße',
    'ẞ',
    'ΑΣΣ',
    'ς',
    'ЁЖ',
    'Ђ',
    'Æ',
    'Œ',
    'Ł',
    'Ŋ',
    'Ａ①ﬁ',
    'ǅ',
    'İI',
    'Ա',
    'Ⴀ',
    'K',
    '👍',
    '"\\',
  ];
  const numbers = ['0', '10', '1.50', '1.00', '-0.10', '100.001', '12345678901234567890.1200'];
  const cases = [
    ...texts.flatMap((text) => [true, false].map((fold) => ['text', fold, JSON.stringify(text)] as const)),
    ...numbers.map((number) => ['decimal', false, number] as const),
    ...numbers.map((number) => ['currency', false, `{"amount":${number},"currency":"EUR"}`] as const),
  ];
  const field = (type: string) => harness.registry.entities[0]?.fields.find((one) => one.type === type);
  const rows = await asAdmin(harness.database, async (admin) => {
    const text = `select formwork.key_part(case when (c ->> 1)::boolean then 'fold' else 'exact' end, (c ->> 2)::jsonb) as key
      from jsonb_array_elements($1::jsonb) with ordinality as given (c, place) order by place`;
    return (await admin.query(text, [JSON.stringify(cases)])).rows.map(({ key }) => String(key));
  });
  const own = cases.map(([type, isFolded, text]) => keyText(field(type) as never, text, isFolded));
  const equal = (keys: readonly string[]) => keys.map((one, index) => [cases[index], keys.indexOf(one)]);
  for (const type of ['text', 'decimal', 'currency'])
    for (const fold of [true, false]) {
      const some = (keys: readonly string[]) =>
        keys.filter((_, index) => cases[index]?.[0] === type && cases[index]?.[1] === fold);
      expect(equal(some(own))).toEqual(equal(some(rows)));
    }
});
