import { airline, withEntity, withField } from './airline.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: string;
let before: unknown;

beforeAll(async () => {
  setup = await setUp();
  tenant = await setup.tenant();
  await setup.apply(tenant, airline);
  before = await everything();
});

afterAll(() => setup.close());

const entity = (key: unknown) => documentOf({ key, fields: [{ key: 'a', type: 'text' }] });
const field = (change: object) =>
  documentOf({ key: 'thing', fields: [{ key: 'a', type: 'text', ...change }] });

test.each<[string, unknown, string]>([
  ['SQL as a key', entity('; drop table records; --'), '; drop table records; --'],
  ['a key of 64 characters', entity('x'.repeat(64)), 'x'.repeat(50)],
  ['a key that GraphQL reserves', entity('__type'), '__type'],
  ['an entity that our own schema reserves', entity('query'), 'query'],
  ['a field that every record has', field({ key: 'created_at' }), 'created_at'],
  ['a NUL in a key', entity('a\0b'), 'a\\u{0}b'],
  ['a NUL in a label', field({ label: 'a\0b' }), 'a\\u{0}b'],
  ['a lone surrogate in a label', field({ label: '\ud800' }), '\\u{d800}'],
  ['an unknown type', field({ type: 'txt' }), 'txt'],
  ['a type that is no text', field({ type: { a: 1 } }), 'type'],
  ['a link to a missing entity', field({ type: 'link', options: { target: 'nowhere' } }), 'nowhere'],
  [
    'two keys that derive one name',
    documentOf({
      key: 'thing',
      fields: [
        { key: 'a_b', type: 'text' },
        { key: 'a__b', type: 'text' },
      ],
    }),
    'a__b',
  ],
  ['a document of an unknown version', { formwork: 99, entities: [] }, '99'],
  ['text', 'formwork', 'object'],
  ['null', null, 'object'],
  ['nothing', undefined, 'document'],
  ['a list', [], 'object'],
  [
    'more slots than there are',
    documentOf({
      key: 'thing',
      fields: Array.from({ length: 9 }, (_, i) => ({ key: `a${i}`, type: 'text', indexed: true })),
    }),
    'a8',
  ],
])('refuses %s by its name, and applies nothing', async (_, document, name) => {
  const { messages } = await setup.refusal(tenant, document);
  expect(messages.join('\n')).toContain(name);
  expect(await everything()).toEqual(before);
});

test('reports all problems of a document at once', async () => {
  const { codes } = await setup.refusal(
    tenant,
    documentOf(
      { key: 'Thing', fields: [{ key: 'a', type: 'txt' }] },
      { key: 'b', fields: [{ key: 'c', type: 'link', options: { target: 'nowhere' } }] },
    ),
  );
  expect(codes).toEqual([
    expect.stringContaining('entities[0].key'),
    expect.stringContaining('entities[0].fields[0].type'),
    expect.stringContaining('entities[1].fields[0].options.target'),
  ]);
});

test('keeps to the limits that it is given', async () => {
  const { messages } = await setup.refusal(tenant, airline, { limits: { entities: 1 } });
  expect(messages).toEqual([expect.stringContaining('1')]);
});

test('stores hostile labels, descriptions and defaults as they are', async () => {
  const hostile = `'"; drop table formwork.records; -- $$ \\ \${x} {{y}} </script> 🛩 ‮`;
  const other = await setup.tenant();
  const document = documentOf({
    key: 'order',
    plural: 'orders',
    label: hostile,
    description: hostile,
    fields: [
      { key: 'select', type: 'text', label: hostile, default: hostile, indexed: true },
      { key: 'from', type: 'json', default: { [hostile]: [hostile] } },
      {
        key: 'user',
        type: 'select',
        options: { choices: [{ key: 'group', label: hostile, description: hostile }] },
      },
    ],
  });
  const { registry } = await setup.apply(other, document);
  const again = await setup.apply(other, document);
  expect(again.changed).toBe(false);
  expect(registry.entities[0]).toMatchObject({ label: hostile, description: hostile });
  expect(again.registry).toEqual(registry);
  const [id] = await setup.write(other, 'order', { select: hostile, user: 'group' });
  const { results } = await setup.dataPlane.read(other, [
    { text: `select id, "select", "user" from formwork_views.${registry.entities[0]?.viewName}`, values: [] },
  ]);
  expect(results).toEqual([[[id, hostile, 'group']]]);
});

test('takes a design of the largest keys', async () => {
  const other = await setup.tenant();
  const key = 'k'.repeat(50);
  const document = documentOf({
    key,
    fields: Array.from({ length: 8 }, (_, index) => ({
      key: `${key.slice(1)}${index}`,
      type: 'text',
      indexed: true,
    })),
    keys: [{ key, fields: [`${key.slice(1)}0`, `${key.slice(1)}1`] }],
  });
  await setup.apply(other, document);
  await setup.write(other, key, { [`${key.slice(1)}0`]: 'a' });
});

test('refuses to apply what it would otherwise change in passing', async () => {
  // A guard of this file: each change below is a real one, so an "unchanged" above means something.
  const changes = [
    withField('airport', 'city', null),
    withEntity('airport', (one) => ({ ...one, label: 'x' })),
  ];
  const other = await setup.tenant();
  for (const document of [airline, ...changes]) {
    expect(await setup.apply(other, document)).toMatchObject({ changed: true });
  }
});

async function everything(): Promise<unknown> {
  const tables = [
    'entity_types',
    'fields',
    'unique_keys',
    'registry_versions',
    'entity_storage',
    'link_rules',
  ];
  const rows = tables.map((table) =>
    setup.rows(
      `select to_jsonb(r)::text as row from formwork.${table} r where tenant_id = $1 order by 1`,
      tenant,
    ),
  );
  const views = setup.rows(`select viewname from pg_views where schemaname = 'formwork_views' order by 1`);
  return Promise.all([
    ...rows,
    views,
    setup.rows('select registry_version from formwork.tenants where id = $1', tenant),
  ]);
}
