import { codesOf, documentWith, entityOf, problemsOf, registryOf } from './designs.ts';

const fields = [
  { key: 'a', type: 'text' },
  { key: 'b', type: 'integer' },
  { key: 'link', type: 'link', options: { target: 'thing' } },
  { key: 'list', type: 'links', options: { target: 'thing', inverse: null } },
  { key: 'blob', type: 'json' },
  { key: 'tags', type: 'multi_select', options: { choices: [{ key: 'x' }] } },
];
const withKeys = (...keys: object[]) => documentWith(fields, { keys: keys as [] });

test('a key is over text, numbers and links, with its flags', () => {
  const { keys } = entityOf(
    registryOf(withKeys({ key: 'k', fields: ['b', 'a', 'link'], nullsEqual: true, caseInsensitive: true })),
  );
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatchObject({
    key: 'k',
    nullsEqual: true,
    caseInsensitive: true,
    slot: { column: 'u1', state: 'ready' },
  });
  expect(keys[0]?.fields.map((field) => field.key)).toEqual(['b', 'a', 'link']);
});

test('a unique field is a key of its own name', () => {
  const { keys, fieldByKey } = entityOf(
    registryOf(
      documentWith([{ key: 'iata', type: 'text', unique: true, options: { caseInsensitive: true } }]),
    ),
  );
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatchObject({ key: 'iata', name: 'iata', caseInsensitive: true, nullsEqual: false });
  expect(keys[0]?.fields[0]).toBe(fieldByKey.get('iata'));
});

test.each(['list', 'blob', 'tags'])('a key cannot have the field "%s"', (key) => {
  expect(codesOf(withKeys({ key: 'k', fields: ['a', key] }))).toEqual([
    'NOT_SUPPORTED at entities[0].keys[0].fields[1]',
  ]);
});

test.each([
  [{ key: 'k', fields: [] }, 'MISSING at entities[0].keys[0].fields'],
  [{ key: 'k' }, 'MISSING at entities[0].keys[0].fields'],
  [{ key: 'k', fields: 'a' }, 'TYPE_WRONG at entities[0].keys[0].fields'],
  [{ key: 'k', fields: [7, 'a'] }, 'TYPE_WRONG at entities[0].keys[0].fields[0]'],
  [{ key: 'k', fields: ['a', 'a'] }, 'DUPLICATE at entities[0].keys[0].fields[1]'],
  [{ key: 'k', fields: ['a', 'x'] }, 'FIELD_MISSING at entities[0].keys[0].fields[1]'],
  [{ key: 'k', fields: ['a'], unique: true }, 'PROPERTY_UNKNOWN at entities[0].keys[0].unique'],
  [{ fields: ['a'] }, 'KEY_INVALID at entities[0].keys[0].key'],
  [{ key: 'id', fields: ['a'] }, 'NAME_RESERVED at entities[0].keys[0].key'],
  ['k', 'TYPE_WRONG at entities[0].keys[0]'],
])('refuses the key %j', (key, code) => {
  expect(codesOf(withKeys(key as object))).toEqual([code]);
});

test('refuses a key of nine fields, and two keys that are the same', () => {
  const nine = Array.from({ length: 9 }, (_, index) => ({ key: `f${index}`, type: 'text' }));
  const keys = [{ key: 'k', fields: nine.map((field) => field.key) }];
  expect(codesOf(documentWith(nine, { keys }))).toEqual(['LIMIT_EXCEEDED at entities[0].keys[0].fields']);
  expect(codesOf(withKeys({ key: 'k', fields: ['a'] }, { key: 'm', fields: ['a'] }))).toEqual([
    'KEY_DUPLICATE at entities[0].keys[1].fields',
  ]);
  expect(codesOf(withKeys({ key: 'k', fields: ['a'] }, { key: 'k', fields: ['b'] }))).toEqual([
    'KEY_DUPLICATE at entities[0].keys[1].key',
  ]);
  const unique = documentWith([{ key: 'a', type: 'text', unique: true }], {
    keys: [{ key: 'a', fields: ['a'], nullsEqual: true }],
  });
  expect(problemsOf(unique)[0]?.message).toMatch(/The field "a" is unique, which makes a key of that name/);
});

test('a search looks into text that is there', () => {
  const searching = (...searchable: string[]) => codesOf(documentWith(fields, { searchable }));
  expect(searching('a')).toEqual([]);
  expect(searching('b')).toEqual(['NOT_SUPPORTED at entities[0].searchable[0]']);
  expect(searching('x')).toEqual(['FIELD_MISSING at entities[0].searchable[0]']);
  expect(searching('a', 'a')).toEqual(['DUPLICATE at entities[0].searchable[1]']);
  expect(problemsOf(documentWith(fields, { searchable: ['b'] }))[0]?.message).toMatch(
    /^The field "b" of type "\w+" cannot be searched: only text, long_text, email, url and phone can\. Remove it\.$/,
  );
});
