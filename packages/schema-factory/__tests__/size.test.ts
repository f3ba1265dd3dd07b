import { execFileSync } from 'node:child_process';
import type { FieldDocument, RegistryDocument } from '@formwork/registry';
import { getIntrospectionQuery, graphqlSync } from 'graphql';
import { buildGraphqlSchema } from '../src/index.ts';
import { registryOf } from './designs.ts';

const types = ['text', 'text', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'long_text'] as const;

function fieldsOf(count: number): FieldDocument[] {
  return Array.from({ length: count }, (_, field) => ({
    key: `some_field_${field}`,
    type: types[field % types.length] ?? 'text',
  }));
}

/** Entities with fields beside the six of every record, with labels. */
function entitiesOf(fields: (entity: number) => readonly FieldDocument[], count = 50): RegistryDocument {
  const entities = Array.from({ length: count }, (_, entity) => ({
    key: `thing_${entity}`,
    fields: fields(entity),
  }));
  return { formwork: 1, entities };
}

function link(key: string, target: number, count = 50): FieldDocument {
  return { key, type: 'link', options: { target: `thing_${target % count}`, inverse: `${key}_of` } };
}

/** Ten fields and a link to the next. */
function linked(entity: number, count = 50): FieldDocument[] {
  return [...fieldsOf(10), link('owner', entity + 1, count)];
}

/** Of the answer to what tools ask. */
function bytesOf(document: RegistryDocument): number {
  const result = graphqlSync({
    schema: buildGraphqlSchema(registryOf(document)),
    source: getIntrospectionQuery(),
  });
  return Buffer.byteLength(JSON.stringify(result));
}

/** Size is a feature (design §5): the less a field, a link or an entity costs, the better. */
test.each([
  ['of four fields are under 1 MB', entitiesOf(() => fieldsOf(4)), 1_000_000],
  ['of ten fields and a link each are under 1.53 MB', entitiesOf((entity) => linked(entity)), 1_530_000],
  [
    'of twenty fields, two links, a key, choices and a rollup each are under 2.45 MB',
    entitiesOf((entity) => [
      ...fieldsOf(20),
      link('owner', entity + 1),
      link('other', entity + 2),
      { key: 'code', type: 'text', unique: true },
      { key: 'status', type: 'select', options: { choices: [{ key: 'open' }, { key: 'closed' }] } },
      { key: 'owned', type: 'rollup', options: { via: 'owner_of', function: 'count' } },
    ]),
    2_450_000,
  ],
  [
    'and 250 more of ten fields and a link each are under 9.2 MB',
    entitiesOf((entity) => linked(entity, 300), 300),
    9_200_000,
  ],
])('of introspection, 50 entities %s', (_, document, most) => {
  const bytes = bytesOf(document);
  expect(bytes).toBeLessThan(most);
  // Else the bound says nothing any more.
  expect(bytes).toBeGreaterThan(0.95 * most);
});

function largeDocument(prefix: string): RegistryDocument {
  const document = entitiesOf((entity) => linked(entity));
  return JSON.parse(JSON.stringify(document).replaceAll('thing_', `${prefix}_`));
}

/** In a process of its own, where nothing else is made or collected; it runs what was built. */
const measure = `
  import { createRegistry } from '@formwork/registry';
  import { buildGraphqlSchema } from '@formwork/schema-factory';
  const documents = JSON.parse(process.env.DOCUMENTS);
  const registries = documents.map((document) => createRegistry(document).registry);
  const used = () => {
    gc();
    return process.memoryUsage().heapUsed / documents.length;
  };
  const before = used();
  const schemas = registries.map((registry) => buildGraphqlSchema(registry));
  // As any query does.
  for (const schema of schemas) schema.getQueryType().getFields();
  const asked = used() - before;
  for (const schema of schemas) schema.getTypeMap();
  console.log(JSON.stringify({ asked, whole: used() - before }));
`;

test('the schema of 50 entities keeps half a megabyte, and some more once it is asked for all of its types', () => {
  const documents = JSON.stringify(['a', 'b', 'c'].map(largeDocument));
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', measure], {
    cwd: import.meta.dirname,
    env: { ...process.env, DOCUMENTS: documents, NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
  const { asked, whole } = JSON.parse(output);
  expect(asked).toBeGreaterThan(100_000);
  expect(asked).toBeLessThan(2 ** 20);
  expect(whole).toBeGreaterThan(2 ** 20);
  expect(whole).toBeLessThan(4.5 * 2 ** 20);
});
