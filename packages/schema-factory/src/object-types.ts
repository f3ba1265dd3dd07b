import type { RecordNode } from '@formwork/records';
import { deriveAggregateField, deriveEntityNames, type Entity } from '@formwork/registry';
import {
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import { aggregateArguments } from './aggregate-inputs.ts';
import { aggregateList } from './aggregate-types.ts';
import { byName } from './by-name.ts';
import { connectionArguments } from './connections.ts';
import type { SchemaContext } from './context.ts';
import { describe } from './describe.ts';
import { lean } from './lean.ts';
import { type Connected, connectionsOf, targetOfLink } from './links.ts';
import { idField, nodeInterface } from './node.ts';
import {
  resolveId,
  resolveItself,
  resolveLink,
  resolveLinkedAggregate,
  resolveLinkedConnection,
  resolveValue,
} from './resolvers.ts';
import { dateTimeScalar } from './scalars/temporal.ts';
import type { SchemaTypes } from './schema-types.ts';
import { fieldsWithTransitions } from './transitions.ts';
import { valueTypeOf } from './value-types.ts';

type Fields = GraphQLFieldConfigMap<RecordNode, SchemaContext>;

/** The type of an entity's records. */
export function buildObjectType(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType<RecordNode, SchemaContext>({
    name: entity.names.type,
    description: describe(entity),
    interfaces: [nodeInterface, ...otherNames(types, entity)],
    fields: () => fieldsOf(types, entity),
  });
}

/** Other names of a renamed entity: fragments on that of today fit before the type is called so, and after that. */
function otherNames(types: SchemaTypes, entity: Entity): readonly GraphQLInterfaceType[] {
  return types.registry.entities
    .filter((other) => other.key === entity.key && other !== entity)
    .map(
      ({ names, key, plural }) =>
        new GraphQLInterfaceType({
          name: names.type,
          description:
            names.type === deriveEntityNames(key, plural).type
              ? `What "${entity.names.type}" is called after its renaming: say this in fragments.`
              : `What "${entity.names.type}" was called for a while: say that in fragments.`,
          interfaces: [nodeInterface],
          fields: () => fieldsOf(types, entity),
          resolveType: (record: RecordNode) => record.typeName,
        }),
    );
}

function fieldsOf(types: SchemaTypes, entity: Entity): Fields {
  return {
    ...systemFields,
    ...ownFields(types, entity),
    ...transitionFields(types, entity),
    ...connectionFields(types, entity),
  };
}

const systemFields: Fields = lean({
  id: { ...idField, resolve: resolveId },
  version: { type: new GraphQLNonNull(GraphQLInt), resolve: resolveValue },
  createdAt: { type: new GraphQLNonNull(dateTimeScalar), resolve: resolveValue },
  createdBy: { type: GraphQLString, resolve: resolveValue },
  updatedAt: { type: new GraphQLNonNull(dateTimeScalar), resolve: resolveValue },
  updatedBy: { type: GraphQLString, resolve: resolveValue },
});

function ownFields(types: SchemaTypes, entity: Entity): Fields {
  return byName(entity.fields, (field) => {
    const description = describe(field);
    // Links are always nullable: a caller may not be allowed to see the target.
    if (field.type === 'link') {
      return { type: types.object(targetOfLink(types.registry, field)), description, resolve: resolveLink };
    }
    const output = valueTypeOf(types, entity, field)?.output;
    if (!output) return null;
    return { type: field.required ? new GraphQLNonNull(output) : output, description, resolve: resolveValue };
  });
}

function transitionFields(types: SchemaTypes, entity: Entity): Fields {
  if (fieldsWithTransitions(entity).length === 0) return {};
  const type = new GraphQLNonNull(types.transitions(entity));
  return {
    allowedTransitions: { type, description: 'What may follow the state of now.', resolve: resolveItself },
  };
}

function connectionFields(types: SchemaTypes, entity: Entity): Fields {
  const connections = connectionsOf(types.registry, entity);
  const lists = byName(connections, (connected) => ({
    type: new GraphQLNonNull(types.connection(connected.entity)),
    description: connected.description,
    args: connectionArguments(types, connected.entity),
    resolve: resolveLinkedConnection,
  }));
  return { ...lists, ...aggregateFields(types, connections) };
}

function aggregateFields(types: SchemaTypes, connections: readonly Connected[]): Fields {
  const named = connections.map(({ name, entity, ...rest }) => ({
    ...rest,
    name: deriveAggregateField(name),
    entity,
  }));
  return byName(named, ({ entity }) => ({
    type: aggregateList(types, entity),
    args: aggregateArguments(types, entity),
    resolve: resolveLinkedAggregate,
  }));
}
