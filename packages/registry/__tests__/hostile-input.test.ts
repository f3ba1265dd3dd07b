import {
  checkDocument,
  createRegistry,
  loadRegistry,
  toDocument,
  toStoredRegistry,
} from '@formwork/registry';
import { codesOf, documentOf, documentWith, entityOf, problemsOf, registryOf } from './designs.ts';

const hostileKeys = [
  '; drop table records; --',
  "'; select 1; --",
  '"',
  '$$',
  'a'.repeat(51),
  'a'.repeat(64),
  'a'.repeat(100_000),
  '',
  ' ',
  'A',
  '1a',
  '_a',
  '__typename',
  '__proto__',
  'toString',
  'flüge',
  'ключ',
  '🛫',
  'a b',
  'a\nb',
  'a\u0000b',
  'a\u202eb',
  '\ud800',
];

test.each(hostileKeys)('refuses the key %j wherever a key can stand, quoting it', (key) => {
  const places: readonly [string, unknown][] = [
    ['entities[0].key', documentOf({ key, fields: [] })],
    ['entities[0].plural', documentOf({ key: 'a', plural: key === 'a'.repeat(51) ? 'A' : key, fields: [] })],
    ['entities[0].fields[0].key', documentWith([{ key, type: 'text' }])],
    [
      'entities[0].fields[0].options.choices[0].key',
      documentWith([{ key: 'a', type: 'select', options: { choices: [{ key }] } }]),
    ],
    [
      'entities[0].keys[0].key',
      documentWith([{ key: 'a', type: 'text' }], { keys: [{ key, fields: ['a'] }] }),
    ],
    [
      'entities[0].fields[0].options.inverse',
      documentWith([
        { key: 'a', type: 'link', options: { target: 'thing', inverse: /^a{51,99}$/.test(key) ? 'A' : key } },
      ]),
    ],
  ];
  for (const [path, document] of places) {
    const problem = problemsOf(document).find((one) => one.code === 'KEY_INVALID');
    expect(problem?.path).toBe(path);
    expect(problem?.message).toMatch(/".*"/);
    expect(problem?.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(problem?.message.length).toBeLessThan(250);
  }
});

test('takes keys of 50 characters, and tells the length of longer ones', () => {
  expect(codesOf(documentWith([{ key: 'a'.repeat(50), type: 'text' }]))).toEqual([]);
  expect(problemsOf(documentWith([{ key: 'a'.repeat(64), type: 'text' }]))[0]?.message).toContain(
    'has 64 characters; at most 50 are allowed',
  );
  const long = 'x'.repeat(50);
  const links = ['a', 'b'].map((start) => ({
    key: start + long.slice(1),
    type: 'link',
    options: { target: long },
  }));
  const registry = registryOf(
    documentOf({ key: long, fields: links }, { key: `y${long.slice(1)}`, fields: links }),
  );
  expect(codesOf(toDocument(registry))).toEqual([]);
});

test('names of Object’s prototype are ordinary keys where they are keys at all', () => {
  const keys = ['constructor', 'value_of', 'has_own_property', 'to_string', 'then'];
  const document = documentOf(
    ...keys.map((key) => ({
      key,
      fields: [
        ...keys.map((field) => ({ key: field, type: 'text', indexed: true })),
        {
          key: 'state',
          type: 'select',
          options: { choices: keys.map((one) => ({ key: one })), transitions: { constructor: ['then'] } },
        },
      ],
    })),
  );
  const registry = registryOf(document);
  expect(loadRegistry(toStoredRegistry(registry))).toEqual(registry);
  expect(entityOf(registry, 'constructor').fieldByName.get('valueOf')?.key).toBe('value_of');
  expect(entityOf(registry, 'constructor').fieldByKey.get('to_locale_string')).toBeUndefined();
});

test('a "__proto__" in the text of a document is an unknown property and changes no prototype', () => {
  const parsed: unknown = JSON.parse(
    '{"formwork":1,"__proto__":{"entities":[]},"entities":[{"key":"a","__proto__":{"plural":"b"},"fields":[' +
      '{"key":"s","type":"select","options":{"choices":[{"key":"x"}],"transitions":{"__proto__":["x"]},"__proto__":{}}}]}]}',
  );
  expect(codesOf(parsed).map((code) => code.replace(/\[0\]/g, ''))).toEqual([
    'PROPERTY_UNKNOWN at __proto__',
    'PROPERTY_UNKNOWN at entities.__proto__',
    'OPTION_UNKNOWN at entities.fields.options.__proto__',
    'CHOICE_UNKNOWN at entities.fields.options.transitions.__proto__',
  ]);
  expect(({} as { plural?: string }).plural).toBeUndefined();
});

test('properties that are only inherited do not count', () => {
  const inherited: unknown = Object.assign(Object.create({ plural: 'B', formwork: 1 }), {
    key: 'a',
    fields: [],
  });
  expect(codesOf({ formwork: 1, entities: [inherited] })).toEqual(['NOT_JSON at entities[0]']);
  const bare: unknown = Object.assign(Object.create(null), { formwork: 1, entities: [] });
  expect(codesOf(bare)).toEqual([]);
});

test('refuses text that no database can store, anywhere', () => {
  const places = [{ label: 'a\u0000b' }, { description: '\ud800' }, { default: '\udc00x' }];
  for (const place of places) {
    expect(codesOf(documentWith([{ key: 'a', type: 'text', ...place }]))[0]).toMatch(
      /^TEXT_INVALID at entities/,
    );
  }
  expect(codesOf(documentWith([{ key: 'a', type: 'json', default: { x: [{ 'a\u0000': 1 }] } }]))[0]).toMatch(
    /^TEXT_INVALID/,
  );
});

test('refuses what is not JSON, and circles', () => {
  const circle: { formwork: number; entities: unknown[] } = { formwork: 1, entities: [] };
  circle.entities.push(circle, circle);
  expect(codesOf(circle)[0]).toMatch(/^DOCUMENT_TOO_DEEP/);
  for (const value of [
    1n,
    Symbol('x'),
    () => 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Date(0),
    new Map(),
  ]) {
    expect(codesOf(documentWith([{ key: 'a', type: 'json', default: value }]))).toEqual([
      'NOT_JSON at entities[0].fields[0].default',
    ]);
  }
});

test('refuses nesting and size before looking further', () => {
  const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
  expect(codesOf(documentWith([{ key: 'a', type: 'json', default: deep }]))[0]).toMatch(/^DOCUMENT_TOO_DEEP/);
  const huge = documentWith([{ key: 'a', type: 'text', description: 'x'.repeat(9_000_000) }]);
  expect(codesOf(huge)).toEqual(['DOCUMENT_TOO_LARGE at ']);
});

test('a document of very many mistakes gets a report of bearable length', () => {
  const entity = (key: string) => ({
    key,
    fields: Array.from({ length: 200 }, (_, index) => ({
      key: `f${index}`,
      type: 'link',
      options: { target: `x${index}` },
    })),
  });
  const problems = problemsOf(
    documentOf(...Array.from({ length: 30 }, (_, index) => entity(`entity_${index}`))),
  );
  expect(problems.length).toBeLessThan(300);
  expect(problems.at(-1)?.message).toMatch(/There are \d+ more problems/);
});

test('checkDocument and createRegistry never share or freeze what they were given', () => {
  const document = documentWith([{ key: 'a', type: 'select', options: { choices: [{ key: 'x' }] } }]);
  const before = structuredClone(document);
  checkDocument(document);
  createRegistry(document);
  expect(document).toEqual(before);
  expect(Object.isFrozen(document.entities[0]?.fields[0]?.options)).toBe(false);
});
