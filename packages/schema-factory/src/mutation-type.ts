import { deriveRootNames, type Entity } from '@formwork/registry';
import {
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql';
import type { SchemaContext } from './context.ts';
import { buildCreatePayload, buildDeletePayload, buildUpdatePayload } from './payloads.ts';
import { resolveCreate, resolveDelete, resolveUpdate, target } from './resolvers.ts';
import type { SchemaTypes } from './schema-types.ts';
import { buildCreateInput, buildUpdateInput, isWritable } from './write-inputs.ts';

type Fields = GraphQLFieldConfigMap<unknown, SchemaContext>;

/** Undefined for a registry without entities: GraphQL knows no type without fields. */
export function buildMutation(types: SchemaTypes): GraphQLObjectType | undefined {
  if (types.registry.entities.length === 0) return undefined;
  return new GraphQLObjectType<unknown, SchemaContext>({
    name: 'Mutation',
    description: 'All mutations of one operation are one transaction: either all of them happen or none.',
    fields: () => Object.assign({}, ...types.registry.entities.map((entity) => entityFields(types, entity))),
  });
}

const id = { type: new GraphQLNonNull(GraphQLID) };
const ifVersion = { type: GraphQLInt };

/** Where no field can be written, records come and go as they are: a create without input, and no update. */
function entityFields(types: SchemaTypes, entity: Entity): Fields {
  const names = deriveRootNames(entity.names).mutation;
  const writable = isWritable(types, entity);
  const extensions = target(entity.names.type);
  return {
    [names.create]: {
      type: new GraphQLNonNull(buildCreatePayload(types, entity)),
      args: writable ? { input: { type: new GraphQLNonNull(buildCreateInput(types, entity)) } } : {},
      resolve: resolveCreate,
      ...extensions,
    },
    ...(writable && {
      [names.update]: {
        type: new GraphQLNonNull(buildUpdatePayload(types, entity)),
        args: { id, input: { type: new GraphQLNonNull(buildUpdateInput(types, entity)) }, ifVersion },
        resolve: resolveUpdate,
        ...extensions,
      },
    }),
    [names.delete]: {
      type: new GraphQLNonNull(buildDeletePayload(entity)),
      args: { id, ifVersion },
      resolve: resolveDelete,
      ...extensions,
    },
  };
}
