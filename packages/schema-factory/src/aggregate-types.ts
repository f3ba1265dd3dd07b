import { deriveTypeNames, type Entity } from '@formwork/registry';
import {
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';
import { byName } from './by-name.ts';
import { resolveCountDistinct } from './resolvers.ts';
import { jsonScalar } from './scalars/json.ts';
import { dateTimeScalar } from './scalars/temporal.ts';
import type { SchemaTypes } from './schema-types.ts';
import { hasTotals, totalOf, valueTypeOf } from './value-types.ts';

/** What can be said of a group of records. */
export function buildAggregate(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).aggregate,
    fields: () => ({
      keys: {
        type: new GraphQLNonNull(new GraphQLList(jsonScalar)),
        description: 'A value for each step of `groupBy`.',
      },
      count: { type: new GraphQLNonNull(GraphQLInt) },
      countDistinct: {
        type: new GraphQLNonNull(GraphQLInt),
        args: { of: { type: new GraphQLNonNull(types.groupBy(entity)) } },
        resolve: resolveCountDistinct,
      },
      ...parts(types, entity),
    }),
  });
}

/** A list of groups, for a field. */
export function aggregateList(types: SchemaTypes, entity: Entity): GraphQLOutputType {
  return new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.aggregate(entity))));
}

/** Sums and averages where there is something to add up; least and greatest values there are of every entity. */
function parts(types: SchemaTypes, entity: Entity): GraphQLFieldConfigMap<unknown, unknown> {
  const numbers = hasTotals(entity) && { type: new GraphQLNonNull(types.aggregateNumbers(entity)) };
  const extremes = { type: new GraphQLNonNull(types.aggregateExtremes(entity)) };
  return { ...(numbers && { sum: numbers, avg: numbers }), min: extremes, max: extremes };
}

/** Of sums as of averages. A sum of whole numbers may be larger than an Int. */
export function buildAggregateNumbers(entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).aggregateNumbers,
    fields: () =>
      byName(entity.fields, (field) => {
        const total = totalOf(field);
        return total && { type: total };
      }),
  });
}

export function buildAggregateExtremes(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).aggregateExtremes,
    fields: () => ({
      createdAt: { type: dateTimeScalar },
      updatedAt: { type: dateTimeScalar },
      ...byName(entity.fields, (field) => {
        const value = valueTypeOf(types, entity, field);
        return value?.extremes ? { type: value.output } : null;
      }),
    }),
  });
}
