import { deriveTypeNames, type Entity, type Field } from '@formwork/registry';
import { GraphQLList, GraphQLNonNull, GraphQLObjectType } from 'graphql';
import { byName } from './by-name.ts';
import { resolveTransitions } from './resolvers.ts';
import type { SchemaTypes } from './schema-types.ts';

/** Select fields of which the designer has said what may follow what. */
export function fieldsWithTransitions(entity: Entity): readonly Field[] {
  return entity.fields.filter(({ type, options }) => type === 'select' && options.transitions !== undefined);
}

/** For each of them the choices that a record may go to: what a form offers. */
export function buildTransitions(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).transitions,
    fields: () =>
      byName(fieldsWithTransitions(entity), (field) => ({
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.choices(field, entity)))),
        resolve: resolveTransitions,
      })),
  });
}
