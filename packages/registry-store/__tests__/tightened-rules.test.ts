import type { FieldDocument, FieldOptions } from '@formwork/registry';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: string;

beforeAll(async () => {
  setup = await setUp();
});
beforeEach(async () => {
  tenant = await setup.tenant();
});
afterAll(() => setup.close());

type Type = FieldDocument['type'];

const document = (type: Type, options: FieldOptions, others: Partial<FieldDocument> = {}) =>
  documentOf({
    key: 'thing',
    softDelete: true,
    fields: [
      { key: 'name', type: 'text' },
      { key: 'value', type, options, ...others },
    ],
  });

/** Type, options before, options after, values that fit both, values that fit the first only, what is said. */
const cases: readonly [string, Type, FieldOptions, FieldOptions, unknown[], unknown[], string][] = [
  ['min', 'integer', { min: 0 }, { min: 5 }, [5, 6], [0, 4], 'less than 5'],
  ['max', 'integer', {}, { max: 5 }, [5, -1], [6], 'more than 5'],
  ['max', 'number', {}, { max: 0.5 }, [0.5], [0.5000001, 1e300], 'more than 0.5'],
  ['min', 'percent', {}, { min: 10 }, [10], [9.99], 'less than 10'],
  ['highest', 'rating', { highest: 10 }, { highest: 5 }, [5], [6, 10], 'more than 5'],
  ['min', 'decimal', {}, { min: '0.10' }, [0.1], [0.09], 'less than 0.10'],
  ['min', 'date', {}, { min: '2000-01-01' }, ['2000-01-01'], ['1999-12-31'], 'less than 2000-01-01'],
  [
    'max',
    'datetime',
    {},
    { max: '2000-01-01T00:00:00Z' },
    ['2000-01-01T00:00:00Z', '1999-12-31T23:59:59.9Z'],
    ['2000-01-01T00:00:00.000001Z'],
    'more than 2000-01-01T00:00:00Z',
  ],
  ['max', 'time', {}, { max: '12:00:00' }, ['12:00:00'], ['12:00:00.5'], 'more than 12:00:00'],
  ['minLength', 'text', {}, { minLength: 2 }, ['ab', '👍👍'], ['a', '👍', ''], 'of fewer than 2 characters'],
  ['maxLength', 'long_text', {}, { maxLength: 2 }, ['ab', '👍👍'], ['abc'], 'of more than 2 characters'],
  [
    'pattern',
    'text',
    {},
    { pattern: '^\\p{Lu}\\d+$' },
    ['A1', 'Ö22'],
    ['a1', 'A', 'A1\n'],
    'that the pattern',
  ],
  ['scale', 'decimal', {}, { scale: 2 }, [1.25, 100], [1.255], 'of more than 2 digits after the point'],
  [
    'precision',
    'decimal',
    { scale: 2 },
    { scale: 2, precision: 4 },
    [12.34, 0.12, 1234],
    [123.45, 12345],
    'of more than 4 digits',
  ],
  [
    'currencies',
    'currency',
    {},
    { currencies: ['EUR'] },
    [{ amount: 1, currency: 'EUR' }],
    [{ amount: 1, currency: 'USD' }],
    'in another currency than EUR',
  ],
  [
    'max',
    'currency',
    {},
    { max: '10' },
    [{ amount: 10, currency: 'EUR' }],
    [{ amount: 10.01, currency: 'EUR' }],
    'more than 10',
  ],
];

test.each(cases)(
  'a new %s for a field of type %s is refused while records break it',
  async (_, type, before, after, fitting, breaking, says) => {
    await setup.apply(tenant, document(type, before));
    await setup.write(tenant, 'thing', { name: 'none' }, ...fitting.map((value) => ({ value })));
    const ids = await setup.write(tenant, 'thing', ...breaking.map((value) => ({ value })));
    const { codes, messages } = await setup.refusal(tenant, document(type, after));
    expect(codes).toEqual(['VALUES_DO_NOT_FIT at entities[0].fields[1]']);
    const count = ids.length === 1 ? 'There is 1 record' : `There are ${ids.length} records`;
    expect(messages[0]).toContain(`${count} of "thing" with a value of "value" ${says}`);
    for (const id of ids) expect(messages[0]).toContain(id);
    await setup.rows('delete from formwork.records where id = any ($1)', ids);
    expect(await setup.apply(tenant, document(type, after))).toMatchObject({ changed: true });
  },
);

test('all that is broken is told at once', async () => {
  await setup.apply(tenant, document('text', {}));
  await setup.write(tenant, 'thing', { value: 'long and with spaces' }, { value: 'x' });
  const after = document('text', { minLength: 2, maxLength: 5, pattern: '^\\S*$' }, { required: true });
  await setup.write(tenant, 'thing', { name: 'no value' });
  const { messages } = await setup.refusal(tenant, after);
  expect(messages).toHaveLength(4);
});

test('a rule that is loosened, or stays, looks at no record', async () => {
  await setup.apply(tenant, document('integer', { min: 0, max: 10 }));
  await setup.write(tenant, 'thing', { value: 5 });
  await setup.plant('update formwork.records set data = \'{"value": 20}\' where tenant_id = $1', tenant);
  // What stands against a rule that is not touched keeps nobody from another change.
  await setup.apply(tenant, document('integer', { min: 0, max: 10 }, { label: 'Another' }));
  await setup.apply(tenant, document('integer', { min: 0 }));
  expect((await setup.refusal(tenant, document('integer', { min: 0, max: 10 }))).codes).toHaveLength(1);
});

test("a record that is deleted and kept is in nobody's way", async () => {
  await setup.apply(tenant, document('integer', {}));
  await setup.write(tenant, 'thing', { value: 20 }, { name: 'no value' });
  await setup.rows('update formwork.records set deleted_at = now() where tenant_id = $1', tenant);
  await setup.apply(tenant, document('integer', { max: 10 }, { required: true }));
});

test('more values than fit into memory at once are looked at', async () => {
  await setup.apply(tenant, document('text', {}));
  const values = Array.from({ length: 2100 }, (_, index) => ({
    value: index % 1000 === 999 ? 'odd' : 'EVEN',
  }));
  await setup.write(tenant, 'thing', ...values);
  const { messages } = await setup.refusal(tenant, document('text', { pattern: '^[A-Z]+$' }));
  expect(messages[0]).toContain('There are 2 records');
});
