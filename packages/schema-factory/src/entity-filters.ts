import { deriveTypeNames, type Entity } from '@formwork/registry';
import {
  GraphQLBoolean,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql';
import { byName } from './by-name.ts';
import { fieldsOf } from './fields-of.ts';
import { distinctFilter, totalsFilter } from './group-inputs.ts';
import { connectionsOf, targetOfLink } from './links.ts';
import { dateTimeFilter, idFilter, intFilter } from './scalar-filters.ts';
import type { SchemaTypes } from './schema-types.ts';
import { hasTotals, valueTypeOf } from './value-types.ts';

/** Conditions on the records of an entity. All that are given must hold; what they mean is decided in records. */
export function buildEntityFilter(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).filter,
    fields: () => {
      const self = types.filter(entity);
      const several = { type: new GraphQLList(new GraphQLNonNull(self)) };
      return {
        ...systemFilters,
        ...fieldFilters(types, entity),
        and: several,
        or: several,
        not: { type: self },
        isNull: {
          type: GraphQLBoolean,
          description: 'Whether a link leads nowhere.',
        },
      };
    },
  });
}

/** Conditions on the records that a link to many, or a way back, leads to: on each of them, and on all together. */
export function buildConnectionFilter(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).connectionFilter,
    fields: () => {
      const condition = { type: types.filter(entity) };
      return {
        where: {
          ...condition,
          description: 'Asks what stands beside it of these alone.',
        },
        some: condition,
        every: condition,
        none: condition,
        isNull: { type: GraphQLBoolean, description: 'True: there are none.' },
        ...conditionsTogether(types, entity),
      };
    },
  });
}

/** For least and greatest values the entity's own filter has the right types. */
function conditionsTogether(types: SchemaTypes, entity: Entity): GraphQLInputFieldConfigMap {
  const filter = types.filter(entity);
  const totals = hasTotals(entity) && { ...totalsFilter, ...fieldsOf(filter) };
  return {
    count: { type: intFilter },
    countDistinct: { type: distinctFilter, ...fieldsOf(filter) },
    ...(totals && { sum: totals, avg: totals }),
    min: { type: filter },
    max: { type: filter },
  };
}

const systemFilters: GraphQLInputFieldConfigMap = {
  id: { type: idFilter },
  version: { type: intFilter },
  createdAt: { type: dateTimeFilter },
  updatedAt: { type: dateTimeFilter },
};

function fieldFilters(types: SchemaTypes, entity: Entity): GraphQLInputFieldConfigMap {
  const own = byName(entity.fields, (field) => {
    if (field.type === 'link') return { type: types.filter(targetOfLink(types.registry, field)) };
    const type = valueTypeOf(types, entity, field)?.filter;
    return type ? { type } : null;
  });
  const connected = byName(connectionsOf(types.registry, entity), (one) => ({
    type: types.connectionFilter(one.entity),
  }));
  return { ...own, ...connected };
}
