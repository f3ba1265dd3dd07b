import { keyColumn, slotsPerKind, uniqueColumn, valueColumn, withReadySlots } from '@formwork/registry';
import { documentWith, entityOf, problemsOf, registryOf, slotsOf } from './designs.ts';

const indexed = (key: string, type = 'text', more: object = {}) => ({ key, type, indexed: true, ...more });
const link = (key: string) => ({ key, type: 'link', options: { target: 'thing', inverse: null } });
const populated = new Set(['thing']);

test('gives slots by kind, in the order of the fields, and only where they are needed', () => {
  const select = { options: { choices: [{ key: 'x' }] } };
  const registry = registryOf(
    documentWith(
      [
        { key: 'plain', type: 'text' },
        indexed('date', 'date'),
        indexed('b'),
        indexed('number', 'decimal'),
        link('parent'),
        indexed('a', 'select', select),
        indexed('flag', 'boolean'),
        indexed('at', 'datetime'),
        { key: 'code', type: 'text', unique: true },
      ],
      { keys: [{ key: 'k', fields: ['a', 'b'] }] },
    ),
  );
  const fields = ['date:d1', 'b:t1', 'number:n1', 'parent:l1', 'a:t2', 'flag:n2', 'at:d2'];
  expect(slotsOf(registry)).toEqual([...fields, 'code:u1', 'k:u2']);
});

test.each([
  ['t', 'text'],
  ['t', 'time'],
  ['n', 'integer'],
  ['d', 'datetime'],
] as const)(
  'says when no slot of kind %s is left for a field of type %s, and how many there are',
  (kind, type) => {
    const fields = Array.from({ length: slotsPerKind[kind] + 2 }, (_, index) => indexed(`f${index}`, type));
    expect(problemsOf(documentWith(fields.slice(0, -2)))).toEqual([]);
    const problems = problemsOf(documentWith(fields));
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['NO_SLOT_LEFT', 'entities[0].fields[8].indexed'],
      ['NO_SLOT_LEFT', 'entities[0].fields[9].indexed'],
    ]);
    expect(problems[0]?.message).toMatch(
      /No slot is left for the field "f8" of "thing"\. An entity can have 8 /,
    );
  },
);

test('says when there are too many links or unique keys', () => {
  const links = Array.from({ length: 9 }, (_, index) => link(`f${index}`));
  expect(problemsOf(documentWith(links))[0]).toMatchObject({
    code: 'NO_SLOT_LEFT',
    path: 'entities[0].fields[8].type',
    message: expect.stringContaining('8 links to one'),
  });
  const unique = Array.from({ length: 5 }, (_, index) => ({ key: `f${index}`, type: 'text', unique: true }));
  expect(problemsOf(documentWith(unique))[0]).toMatchObject({
    code: 'NO_SLOT_LEFT',
    path: 'entities[0].fields[4].unique',
    message: expect.stringContaining('4 unique keys'),
  });
});

test('who has a slot keeps it when fields come, go and move', () => {
  const first = registryOf(documentWith([indexed('a'), indexed('b'), indexed('c')]));
  const second = registryOf(documentWith([indexed('x'), indexed('c'), indexed('a')]), { current: first });
  expect(slotsOf(second)).toEqual(['x:t2', 'c:t3', 'a:t1']);
});

test('a slot that is no longer needed is free again', () => {
  const first = registryOf(documentWith([indexed('a'), indexed('b')]));
  const second = registryOf(documentWith([{ key: 'a', type: 'text' }, indexed('b')]), { current: first });
  expect(slotsOf(second)).toEqual(['b:t2']);
  expect(
    slotsOf(
      registryOf(documentWith([{ key: 'a', type: 'text' }, indexed('b'), indexed('c')]), { current: second }),
    ),
  ).toEqual(['b:t2', 'c:t1']);
});

test('where there are records, a new slot is filling, and one just freed is taken last', () => {
  const first = registryOf(documentWith([indexed('a'), indexed('b')]));
  const second = registryOf(documentWith([indexed('b'), indexed('c')]), { current: first, populated });
  expect(slotsOf(second)).toEqual(['b:t2', 'c:t3+']);
  const all = Array.from({ length: 8 }, (_, index) => indexed(`f${index}`));
  const full = registryOf(documentWith(all));
  expect(
    slotsOf(registryOf(documentWith([...all.slice(1), indexed('new')]), { current: full, populated })).at(-1),
  ).toBe('new:t1+');
});

test('a slot that is filling stays so, whatever else changes, until it is said to be ready', () => {
  const first = registryOf(documentWith([{ key: 'a', type: 'text' }]));
  const filling = registryOf(documentWith([indexed('a', 'text', { unique: true })]), {
    current: first,
    populated,
  });
  expect(slotsOf(filling)).toEqual(['a:t1+', 'a:u1+']);
  const again = registryOf(documentWith([indexed('a', 'text', { unique: true })]), { current: filling });
  expect(slotsOf(again)).toEqual(['a:t1+', 'a:u1+']);
  expect(again.planShape).toBe(filling.planShape);
  expect(slotsOf(withReadySlots(filling))).toEqual(['a:t1', 'a:u1']);
  expect(slotsOf(withReadySlots(filling, new Set(['other'])))).toEqual(['a:t1+', 'a:u1+']);
});

test('a ready registry has the shapes and views of one that was made so at once', () => {
  const document = documentWith([indexed('a', 'text', { unique: true }), link('up')]);
  const first = registryOf(documentWith([{ key: 'a', type: 'text' }]));
  const filled = withReadySlots(registryOf(document, { current: first, populated }));
  const { apiShape, planShape } = registryOf(document);
  expect({ apiShape: filled.apiShape, planShape: filled.planShape }).toEqual({ apiShape, planShape });
  expect(entityOf(filled).viewName).toBe(entityOf(registryOf(document)).viewName);
});

test('a unique key keeps its slot through a rename, and takes another when what it holds changes', () => {
  const fields = [
    { key: 'a', type: 'text' },
    { key: 'b', type: 'text' },
  ];
  const withKey = (key: string, ...parts: string[]) =>
    documentWith(fields, { keys: [{ key, fields: parts }] });
  const first = registryOf(withKey('k', 'a'));
  expect(slotsOf(registryOf(withKey('renamed', 'a'), { current: first, populated }))).toEqual(['renamed:u1']);
  expect(slotsOf(registryOf(withKey('k', 'a', 'b'), { current: first, populated }))).toEqual(['k:u2+']);
  const folded = documentWith(fields, { keys: [{ key: 'k', fields: ['a'], caseInsensitive: true }] });
  expect(slotsOf(registryOf(folded, { current: first, populated }))).toEqual(['k:u2+']);
});

test('columns: the value under its storage key, search keys only while they are ready', () => {
  const first = registryOf(documentWith([{ key: 'a', type: 'text' }]));
  const document = documentWith([
    indexed('a', 'text', { unique: true }),
    { key: 'b', type: 'text' },
    link('up'),
  ]);
  const columns = ({ fields, keys }: ReturnType<typeof entityOf>) => [
    ...fields.map((field) => [valueColumn(field), keyColumn(field)]),
    ...keys.map(uniqueColumn),
  ];
  const rest = [
    ['b', null],
    ['up', null],
  ];
  expect(columns(entityOf(registryOf(document)))).toEqual([['a', '_a'], ...rest, '_u1']);
  expect(columns(entityOf(registryOf(document, { current: first, populated })))).toEqual([
    ['a', null],
    ...rest,
    null,
  ]);
});
