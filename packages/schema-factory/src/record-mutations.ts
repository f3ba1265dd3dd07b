import { deriveRootNames, type Entity, mayDo } from '@formwork/registry';
import { type GraphQLFieldConfigMap, GraphQLID, GraphQLInt, GraphQLNonNull } from 'graphql';
import type { SchemaContext } from './context.ts';
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
import { readyKeys } from './unique-keys.ts';
import { isWritable } from './write-inputs.ts';

type Fields = GraphQLFieldConfigMap<unknown, SchemaContext>;

const id = { type: new GraphQLNonNull(GraphQLID) };
const ifVersion = { type: GraphQLInt };

/**
 * Writes of one record, as far as the role may. Where no field can be written, records come and go as they are: a create
 * without input, and no update.
 */
export function recordMutations(types: SchemaTypes, entity: Entity): Fields {
  const names = deriveRootNames(entity.names).mutation;
  const extensions = target(types.object(entity).name);
  return {
    ...(mayDo(entity, 'create') && {
      [names.create]: {
        type: new GraphQLNonNull(buildCreatePayload(types, entity)),
        args: isWritable(types, entity, 'create')
          ? { input: { type: new GraphQLNonNull(types.createInput(entity)) } }
          : {},
        resolve: resolveCreate,
        ...extensions,
      },
    }),
    ...(isWritable(types, entity, 'update') && {
      [names.update]: {
        type: new GraphQLNonNull(buildUpdatePayload(types, entity)),
        args: { id, input: { type: new GraphQLNonNull(types.updateInput(entity)) }, ifVersion },
        resolve: resolveUpdate,
        ...extensions,
      },
    }),
    ...(isUpsertable(types, entity) && { [names.upsert]: upsertField(types, entity) }),
    ...(mayDo(entity, 'delete') && {
      [names.delete]: {
        type: new GraphQLNonNull(buildDeletePayload(entity)),
        args: { id, ifVersion },
        resolve: resolveDelete,
        ...extensions,
      },
    }),
    // Whoever may take records away may bring them back.
    ...(entity.softDelete &&
      mayDo(entity, 'delete') && {
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

function isUpsertable(types: SchemaTypes, entity: Entity): boolean {
  return (
    isWritable(types, entity, 'create') && isWritable(types, entity, 'update') && readyKeys(entity).length > 0
  );
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
