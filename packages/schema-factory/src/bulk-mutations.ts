import { deriveRootNames, type Entity } from '@formwork/registry';
import {
  type GraphQLFieldConfigMap,
  type GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql';
import type { SchemaContext } from './context.ts';
import { offeredWrites } from './offered-writes.ts';
import { deletedRecordsPayload } from './payloads.ts';
import { resolveCreateMany, resolveDeleteMany, resolveUpdateMany, target } from './resolvers.ts';
import type { SchemaTypes } from './schema-types.ts';

type Fields = GraphQLFieldConfigMap<unknown, SchemaContext>;

/** Of a write by filter: a filter that matches more than was meant does nothing. */
const atMost = { type: GraphQLInt, defaultValue: 1 };

/** Writes of many records at once; each is all or none. */
export function bulkMutations(types: SchemaTypes, entity: Entity): Fields {
  const names = deriveRootNames(entity.names).mutation;
  const extensions = target(types.object(entity).name);
  const where = required(types.filter(entity));
  const offered = offeredWrites(entity);
  return {
    ...(offered.createMany && {
      [names.createMany]: {
        type: new GraphQLNonNull(types.manyPayload(entity)),
        args: {
          inputs: {
            type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.createInput(entity)))),
          },
        },
        resolve: resolveCreateMany,
        ...extensions,
      },
    }),
    ...(offered.updateMany && {
      [names.updateMany]: {
        type: new GraphQLNonNull(types.manyPayload(entity)),
        args: { where, input: required(types.updateInput(entity)), atMost },
        resolve: resolveUpdateMany,
        ...extensions,
      },
    }),
    ...(offered.deleteMany && {
      [names.deleteMany]: {
        type: new GraphQLNonNull(deletedRecordsPayload),
        args: { where, atMost },
        resolve: resolveDeleteMany,
        ...extensions,
      },
    }),
  };
}

function required(type: GraphQLInputObjectType) {
  return { type: new GraphQLNonNull(type) };
}
