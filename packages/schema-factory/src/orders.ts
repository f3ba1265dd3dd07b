import { deriveTypeNames, type Entity } from '@formwork/registry';
import {
  GraphQLEnumType,
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
} from 'graphql';
import { byName } from './by-name.ts';
import { connectionsOf, targetOfLink } from './links.ts';
import type { SchemaTypes } from './schema-types.ts';
import { hasTotals, valueTypeOf } from './value-types.ts';

export const orderDirection = new GraphQLEnumType({
  name: 'OrderDirection',
  description:
    'As in Postgres, records without a value come last in ASC and first in DESC, unless said otherwise.',
  values: {
    ASC: {},
    DESC: {},
    ASC_NULLS_FIRST: {},
    ASC_NULLS_LAST: {},
    DESC_NULLS_FIRST: {},
    DESC_NULLS_LAST: {},
  },
});

/** One step of an ordering: a field, a field of a linked record, or what many linked records are together. A list of steps orders by several. */
export function buildOrder(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).order,
    isOneOf: true,
    fields: () => ({ ...systemOrders, ...fieldOrders(types, entity) }),
  });
}

/** One step of an ordering by what the records behind a link to many, or a way back, are together. */
export function buildConnectionOrder(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).connectionOrder,
    isOneOf: true,
    fields: () => {
      const order = { type: types.order(entity) };
      return {
        count: direction,
        ...(hasTotals(entity) && { sum: order, avg: order }),
        min: order,
        max: order,
      };
    },
  });
}

const direction = { type: orderDirection };

const systemOrders: GraphQLInputFieldConfigMap = {
  id: direction,
  createdAt: direction,
  updatedAt: direction,
};

function fieldOrders(types: SchemaTypes, entity: Entity): GraphQLInputFieldConfigMap {
  const own = byName(entity.fields, (field): GraphQLInputFieldConfig | null => {
    if (field.type === 'link') return { type: types.order(targetOfLink(types.registry, field)) };
    return valueTypeOf(types, entity, field)?.sortable ? direction : null;
  });
  const connected = byName(connectionsOf(types.registry, entity), (one) => ({
    type: types.connectionOrder(one.entity),
  }));
  return { ...own, ...connected };
}
