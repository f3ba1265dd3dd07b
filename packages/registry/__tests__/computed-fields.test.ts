import {
  createRegistry,
  diffRegistries,
  loadRegistry,
  type Registry,
  toDocument,
  toStoredRegistry,
} from '../src/index.ts';
import { documentOf, problemsOf, registryOf } from './designs.ts';

type Fields = readonly { readonly key: string; readonly [option: string]: unknown }[];

const customer = (...more: Fields) => ({
  key: 'customer',
  fields: [
    { key: 'name', type: 'text' },
    { key: 'grade', type: 'select', options: { choices: [{ key: 'gold' }, { key: 'silver' }] } },
    { key: 'tags', type: 'multi_select', options: { choices: [{ key: 'new' }] } },
    { key: 'serial', type: 'autonumber' },
    { key: 'region', type: 'link', options: { target: 'region' } },
    ...more,
  ],
});
const region = { key: 'region', fields: [{ key: 'name', type: 'text', indexed: true }] };
const order = (...more: Fields) => ({
  key: 'order',
  fields: [
    { key: 'quantity', type: 'integer' },
    { key: 'customer', type: 'link', options: { target: 'customer' } },
    { key: 'watchers', type: 'links', options: { target: 'customer', inverse: null } },
    ...more,
  ],
});
const formula = (key: string, expression: string) => ({ key, type: 'formula', options: { expression } });
const lookup = (key: string, via: string, field: string) => ({
  key,
  type: 'lookup',
  options: { via, field },
});

const make = (...entities: readonly object[]) => registryOf(documentOf(...entities));

const problems = (...entities: readonly object[]) =>
  problemsOf(documentOf(...entities)).map(({ code, path, message }) => `${code} ${path} ${message}`);

function field(registry: Registry, entity: string, key: string) {
  const found = registry.entityByKey.get(entity)?.fieldByKey.get(key);
  if (!found) throw new Error(`There is no ${entity}.${key}`);
  return found;
}

const design = [
  region,
  customer(lookup('region_name', 'region', 'name'), formula('title', 'name & " of " & region_name')),
  order(
    lookup('customer_name', 'customer', 'name'),
    lookup('customer_region', 'customer', 'region_name'),
    lookup('customer_title', 'customer', 'title'),
    lookup('grade', 'customer', 'grade'),
    lookup('serial', 'customer', 'serial'),
    formula('twice', 'quantity * 2'),
    formula('four_times', 'twice + twice'),
    formula('headline', 'four_times & " for " & customer.region.name & customer_title & customer_region'),
  ),
];

test('knows what lookups and formulas give', () => {
  const { fields } = make(...design).entityByKey.get('order') ?? { fields: [] };
  expect(
    Object.fromEntries(fields.flatMap(({ key, computed }) => (computed ? [[key, computed.type]] : []))),
  ).toEqual({
    customer_name: 'text',
    customer_region: 'text',
    customer_title: 'text',
    grade: 'select',
    serial: 'integer',
    twice: 'integer',
    four_times: 'integer',
    headline: 'text',
  });
  const grade = field(make(...design), 'order', 'grade');
  expect(grade.choices.map(({ name }) => name)).toEqual(['GOLD', 'SILVER']);
  expect(grade.computed?.source).toEqual({ entity: 'customer', field: 'grade' });
});

test('comes back from a document, and from stored rows, as it was', () => {
  const registry = make(...design);
  const stored = loadRegistry(JSON.parse(JSON.stringify(toStoredRegistry(registry))));
  expect(toDocument(stored)).toEqual(toDocument(registry));
  expect([stored.apiShape, stored.planShape]).toEqual([registry.apiShape, registry.planShape]);
  expect(field(stored, 'order', 'headline')).toEqual(field(registry, 'order', 'headline'));
  const again = createRegistry(toDocument(registry), { current: registry });
  expect('registry' in again && diffRegistries(registry, again.registry)).toEqual([]);
});

test('goes on when a field that it uses is renamed, also over a link', () => {
  const stored = toStoredRegistry(make(...design));
  const names = new Map([
    ['quantity', 'amount'],
    ['four_times', 'true'],
    ['customer', 'buyer'],
    ['region_name', 'where'],
    ['name', 'first'],
  ]);
  const fields = stored.fields.map((row) => ({ ...row, key: names.get(row.key) ?? row.key }));
  const before = loadRegistry(stored);
  const after = loadRegistry({ ...stored, fields });
  const options = (key: string) => field(after, 'order', key).options;
  expect(options('twice').expression).toBe('amount * 2');
  expect(options('headline').expression).toBe(
    '[true] & " for " & buyer.region.first & customer_title & customer_region',
  );
  expect(options('customer_name')).toEqual({ via: 'buyer', field: 'first' });
  expect(options('customer_region')).toEqual({ via: 'buyer', field: 'where' });
  expect(after.entities.map(({ viewName }) => viewName)).toEqual(
    before.entities.map(({ viewName }) => viewName),
  );
  expect(toStoredRegistry(after).fields).toEqual(fields);
  expect('registry' in createRegistry(toDocument(after), { current: after })).toBe(true);
});

test('names the fields that a removed one is missed by', () => {
  const [, , orders] = design;
  expect(problems(region, customer(), { ...orders })).toEqual([
    'FIELD_MISSING entities[2].fields[4].options.field The lookup "customer_region" shows "region_name", and "customer" has no such field.',
    'FIELD_MISSING entities[2].fields[5].options.field The lookup "customer_title" shows "title", and "customer" has no such field.',
  ]);
});

test.each([
  [
    'a missing link',
    lookup('a', 'custmer', 'name'),
    /^FIELD_MISSING .*via .*"custmer".*Did you mean "customer"\?/,
  ],
  ['a field that is none', lookup('a', 'quantity', 'name'), /^NOT_SUPPORTED .*via .*no link to one record/],
  ['links to many', lookup('a', 'watchers', 'name'), /^NOT_SUPPORTED .*via .*leads to many records/],
  [
    'a missing field',
    lookup('a', 'customer', 'nam'),
    /^FIELD_MISSING .*field .*"nam".*Did you mean "name"\?/,
  ],
  ['a link', lookup('a', 'customer', 'region'), /^NOT_SUPPORTED .*field .*"link"/],
  ['nothing', { key: 'a', type: 'lookup' }, /^MISSING .*via/],
])('refuses a lookup of %s', (_, definition, expected) => {
  expect(problems(region, customer(), order(definition as Fields[number]))[0]).toMatch(expected);
});

test.each([
  ['itself', [formula('a', 'a + 1')], /"a" refers to itself\.$/],
  [
    'others',
    [formula('a', 'b'), formula('b', 'c'), formula('c', 'a')],
    /"order.a" → "order.b" → "order.c" → "order.a"/,
  ],
])('refuses a formula that refers to %s in a circle, once', (_, fields, expected) => {
  const found = problems(region, customer(), order(...fields));
  expect(found).toEqual([expect.stringMatching(expected)]);
  expect(found[0]).toMatch(/^CIRCULAR entities\[2\]\.fields\[3\]\.options\.expression/);
});

test('refuses a circle over links, and takes a link to the own entity', () => {
  const person = (...more: Fields) => ({
    key: 'person',
    fields: [
      { key: 'name', type: 'text' },
      { key: 'boss', type: 'link', options: { target: 'person' } },
      ...more,
    ],
  });
  expect(problems(person(lookup('boss_name', 'boss', 'name')))).toEqual([]);
  expect(problems(person(lookup('top', 'boss', 'top')))).toEqual([
    expect.stringMatching(/^CIRCULAR .*"top"/),
  ]);
  expect(problems(person(lookup('a', 'boss', 'b'), formula('b', 'a & "x"')))).toEqual([
    expect.stringMatching(/^CIRCULAR .*"person.a" → "person.b" → "person.a"/),
  ]);
});

test('bounds how far and how much computed fields use each other, in whatever order they stand', () => {
  const doubled = Array.from({ length: 60 }, (_, index) =>
    formula(`f${index}`, index === 0 ? 'quantity' : `f${index - 1} + f${index - 1}`),
  );
  const row = Array.from({ length: 60 }, (_, index) =>
    formula(`f${index}`, index === 0 ? 'quantity' : `f${index - 1}`),
  );
  for (const fields of [doubled, [...doubled].reverse(), row, [...row].reverse()]) {
    const found = problems(region, customer(), order(...fields));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((problem) => problem.startsWith('LIMIT_EXCEEDED'))).toBe(true);
  }
  const person = (links: number) => ({
    key: 'person',
    fields: [
      { key: 'name', type: 'text' },
      { key: 'boss', type: 'link', options: { target: 'person' } },
      formula('far', `${'boss.'.repeat(links)}name`),
    ],
  });
  expect(problems(person(5))).toEqual([]);
  expect(problems(person(6))).toEqual([
    expect.stringMatching(/^LIMIT_EXCEEDED .*6 links behind each other; at most 5/),
  ]);
});

test.each(['required', 'unique', 'indexed', 'default'])('cannot be %s', (flag) => {
  const definition = { ...formula('a', '1'), [flag]: flag === 'default' ? 1 : true };
  expect(problems(region, customer(), order(definition))).toEqual([
    expect.stringMatching(new RegExp(`^NOT_SUPPORTED entities\\[2\\]\\.fields\\[3\\]\\.${flag} `)),
  ]);
});

test('is part of no key and no search', () => {
  const entity = order(formula('a', '"x"'));
  expect(
    problems(region, customer(), { ...entity, keys: [{ key: 'k', fields: ['a'] }], searchable: ['a'] }),
  ).toHaveLength(2);
});

test('changes plan and view with the expression, and the API only with the type', () => {
  const of = (expression: string) => make(region, customer(), order(formula('a', expression)));
  const [one, two, text] = [of('quantity + 1'), of('quantity + 2'), of('quantity & "1"')];
  const view = (registry: Registry) => registry.entityByKey.get('order')?.viewName;
  expect(new Set([one, two, text].map(({ planShape }) => planShape)).size).toBe(3);
  expect(new Set([one, two, text].map(view)).size).toBe(3);
  expect(two.apiShape).toBe(one.apiShape);
  expect(text.apiShape).not.toBe(one.apiShape);
  // Written differently, it is the same view.
  expect(view(of('( quantity+1 )'))).toBe(view(one));
});

test('makes no second problem out of a field that is wrong already', () => {
  const wrong = { key: 'b', type: 'txt' };
  expect(problems(region, customer(), order(wrong, formula('a', 'b & "x"'), formula('c', 'a')))).toHaveLength(
    1,
  );
});

test('can change between text, lookup and formula while nothing is stored for it', () => {
  const before = make(region, customer(), order(formula('a', '1')));
  const document = documentOf(region, customer(), order(lookup('a', 'customer', 'name')));
  const populated = new Set(['order']);
  expect('registry' in createRegistry(document, { current: before, populated })).toBe(true);
});
