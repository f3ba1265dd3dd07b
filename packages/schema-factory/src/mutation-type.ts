import type { Entity } from '@formwork/registry';
import { GraphQLObjectType } from 'graphql';
import { bulkMutations } from './bulk-mutations.ts';
import type { SchemaContext } from './context.ts';
import { lean } from './lean.ts';
import { recordMutations } from './record-mutations.ts';
import type { SchemaTypes } from './schema-types.ts';
import { withDeprecation } from './served-registry.ts';

/** Undefined where nothing can be written: GraphQL knows no type without fields. */
export function buildMutation(types: SchemaTypes): GraphQLObjectType | undefined {
  const fieldsOf = (entity: Entity) =>
    withDeprecation({ ...recordMutations(types, entity), ...bulkMutations(types, entity) }, entity);
  const { entities } = types.registry;
  if (!entities.some((entity) => Object.keys(fieldsOf(entity)).length > 0)) return undefined;
  return new GraphQLObjectType<unknown, SchemaContext>({
    name: 'Mutation',
    description:
      'All mutations of one operation are one transaction: either all of them happen or none. ' +
      'A write by filter does nothing where more than `atMost` records match; one with `ifVersion` nothing where the ' +
      '`version` of the record, which goes up with every change, is another by now. An upsert changes the record that has the ' +
      'key, or creates it.',
    fields: () => lean(Object.assign({}, ...entities.map(fieldsOf))),
  });
}
