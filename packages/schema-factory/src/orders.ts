import { deriveTypeNames, type Entity } from '@formwork/registry';
import {
  GraphQLEnumType,
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
} from 'graphql';
import { byName } from './by-name.ts';
import { targetOfLink } from './links.ts';
import type { SchemaTypes } from './schema-types.ts';
import { valueTypeOf } from './value-types.ts';

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

/** One step of an ordering: a field, or a field of a linked record. A list of steps orders by several. */
export function buildOrder(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).order,
    isOneOf: true,
    fields: () => ({ ...systemOrders, ...fieldOrders(types, entity) }),
  });
}

const direction = { type: orderDirection };

const systemOrders: GraphQLInputFieldConfigMap = {
  id: direction,
  createdAt: direction,
  updatedAt: direction,
};

function fieldOrders(types: SchemaTypes, entity: Entity): GraphQLInputFieldConfigMap {
  return byName(entity.fields, (field): GraphQLInputFieldConfig | null => {
    if (field.type === 'link') return { type: types.order(targetOfLink(types.registry, field)) };
    return valueTypeOf(types, entity, field)?.sortable ? direction : null;
  });
}
