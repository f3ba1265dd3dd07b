import { deriveTypeNames, type Entity } from '@formwork/registry';
import { GraphQLID, GraphQLInputObjectType, GraphQLList, GraphQLNonNull } from 'graphql';
import { isWritable } from './offered-writes.ts';
import type { SchemaTypes } from './schema-types.ts';
import { readyKeys } from './unique-keys.ts';

/** Which record of the entity a link is to lead to: one that exists, or one that is created with it. */
export function buildLinkInput(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).linkInput,
    isOneOf: true,
    fields: () => ({
      id: { type: GraphQLID },
      ...(readyKeys(entity).length > 0 && { by: { type: types.uniqueKeyInput(entity) } }),
      ...(isWritable(entity, 'create') && { create: { type: types.createInput(entity) } }),
    }),
  });
}

/** Links to many of a record that is created. */
export function buildCreateLinksInput(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).createLinksInput,
    fields: () => ({ add: linkList(types, entity) }),
  });
}

/** Links to many of a record that exists: some more, some fewer, or exactly these. */
export function buildUpdateLinksInput(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).updateLinksInput,
    fields: () => ({
      add: linkList(types, entity),
      remove: linkList(types, entity),
      set: linkList(types, entity),
    }),
  });
}

function linkList(types: SchemaTypes, entity: Entity) {
  return { type: new GraphQLList(new GraphQLNonNull(types.linkInput(entity))) };
}
