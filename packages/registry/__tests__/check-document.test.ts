import { checkDocument, createRegistry, defaultLimits, fieldTypeRules, fieldTypes } from '@formwork/registry';
import { airline, codesOf, documentOf, documentWith, problemsOf } from './designs.ts';

const id = { key: 'a', type: 'text' };

test('takes the airline, and an empty registry', () => {
  expect(codesOf(airline)).toEqual([]);
  expect(codesOf({ formwork: 1, entities: [] })).toEqual([]);
  expect(codesOf({ formwork: 1, $schema: 'https://example.com/registry.json', entities: [] })).toEqual([]);
});

test.each([[null], [undefined], [7], ['text'], [[]], [true]])('refuses %p, which is no document', (input) => {
  expect(problemsOf(input)).toHaveLength(1);
  expect(checkDocument(input)).toHaveProperty('problems.0.message');
});

test.each([
  [{ entities: [] }, 'must say "formwork": 1'],
  [
    { formwork: 2, entities: [] },
    'The document is of format 2; this version of Formwork reads "formwork": 1.',
  ],
  [{ formwork: '1', entities: [] }, 'The document is of format "1"'],
  [{ formwork: null, entities: [] }, 'The document is of format null'],
])('refuses the version of %j', (input, message) => {
  expect(problemsOf(input)).toEqual([
    { code: 'FORMAT_UNKNOWN', path: 'formwork', message: expect.stringContaining(message) },
  ]);
});

test('asks for the list of entities', () => {
  expect(codesOf({ formwork: 1 })).toEqual(['MISSING at entities']);
  expect(codesOf({ formwork: 1, entities: {} })).toEqual(['TYPE_WRONG at entities']);
  expect(codesOf(documentOf('flight', null))).toEqual([
    'TYPE_WRONG at entities[0]',
    'TYPE_WRONG at entities[1]',
  ]);
  expect(codesOf(documentOf({ key: 'flight' }))).toEqual(['MISSING at entities[0].fields']);
});

test('offers the property that was probably meant', () => {
  const problems = problemsOf({
    formwork: 1,
    entitys: 1,
    entities: [{ key: 'a', lable: '', fields: [{ ...id, requird: true }] }],
  });
  expect(problems.map(({ path, message }) => [path, message])).toEqual([
    ['entitys', 'Unknown property "entitys". Did you mean "entities"?'],
    ['entities[0].lable', 'Unknown property "lable". Did you mean "label"?'],
    ['entities[0].fields[0].requird', 'Unknown property "requird". Did you mean "required"?'],
  ]);
});

test('reports everything that is wrong at once, each with its place', () => {
  const document = documentOf(
    {
      key: 'Airport',
      fields: [
        { key: 'a', type: 'txt' },
        { key: 'a', type: 'text' },
      ],
      label: 7,
    },
    {
      key: 'flight',
      fields: [
        { key: 'origin', type: 'link', options: { target: 'airprt' } },
        { key: 'id', type: 'text' },
        { type: 'text' },
        { key: 'b', type: 'integer', options: { min: 9, max: 3 } },
      ],
      keys: [{ key: 'k', fields: ['nothing'] }],
    },
    { key: 'flight', fields: [] },
  );
  expect(codesOf(document)).toEqual([
    'KEY_INVALID at entities[0].key',
    'TYPE_WRONG at entities[0].label',
    'TYPE_UNKNOWN at entities[0].fields[0].type',
    'KEY_DUPLICATE at entities[0].fields[1].key',
    'KEY_INVALID at entities[1].fields[2].key',
    'OPTION_INVALID at entities[1].fields[3].options.max',
    'KEY_DUPLICATE at entities[2].key',
    'TARGET_MISSING at entities[1].fields[0].options.target',
    'FIELD_MISSING at entities[1].keys[0].fields[0]',
    'NAME_RESERVED at entities[1].fields[1].key',
  ]);
});

test('does not make a second problem out of what refers to a wrong thing', () => {
  const document = documentOf(
    {
      key: 'Airport',
      fields: [{ key: 'name', type: 'txt' }],
      keys: [{ key: 'k', fields: ['name'] }],
      searchable: ['name'],
    },
    { key: 'flight', fields: [{ key: 'origin', type: 'link', options: { target: 'Airport' } }] },
  );
  expect(codesOf(document)).toEqual([
    'KEY_INVALID at entities[0].key',
    'TYPE_UNKNOWN at entities[0].fields[0].type',
  ]);
});

test.each([
  ['label', 'x'.repeat(201)],
  ['description', 'x'.repeat(5001)],
])('refuses a %s that is too long, and counts characters', (name, text) => {
  expect(codesOf(documentWith([{ ...id, [name]: text }]))).toEqual([
    `TEXT_TOO_LONG at entities[0].fields[0].${name}`,
  ]);
  expect(codesOf(documentWith([{ ...id, [name]: '🛫'.repeat(200) }]))).toEqual([]);
});

test.each(['text', 'txt', 'constructor', 'toString', '__proto__', '', 7, null])(
  'knows %p for a type, or not',
  (type) => {
    const expected = type === 'text' ? [] : ['TYPE_UNKNOWN at entities[0].fields[0].type'];
    expect(codesOf(documentWith([{ key: 'a', type }]))).toEqual(expected);
  },
);

test.each([
  ['required', ['links', 'rollup', 'lookup', 'formula']],
  ['unique', ['duration', 'multi_select', 'json', 'links', 'rollup', 'lookup', 'formula']],
  ['indexed', ['duration', 'multi_select', 'json', 'links', 'lookup']],
])('a field can be %s, but not of every type', (flag, refused) => {
  const options = {
    choices: [{ key: 'x' }],
    target: 'thing',
    via: 'way',
    field: 'name',
    expression: '1 + 1',
    stored: true,
  };
  // A rollup goes back over the link that a lookup follows.
  const ofRollup = { via: 'back', function: 'max', field: 'name' };
  const way = { key: 'way', type: 'link', options: { target: 'thing', inverse: 'back' } };
  const name = { key: 'name', type: 'text' };
  const documents = fieldTypes.map((type) => {
    const known = Object.entries(type === 'rollup' ? ofRollup : options).filter(([name]) =>
      fieldTypeRules[type].options.some((one) => one === name),
    );
    return [
      type,
      documentWith([{ key: 'a', type, [flag]: true, options: Object.fromEntries(known) }, way, name]),
    ] as const;
  });
  expect(documents.filter(([, document]) => codesOf(document).length > 0).map(([type]) => type)).toEqual(
    refused,
  );
});

test('limits the number of entities, fields and choices, and says which limit', () => {
  const limits = {
    ...defaultLimits,
    entities: 2,
    fieldsPerEntity: 3,
    choicesPerSelect: 4,
    indexedFieldsPerEntity: 1,
  };
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `k${index}`, type: 'text' }));
  const entities = many(3).map(({ key }) => ({ key, fields: [] }));
  const choices = many(5).map(({ key }) => ({ key }));
  expect(problemsOf(documentOf(...entities), { limits })).toEqual([
    {
      code: 'LIMIT_EXCEEDED',
      path: 'entities',
      message: 'The document has 3 entities; at most 2 are allowed.',
    },
  ]);
  expect(codesOf(documentWith(many(4)), { limits })).toEqual(['LIMIT_EXCEEDED at entities[0].fields']);
  expect(codesOf(documentWith(many(3)), { limits })).toEqual([]);
  expect(codesOf(documentWith([{ key: 'a', type: 'select', options: { choices } }]), { limits })).toEqual([
    'LIMIT_EXCEEDED at entities[0].fields[0].options.choices',
  ]);
  expect(codesOf(documentWith(many(2).map((field) => ({ ...field, indexed: true }))), { limits })).toEqual([
    'LIMIT_EXCEEDED at entities[0].fields',
  ]);
  expect(codesOf(airline, { limits: { documentLength: 300 } })).toEqual(['DOCUMENT_TOO_LARGE at ']);
});

test('gives the document back in canonical form, without the caller’s objects', () => {
  const value = { list: [1] };
  const document = documentWith([
    {
      key: 'a',
      label: '',
      type: 'decimal',
      required: false,
      default: 1.5,
      options: { min: -0.5, max: '007.50' },
    },
    { key: 'b', type: 'datetime', default: '2026-11-21T12:00:00.500+02:00' },
    { key: 'c', type: 'json', default: value },
    { key: 'd', type: 'text', default: null },
  ]);
  const result = checkDocument(document);
  expect(result).toEqual({
    document: documentWith([
      { key: 'a', type: 'decimal', default: '1.5', options: { min: '-0.5', max: '7.50' } },
      { key: 'b', type: 'datetime', default: '2026-11-21T10:00:00.5Z' },
      { key: 'c', type: 'json', default: value },
      { key: 'd', type: 'text' },
    ]),
  });
  createRegistry(document);
  expect(Object.isFrozen(value)).toBe(false);
});
