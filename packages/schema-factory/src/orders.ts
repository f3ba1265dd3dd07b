import { deriveTypeNames, type Entity } from '@formwork/registry';
import {
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
} from 'graphql';
import { byName } from './by-name.ts';
import { fieldsOf } from './fields-of.ts';
import { linkedOrdering } from './group-inputs.ts';
import { connectionsOf, targetOfLink } from './links.ts';
import { orderDirection } from './order-direction.ts';
import type { SchemaTypes } from './schema-types.ts';
import { valueTypeOf } from './value-types.ts';

/** One step of an ordering: a field, a field of a linked record, or what many linked records are together. A list of steps orders by several. */
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
  const own = byName(entity.fields, (field): GraphQLInputFieldConfig | null => {
    if (field.type === 'link') return { type: types.order(targetOfLink(types.registry, field)) };
    return valueTypeOf(types, entity, field)?.sortable ? direction : null;
  });
  const connected = byName(connectionsOf(types.registry, entity), (one) => ({
    type: linkedOrdering,
    ...fieldsOf(types.order(one.entity)),
  }));
  return { ...own, ...connected };
}
