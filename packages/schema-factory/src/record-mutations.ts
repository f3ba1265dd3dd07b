import { deriveRootNames, type Entity } from '@formwork/registry';
import { type GraphQLFieldConfigMap, GraphQLID, GraphQLInt, GraphQLNonNull } from 'graphql';
import type { SchemaContext } from './context.ts';
import { isWritable, offeredWrites } from './offered-writes.ts';
import {
  buildCreatePayload,
  buildDeletePayload,
  buildRestorePayload,
  buildUpdatePayload,
  buildUpsertPayload,
} from './payloads.ts';
import {
  resolveCreate,
  resolveDelete,
  resolveRestore,
  resolveUpdate,
  resolveUpsert,
  target,
} from './resolvers.ts';
import type { SchemaTypes } from './schema-types.ts';

type Fields = GraphQLFieldConfigMap<unknown, SchemaContext>;

const id = { type: new GraphQLNonNull(GraphQLID) };
const ifVersion = { type: GraphQLInt };

/** Writes of one record. */
export function recordMutations(types: SchemaTypes, entity: Entity): Fields {
  const names = deriveRootNames(entity.names).mutation;
  const extensions = target(types.object(entity).name);
  const offered = offeredWrites(entity);
  return {
    ...(offered.create && {
      [names.create]: {
        type: new GraphQLNonNull(buildCreatePayload(types, entity)),
        args: isWritable(entity, 'create')
          ? { input: { type: new GraphQLNonNull(types.createInput(entity)) } }
          : {},
        resolve: resolveCreate,
        ...extensions,
      },
    }),
    ...(offered.update && {
      [names.update]: {
        type: new GraphQLNonNull(buildUpdatePayload(types, entity)),
        args: { id, input: { type: new GraphQLNonNull(types.updateInput(entity)) }, ifVersion },
        resolve: resolveUpdate,
        ...extensions,
      },
    }),
    ...(offered.upsert && { [names.upsert]: upsertField(types, entity) }),
    ...(offered.delete && {
      [names.delete]: {
        type: new GraphQLNonNull(buildDeletePayload(entity)),
        args: { id, ifVersion },
        resolve: resolveDelete,
        ...extensions,
      },
    }),
    ...(offered.restore && {
      [names.restore]: {
        type: new GraphQLNonNull(buildRestorePayload(types, entity)),
        description: 'Brings a deleted record back.',
        args: { id },
        resolve: resolveRestore,
        ...extensions,
      },
    }),
  };
}

function upsertField(types: SchemaTypes, entity: Entity): Fields[string] {
  return {
    type: new GraphQLNonNull(buildUpsertPayload(types, entity)),
    args: {
      by: { type: new GraphQLNonNull(types.uniqueKeyInput(entity)) },
      input: { type: new GraphQLNonNull(types.createInput(entity)) },
    },
    resolve: resolveUpsert,
    ...target(types.object(entity).name),
  };
}
