import { deriveTypeNames, type Entity, resultType } from '@formwork/registry';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import { byName } from './by-name.ts';
import { targetOfLink } from './links.ts';
import { orderDirection } from './orders.ts';
import { intFilter } from './scalar-filters.ts';
import type { SchemaTypes } from './schema-types.ts';
import { searchArgument } from './search-argument.ts';
import { hasTotals, totalOf, valueTypeOf } from './value-types.ts';

export const datePart = new GraphQLEnumType({
  name: 'DatePart',
  description: 'A part of the calendar. Weeks begin on Monday.',
  values: { DAY: {}, WEEK: {}, MONTH: {}, QUARTER: {}, YEAR: {} },
});

export const dateGroup = new GraphQLInputObjectType({
  name: 'DateGroup',
  description: 'Groups days and moments by a part of the calendar; the key is its first day: `"2026-11-01"`.',
  fields: {
    part: { type: new GraphQLNonNull(datePart) },
    timeZone: {
      type: GraphQLString,
      description: 'Where the day begins, such as `"Europe/Berlin"`. If absent UTC.',
    },
  },
});

export function aggregateArguments(types: SchemaTypes, entity: Entity): GraphQLFieldConfigArgumentMap {
  return {
    where: { type: types.filter(entity) },
    groupBy: listOf(types.groupBy(entity)),
    having: { type: types.aggregateFilter(entity) },
    orderBy: listOf(types.aggregateOrder(entity)),
    first: { type: GraphQLInt },
    ...searchArgument(entity),
  };
}

/** One step of a grouping: a value (`true`), a part of the calendar, or a value of a linked record. */
export function buildGroupBy(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  const value = { type: GraphQLBoolean };
  const calendar = { type: dateGroup };
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).groupBy,
    isOneOf: true,
    fields: () => ({
      id: value,
      createdAt: calendar,
      updatedAt: calendar,
      ...byName(entity.fields, (field): GraphQLInputFieldConfig | null => {
        if (field.type === 'link') return { type: types.groupBy(targetOfLink(types.registry, field)) };
        const type = resultType(field);
        if (type === 'date' || type === 'datetime') return calendar;
        return valueTypeOf(types, entity, field)?.groups ? value : null;
      }),
    }),
  });
}

/** Conditions on groups. For the least and greatest values the entity's own filter has the right types. */
export function buildAggregateFilter(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).aggregateFilter,
    fields: () => {
      const self = types.aggregateFilter(entity);
      return {
        ...aggregateConditions(types, entity),
        and: listOf(self),
        or: listOf(self),
        not: { type: self },
      };
    },
  });
}

/** What can be asked of records together: of a group, or of what a link to many leads to. */
export function aggregateConditions(types: SchemaTypes, entity: Entity): GraphQLInputFieldConfigMap {
  const numbers = () => ({ type: types.aggregateNumbersFilter(entity) });
  return {
    count: { type: intFilter },
    countDistinct: { type: types.aggregateDistinctFilter(entity) },
    ...parts(entity, numbers, { type: types.filter(entity) }),
  };
}

/** A condition on how many different values there are. */
export function buildAggregateDistinctFilter(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).aggregateDistinctFilter,
    fields: () => ({
      of: { type: new GraphQLNonNull(types.groupBy(entity)) },
      count: { type: new GraphQLNonNull(intFilter) },
    }),
  });
}

export function buildAggregateNumbersFilter(entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).aggregateNumbersFilter,
    fields: () =>
      byName(entity.fields, (field) => {
        const total = totalOf(field);
        return total && { type: total.filter };
      }),
  });
}

/** One step of an ordering of groups. By which value is said as in an ordering of records. */
export function buildAggregateOrder(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).aggregateOrder,
    isOneOf: true,
    fields: () => {
      const order = { type: types.order(entity) };
      return { key: order, count: { type: orderDirection }, ...parts(entity, () => order, order) };
    },
  });
}

function parts(
  entity: Entity,
  numbers: () => GraphQLInputFieldConfig,
  extremes: GraphQLInputFieldConfig,
): GraphQLInputFieldConfigMap {
  const total = hasTotals(entity) && numbers();
  return { ...(total && { sum: total, avg: total }), min: extremes, max: extremes };
}

function listOf(type: GraphQLInputObjectType): GraphQLInputFieldConfig {
  return { type: new GraphQLList(new GraphQLNonNull(type)) };
}
