import { deriveRootNames, type Entity, type UniqueKey } from '@formwork/registry';
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import { aggregateArguments } from './aggregate-inputs.ts';
import { aggregateList } from './aggregate-types.ts';
import { connectionArguments } from './connections.ts';
import type { SchemaContext } from './context.ts';
import { lean } from './lean.ts';
import { nodeInterface } from './node.ts';
import {
  resolveAggregate,
  resolveById,
  resolveByKey,
  resolveConnection,
  resolveEntitySchema,
  resolveNodeById,
  resolveNodesByIds,
  target,
} from './resolvers.ts';
import { jsonScalar } from './scalars/json.ts';
import type { SchemaTypes } from './schema-types.ts';
import { withDeprecation } from './served-registry.ts';
import { keyValues, readyKeys } from './unique-keys.ts';

type Fields = GraphQLFieldConfigMap<unknown, SchemaContext>;

export function buildQuery(types: SchemaTypes): GraphQLObjectType {
  return new GraphQLObjectType<unknown, SchemaContext>({
    name: 'Query',
    fields: () =>
      lean(
        Object.assign(
          {},
          nodeFields,
          ...types.registry.entities.map((entity) => withDeprecation(entityFields(types, entity), entity)),
        ),
      ),
  });
}

const id = { type: new GraphQLNonNull(GraphQLID) };

const nodeFields: Fields = {
  node: {
    type: nodeInterface,
    description: 'Any record by its id; null where there is none.',
    args: { id },
    resolve: resolveNodeById,
  },
  nodes: {
    type: new GraphQLNonNull(new GraphQLList(nodeInterface)),
    description: 'Records by their ids, in the order of the ids, with null where there is none.',
    args: { ids: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLID))) } },
    resolve: resolveNodesByIds,
  },
  entitySchema: {
    type: new GraphQLNonNull(jsonScalar),
    description:
      'JSON Schema (draft 2020-12) of what creates a record of the entity, or with `update` of what changes one: with ' +
      'labels, order and choices, enough to build a form from. `/schema/<entity>.json` gives the same.',
    args: {
      entity: { type: new GraphQLNonNull(GraphQLString), description: 'Its key, such as `"order_item"`.' },
      update: { type: new GraphQLNonNull(GraphQLBoolean), defaultValue: false },
    },
    resolve: resolveEntitySchema,
  },
};

function entityFields(types: SchemaTypes, entity: Entity): Fields {
  const { single, plural, aggregate } = deriveRootNames(entity.names).query;
  const type = types.object(entity);
  return {
    [single]: { type, args: { id }, resolve: resolveById, ...target(type.name) },
    ...keyFields(types, entity),
    [plural]: {
      type: new GraphQLNonNull(types.connection(entity)),
      args: connectionArguments(types, entity),
      resolve: resolveConnection,
      ...target(type.name),
    },
    [aggregate]: {
      type: aggregateList(types, entity),
      args: aggregateArguments(types, entity),
      resolve: resolveAggregate,
      ...target(type.name),
    },
  };
}

/** By unique key. */
function keyFields(types: SchemaTypes, entity: Entity): Fields {
  return Object.assign(
    {},
    ...readyKeys(entity).map((key) => withDeprecation({ [key.rootName]: keyField(types, entity, key) }, key)),
  );
}

function keyField(
  types: SchemaTypes,
  entity: Entity,
  key: UniqueKey,
): GraphQLFieldConfig<unknown, SchemaContext> {
  return {
    type: types.object(entity),
    args: keyValues(types, entity, key),
    resolve: resolveByKey,
    ...target(types.object(entity).name, key.name),
  };
}
