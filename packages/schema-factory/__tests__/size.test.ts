import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FieldType, Registry } from '@formwork/registry';
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

function largeRegistry(prefix: string): Registry {
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
  return registryOf({ formwork: 1, entities });
}

test('introspection of 50 entities stays under 1.7 MB, a third of it for aggregates', () => {
  const schema = buildGraphqlSchema(largeRegistry('thing'));
  const result = graphqlSync({
    schema,
    source: getIntrospectionQuery(),
  });
  const bytes = Buffer.byteLength(JSON.stringify(result));
  expect(bytes).toBeLessThan(1_700_000);
  const isForAggregates = (name: string) => /Aggregate|GroupBy|Date(Part|Group)/.test(name);
  const types = result.data?.__schema as unknown as { types: { name: string }[] };
  const aggregates = types.types.filter(({ name }) => isForAggregates(name));
  expect(JSON.stringify(aggregates).length / bytes).toBeLessThan(1 / 3);
});

test('the schema of 50 entities keeps a few megabytes', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const registries = Array.from({ length: 3 }, (_, index) => largeRegistry(`thing${index}`));
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const schemas = registries.map((registry) => buildGraphqlSchema(registry));
  collectGarbage();
  const kept = (process.memoryUsage().heapUsed - before) / schemas.length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(4 * 2 ** 20);
});
