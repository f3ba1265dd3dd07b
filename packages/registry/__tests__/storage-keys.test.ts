import { type RetiredKeys, systemColumns } from '@formwork/registry';
import { codesOf, documentOf, documentWith, entityOf, problemsOf, registryOf } from './designs.ts';

const text = (key: string) => ({ key, type: 'text' });
const retired = (entities: string[], fields: string[] = []): RetiredKeys => ({
  entities: new Set(entities),
  fields: new Map([['thing', new Set(fields)]]),
});
const storageKeys = (...args: Parameters<typeof registryOf>) =>
  entityOf(registryOf(...args)).fields.map((field) => field.storageKey);
const populated = new Set(['thing']);

test('a storage key is the key, where that was never in use', () => {
  expect(storageKeys(documentWith([text('a'), text('b')]))).toEqual(['a', 'b']);
  expect(storageKeys(documentWith([text('a'), text('b')]), { retired: retired([], ['a', 'a_2']) })).toEqual([
    'a_3',
    'b',
  ]);
});

test('storage keys that are made up do not collide with keys', () => {
  expect(storageKeys(documentWith([text('a'), text('a_2')]), { retired: retired([], ['a']) })).toEqual([
    'a_2',
    'a_2_2',
  ]);
});

test('no field is stored under the name of a column that every view has', () => {
  const free = systemColumns.filter((column) => ['tenant_id', 'entity_type', 'data'].includes(column));
  expect(storageKeys(documentWith(free.map(text)))).toEqual(['tenant_id_2', 'entity_type_2', 'data_2']);
});

test('what is there today keeps its storage key, retired or not', () => {
  const first = registryOf(documentWith([text('a')]), { retired: retired(['thing'], ['a']) });
  expect(entityOf(first).storageKey).toBe('thing_2');
  const second = registryOf(documentWith([text('b'), text('a')]), {
    current: first,
    retired: retired(['thing', 'thing_2'], ['a']),
  });
  expect(entityOf(second).storageKey).toBe('thing_2');
  expect(entityOf(second).fields.map((field) => field.storageKey)).toEqual(['b', 'a']);
});

test('what is removed in a change is not taken over in the same change', () => {
  const first = registryOf(documentOf({ key: 'thing', fields: [text('a'), text('b')] }));
  const without = registryOf(documentWith([text('b')]), { current: first });
  expect(storageKeys(documentWith([text('a')]), { current: without, retired: retired([], ['a']) })).toEqual([
    'a_2',
  ]);
  const other = registryOf(documentOf({ key: 'other', fields: [] }), { current: first });
  const back = registryOf(documentWith([text('a')]), {
    current: other,
    retired: retired(['thing', 'other']),
  });
  expect(entityOf(back).storageKey).toBe('thing_2');
});

test('another type is a new storage key where there are no records, and a problem where there are', () => {
  const first = registryOf(documentWith([text('a')]));
  const retyped = documentWith([{ key: 'a', type: 'integer', indexed: true }]);
  expect(storageKeys(retyped, { current: first })).toEqual(['a_2']);
  expect(problemsOf(retyped, { current: first, populated })).toEqual([
    {
      code: 'TYPE_CHANGED',
      path: 'entities[0].fields[0].type',
      message:
        'The field "a" is of type "text" and has records, so it cannot become "integer" in its place. Add a field of that type with "convertedFrom": { "field": "a" } beside it, as the change "changeType" does.',
    },
  ]);
});

test('so is another target of a link', () => {
  const to = (target: string) =>
    documentOf(
      { key: 'thing', fields: [{ key: 'up', type: 'link', options: { target, inverse: null } }] },
      { key: 'other', fields: [] },
    );
  const first = registryOf(to('thing'));
  expect(storageKeys(to('other'), { current: first })).toEqual(['up_2']);
  expect(codesOf(to('other'), { current: first, populated })).toEqual([
    'TARGET_CHANGED at entities[0].fields[0].options.target',
  ]);
  expect(codesOf(to('thing'), { current: first, populated })).toEqual([]);
});

test('everything but the type may change where there are records', () => {
  const first = registryOf(documentWith([text('a')]));
  const document = documentWith([
    { ...text('a'), label: 'B', required: true, unique: true, default: 'x', options: { maxLength: 5 } },
  ]);
  expect(storageKeys(document, { current: first, populated })).toEqual(['a']);
});

test('a way back that was proposed once keeps its name when another link comes before it', () => {
  const link = (key: string) => ({ key, type: 'link', options: { target: 'airport' } });
  const document = (...keys: string[]) =>
    documentOf({ key: 'airport', fields: [] }, { key: 'flight', fields: keys.map(link) });
  const first = registryOf(document('origin'));
  const second = registryOf(document('via', 'origin'), { current: first });
  expect(entityOf(second, 'airport').inverses.map(({ name, field }) => [name, field])).toEqual([
    ['flightsByVia', 'via'],
    ['flights', 'origin'],
  ]);
});
