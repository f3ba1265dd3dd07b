import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isReservedName, type RegistryDocument } from '@formwork/registry';
import { buildSchema, type GraphQLSchema, validateSchema } from 'graphql';
import { buildGraphqlSchema, printTenantSchema } from '../src/index.ts';
import { sharedTypeNames } from '../src/shared-types.ts';
import { demo, everyType, registryOf } from './designs.ts';

/**
 * The SDL of the demo tenants, and of a design with every type of field, as files that a reviewer reads and editors colour. After a wanted change:
 * UPDATE_SDL=1 npx jest packages/schema-factory/__tests__/sdl
 */
const snapshots: readonly [string, RegistryDocument][] = [
  ['demo-aviation', demo('aviation')],
  ['demo-marketplace', demo('marketplace')],
  ['every-field-type', everyType],
];

function schemaOf(document: RegistryDocument): GraphQLSchema {
  return buildGraphqlSchema(registryOf(document));
}

describe.each(snapshots)('%s', (name, document) => {
  const schema = schemaOf(document);
  const file = join(import.meta.dirname, '__snapshots__', `${name}.graphql`);

  test('is a valid schema', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  test('has the SDL of its snapshot', () => {
    if (process.env.UPDATE_SDL) writeFileSync(file, printTenantSchema(schema));
    expect(printTenantSchema(schema)).toBe(readFileSync(file, 'utf8'));
  });

  test('has an SDL that graphql-js reads back', () => {
    expect(Object.keys(buildSchema(printTenantSchema(schema)).getTypeMap()).sort()).toEqual(
      Object.keys(schema.getTypeMap()).sort(),
    );
  });
});

test('no entity can have the name of a type that all schemas share', () => {
  expect([...sharedTypeNames].filter((name) => !isReservedName('type', name))).toEqual([]);
});
