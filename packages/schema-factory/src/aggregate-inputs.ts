import { deriveTypeNames, type Entity, resultType } from '@formwork/registry';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import { byName } from './by-name.ts';
import { fieldsOf } from './fields-of.ts';
import { groupOrdering, having, listOf } from './group-inputs.ts';
import { targetOfLink } from './links.ts';
import type { SchemaTypes } from './schema-types.ts';
import { searchArgument } from './search-argument.ts';
import { valueTypeOf } from './value-types.ts';

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
    having: { type: having, ...fieldsOf(types.filter(entity)) },
    orderBy: { ...listOf(groupOrdering), ...fieldsOf(types.order(entity)) },
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
