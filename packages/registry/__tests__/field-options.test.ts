import { codesOf, documentOf, documentWith, entityOf, problemsOf, registryOf } from './designs.ts';

const choices = [{ key: 'planned' }, { key: 'flown' }];

/** Codes of the problems of one field "a", by the place within it. */
function codes(type: string, options: object, more: object = {}): readonly string[] {
  return codesOf(documentWith([{ key: 'a', type, options, ...more }])).map((code) =>
    code.replace('entities[0].fields[0].', ''),
  );
}

test.each([
  ['text', { minLength: 2, maxLength: 2, pattern: '^a+$', caseInsensitive: true }],
  ['long_text', { maxLength: 100_000 }],
  ['integer', { min: -5, max: 5 }],
  ['number', { min: -0.5, max: 1e300 }],
  ['percent', { min: 0, max: 100 }],
  ['decimal', { min: '-0.00000000000000000001', max: '123456789012345678', scale: 20, precision: 38 }],
  ['decimal', { min: 0, max: 1e-7 }],
  ['currency', { min: '0', currencies: ['EUR'], scale: 2 }],
  ['rating', { highest: 10 }],
  ['date', { min: '0001-01-01', max: '9999-12-31' }],
  ['datetime', { min: '2026-01-01T00:00:00Z', max: '2026-01-01T00:00:00.5Z' }],
  ['time', { min: '08:00', max: '08:00:00.5' }],
  ['select', { choices, initial: ['planned'], transitions: { planned: ['flown'], flown: [] } }],
  ['multi_select', { choices }],
  ['link', { target: 'thing', inverse: 'b', onDelete: 'set_null' }],
  ['links', { target: 'thing', inverse: null, onDelete: 'restrict' }],
])('takes options of %s: %j', (type, options) => {
  expect(codes(type, options)).toEqual([]);
});

test.each([
  ['text', { min: 1 }, ['OPTION_UNKNOWN at options.min']],
  ['integer', { pattern: 'a' }, ['OPTION_UNKNOWN at options.pattern']],
  ['boolean', { choices }, ['OPTION_UNKNOWN at options.choices']],
  ['json', { minLength: 1 }, ['OPTION_UNKNOWN at options.minLength']],
  ['text', { maxLenght: 1 }, ['OPTION_UNKNOWN at options.maxLenght']],
  ['text', { constructor: 1 }, ['OPTION_UNKNOWN at options.constructor']],
  ['text', { minLength: 3, maxLength: 2 }, ['OPTION_INVALID at options.maxLength']],
  ['text', { minLength: -1 }, ['OPTION_INVALID at options.minLength']],
  ['text', { maxLength: 1.5 }, ['OPTION_INVALID at options.maxLength']],
  ['text', { maxLength: '5' }, ['OPTION_INVALID at options.maxLength']],
  ['text', { pattern: '(' }, ['PATTERN_INVALID at options.pattern']],
  ['text', { pattern: 7 }, ['TYPE_WRONG at options.pattern']],
  ['text', [], ['TYPE_WRONG at options']],
  ['integer', { min: 2, max: 1 }, ['OPTION_INVALID at options.max']],
  ['integer', { min: 0.5 }, ['OPTION_INVALID at options.min']],
  ['integer', { max: 2147483648 }, ['OPTION_INVALID at options.max']],
  ['number', { min: '1' }, ['OPTION_INVALID at options.min']],
  ['decimal', { min: '1', max: '0.99999999999999999999' }, ['OPTION_INVALID at options.max']],
  ['decimal', { min: 'one' }, ['OPTION_INVALID at options.min']],
  ['decimal', { max: 1e300 }, ['OPTION_INVALID at options.max']],
  ['decimal', { scale: 21 }, ['OPTION_INVALID at options.scale']],
  ['decimal', { precision: 39 }, ['OPTION_INVALID at options.precision']],
  ['decimal', { precision: 2, scale: 3 }, ['OPTION_INVALID at options.scale']],
  ['currency', { currencies: ['eur'] }, ['OPTION_INVALID at options.currencies']],
  ['currency', { currencies: [] }, ['OPTION_INVALID at options.currencies']],
  ['currency', { currencies: ['EUR', 'EUR'] }, ['DUPLICATE at options.currencies[1]']],
  ['rating', { highest: 0 }, ['OPTION_INVALID at options.highest']],
  ['date', { min: '2026-02-30' }, ['OPTION_INVALID at options.min']],
  ['date', { min: '2026-02-02', max: '2026-02-01' }, ['OPTION_INVALID at options.max']],
  ['datetime', { min: '2026-01-01T00:00:00' }, ['OPTION_INVALID at options.min']],
  [
    'datetime',
    { min: '2026-01-01T00:00:00.5Z', max: '2026-01-01T01:00:00+01:00' },
    ['OPTION_INVALID at options.max'],
  ],
  ['time', { min: '25:00' }, ['OPTION_INVALID at options.min']],
  ['select', {}, ['MISSING at options.choices']],
  ['select', { choices: [] }, ['MISSING at options.choices']],
  ['select', { choices: {} }, ['TYPE_WRONG at options.choices']],
  ['select', { choices: ['planned'] }, ['TYPE_WRONG at options.choices[0]']],
  ['select', { choices: [{ key: 'a' }, { key: 'a' }] }, ['KEY_DUPLICATE at options.choices[1].key']],
  ['select', { choices: [{}] }, ['KEY_INVALID at options.choices[0].key']],
  ['select', { choices: [{ key: 'a', colour: 'red' }] }, ['PROPERTY_UNKNOWN at options.choices[0].colour']],
  ['select', { choices, initial: ['gone'] }, ['CHOICE_UNKNOWN at options.initial']],
  ['select', { choices, initial: [] }, ['OPTION_INVALID at options.initial']],
  ['select', { choices, transitions: { gone: ['planned'] } }, ['CHOICE_UNKNOWN at options.transitions.gone']],
  [
    'select',
    { choices, transitions: { planned: ['gone'] } },
    ['CHOICE_UNKNOWN at options.transitions.planned'],
  ],
  ['select', { choices, transitions: { planned: 'flown' } }, ['TYPE_WRONG at options.transitions.planned']],
  ['select', { choices, transitions: ['planned'] }, ['TYPE_WRONG at options.transitions']],
  ['link', {}, ['MISSING at options.target']],
  ['link', { target: 7 }, ['TYPE_WRONG at options.target']],
  ['link', { target: 'thong' }, ['TARGET_MISSING at options.target']],
  ['link', { target: 'thing', onDelete: 'explode' }, ['OPTION_INVALID at options.onDelete']],
  ['links', { target: 'thing', onDelete: 'cascade' }, ['OPTION_INVALID at options.onDelete']],
])('refuses options of %s: %j', (type, options, expected) => {
  expect(codes(type, options)).toEqual(expected);
});

test('a required link cannot be emptied when its target goes', () => {
  const [problem] = problemsOf(
    documentWith([
      { key: 'a', type: 'link', required: true, options: { target: 'thing', onDelete: 'set_null' } },
    ]),
  );
  expect(problem).toMatchObject({
    code: 'ON_DELETE_INVALID',
    path: 'entities[0].fields[0].options.onDelete',
  });
  expect(problem?.message).toMatch(/"a" is required.*Use "restrict" or "cascade"/);
});

test.each([
  ['text', {}, 'ok'],
  ['text', { minLength: 2 }, '🛫🛬'],
  ['email', {}, 'a@example.com'],
  ['url', {}, 'https://example.com'],
  ['phone', {}, '+49 30 901820'],
  ['integer', { min: 1 }, 1],
  ['rating', {}, 5],
  ['number', {}, -0.5],
  ['decimal', { scale: 2 }, '12.500'],
  ['decimal', {}, 1e-7],
  ['currency', { currencies: ['EUR'] }, { amount: '12.50', currency: 'EUR' }],
  ['boolean', {}, false],
  ['date', {}, '2024-02-29'],
  ['datetime', {}, '0001-01-01T00:00:00Z'],
  ['time', {}, '23:59:59.999999'],
  ['duration', {}, 'P1Y2M3DT4H5M6.5S'],
  ['select', { choices }, 'flown'],
  ['multi_select', { choices }, ['flown', 'planned']],
  ['json', {}, { from: 'anything' }],
])('takes as default of %s %j: %j', (type, options, value) => {
  expect(codes(type, options, { default: value })).toEqual([]);
});

test.each([
  ['text', {}, 7],
  ['text', { maxLength: 1 }, 'ab'],
  ['text', { minLength: 2 }, '🛫'],
  ['email', {}, 'nobody'],
  ['email', {}, 'nobody@localhost'],
  ['email', {}, `${'a'.repeat(65)}@example.com`],
  ['url', {}, 'example'],
  ['url', {}, 'javascript:alert(1)'],
  ['url', {}, `https://example.com/${'a'.repeat(4000)}`],
  ['phone', {}, 'call me'],
  ['integer', {}, 1.5],
  ['integer', {}, '1'],
  ['integer', {}, 2 ** 31],
  ['integer', { min: 1 }, 0],
  ['rating', { highest: 3 }, 4],
  ['decimal', { scale: 2 }, '0.001'],
  ['decimal', { precision: 3 }, '1234'],
  ['decimal', { max: '10' }, '10.01'],
  ['currency', {}, '12.50 EUR'],
  ['currency', {}, { amount: '1', currency: 'euro' }],
  ['currency', { currencies: ['EUR'] }, { amount: '1', currency: 'USD' }],
  ['currency', { min: '2' }, { amount: '1', currency: 'USD' }],
  ['currency', {}, { amount: '1', currency: 'USD', more: 1 }],
  ['boolean', {}, 'true'],
  ['date', {}, '2023-02-29'],
  ['date', {}, '0000-01-01'],
  ['date', { min: '2026-01-01' }, '2025-12-31'],
  ['datetime', {}, '2026-11-21T10:00:00'],
  ['datetime', {}, '0001-01-01T00:00:00+01:00'],
  ['datetime', {}, '2026-11-21T10:00:00.1234567Z'],
  ['time', {}, '24:00:00'],
  ['duration', {}, 'P'],
  ['select', { choices }, 'gone'],
  ['select', { choices, initial: ['planned'] }, 'flown'],
  ['multi_select', { choices }, 'planned'],
  ['multi_select', { choices }, ['planned', 'planned']],
  ['text', {}, { from: 'elsewhere.name' }],
])('refuses as default of %s %j: %j', (type, options, value) => {
  expect(codes(type, options, { default: value })[0]).toMatch(/^DEFAULT_INVALID at default/);
});

test.each(['autonumber', 'link', 'links'])('a field of type %s has no default', (type) => {
  const options = type === 'autonumber' ? {} : { target: 'thing' };
  expect(codes(type, options, { default: 1 })).toEqual(['NOT_SUPPORTED at default']);
});

test('a default is copied through a link from a field of the same type, and from nothing else', () => {
  const product = {
    key: 'product',
    fields: [
      { key: 'price', type: 'decimal' },
      { key: 'name', type: 'text' },
    ],
  };
  const item = (from: string) => ({
    key: 'item',
    fields: [
      { key: 'product', type: 'link', options: { target: 'product' } },
      { key: 'unit_price', type: 'decimal', default: { from } },
    ],
  });
  const problem = (from: string) => problemsOf(documentOf(product, item(from)))[0];
  expect(problem('product.price')).toBeUndefined();
  expect(problem('produkt.price')?.message).toMatch(/"produkt", which is no link.*Did you mean "product"\?/);
  expect(problem('unit_price.price')?.code).toBe('DEFAULT_INVALID');
  expect(problem('product.name')?.message).toMatch(/"product" has no such field of type "decimal"/);
  expect(problem('product.price.more')?.code).toBe('DEFAULT_INVALID');
  expect(problem('product')?.path).toBe('entities[1].fields[1].default.from');
});

test('fills in what options are where the designer did not say', () => {
  const fields = entityOf(
    registryOf(
      documentWith([
        { key: 'a', type: 'decimal', options: { precision: 5 } },
        { key: 'b', type: 'rating' },
        { key: 'c', type: 'link', options: { target: 'thing' } },
        { key: 'd', type: 'links', options: { target: 'thing', inverse: null } },
        { key: 'in_use', type: 'select', options: { choices: [{ key: 'in_progress' }] } },
      ]),
    ),
  ).fields;
  expect(fields.slice(0, 4).map((field) => field.options)).toEqual([
    { precision: 5, scale: 5 },
    { highest: 5 },
    { target: 'thing', inverse: 'c_of', onDelete: 'restrict' },
    { target: 'thing', inverse: null, onDelete: 'set_null' },
  ]);
  expect(fields[4]).toMatchObject({ name: 'inUse', label: 'In use', default: undefined });
  expect(fields[4]?.choices).toEqual([
    { key: 'in_progress', name: 'IN_PROGRESS', label: 'In progress', description: '' },
  ]);
});
