import type { RecordNode } from '@formwork/records';
import { deriveTypeNames, type Entity } from '@formwork/registry';
import { GraphQLBoolean, GraphQLID, GraphQLList, GraphQLNonNull, GraphQLObjectType } from 'graphql';
import { resolveItself } from './resolvers.ts';
import type { SchemaTypes } from './schema-types.ts';

export function buildCreatePayload(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return recordPayload(types, entity, deriveTypeNames(entity.names).createPayload);
}

export function buildUpdatePayload(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return recordPayload(types, entity, deriveTypeNames(entity.names).updatePayload);
}

export function buildRestorePayload(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return recordPayload(types, entity, deriveTypeNames(entity.names).restorePayload);
}

export function buildUpsertPayload(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType<{ node: RecordNode; created: boolean }>({
    name: deriveTypeNames(entity.names).upsertPayload,
    fields: () => ({
      [entity.names.single]: {
        type: new GraphQLNonNull(types.object(entity)),
        resolve: ({ node }: { node: RecordNode }) => node,
      },
      created: { type: new GraphQLNonNull(GraphQLBoolean) },
    }),
  });
}

/** Of a create or update of many: all records that were written, in the order of the inputs or by id. */
export function buildManyPayload(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).manyPayload,
    fields: () => ({
      [entity.names.plural]: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.object(entity)))),
        resolve: resolveItself,
      },
    }),
  });
}

/** Of a delete of many: the same for every entity. */
export const deletedRecordsPayload = new GraphQLObjectType({
  name: 'DeletedRecordsPayload',
  fields: {
    ids: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLID))),
      description: 'Of the records that are gone.',
    },
  },
});

export function buildDeletePayload(entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).deletePayload,
    fields: { id: { type: new GraphQLNonNull(GraphQLID) } },
  });
}

function recordPayload(types: SchemaTypes, entity: Entity, name: string): GraphQLObjectType {
  return new GraphQLObjectType({
    name,
    fields: () => ({
      [entity.names.single]: { type: new GraphQLNonNull(types.object(entity)), resolve: resolveItself },
    }),
  });
}
