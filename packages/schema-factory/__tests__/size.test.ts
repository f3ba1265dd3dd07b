import { execFileSync } from 'node:child_process';
import type { FieldType, RegistryDocument } from '@formwork/registry';
import { getIntrospectionQuery, graphqlSync } from 'graphql';
import { buildGraphqlSchema } from '../src/index.ts';
import { registryOf } from './designs.ts';

/**
 * Size is a feature (design §6). Fifty entities of ten fields and a link each, beside the six fields of every record,
 * with labels.
 */
const types: readonly FieldType[] = [
  'text',
  'text',
  'integer',
  'decimal',
  'boolean',
  'date',
  'datetime',
  'long_text',
];

function largeDocument(prefix: string): RegistryDocument {
  const entities = Array.from({ length: 50 }, (_, entity) => ({
    key: `${prefix}_${entity}`,
    fields: [
      ...Array.from({ length: 10 }, (_unused, field) => ({
        key: `some_field_${field}`,
        type: types[field % types.length] ?? 'text',
      })),
      { key: 'owner', type: 'link', options: { target: `${prefix}_${(entity + 1) % 50}` } } as const,
    ],
  }));
  return { formwork: 1, entities };
}

test('introspection of 50 entities stays under 1.75 MB, a third of it for aggregates', () => {
  const schema = buildGraphqlSchema(registryOf(largeDocument('thing')));
  const result = graphqlSync({
    schema,
    source: getIntrospectionQuery(),
  });
  const bytes = Buffer.byteLength(JSON.stringify(result));
  expect(bytes).toBeLessThan(1_750_000);
  const isForAggregates = (name: string) => /Aggregate|GroupBy|Date(Part|Group)/.test(name);
  const types = result.data?.__schema as unknown as { types: { name: string }[] };
  const aggregates = types.types.filter(({ name }) => isForAggregates(name));
  expect(JSON.stringify(aggregates).length / bytes).toBeLessThan(1 / 3);
});

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
