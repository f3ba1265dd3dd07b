import { deriveTypeNames, type Entity } from '@formwork/registry';
import { GraphQLID, GraphQLNonNull, GraphQLObjectType } from 'graphql';
import { resolveItself } from './resolvers.ts';
import type { SchemaTypes } from './schema-types.ts';

export function buildCreatePayload(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return recordPayload(types, entity, deriveTypeNames(entity.names).createPayload);
}

export function buildUpdatePayload(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return recordPayload(types, entity, deriveTypeNames(entity.names).updatePayload);
}

export function buildDeletePayload(entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).deletePayload,
    fields: { id: { type: new GraphQLNonNull(GraphQLID), description: 'Of the record that is gone.' } },
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
