import { deriveEnumNames, type Entity, type Field } from '@formwork/registry';
import { GraphQLEnumType, GraphQLInputObjectType } from 'graphql';
import { byName } from './by-name.ts';
import { describe } from './describe.ts';
import { equalityOperators, listOperators } from './scalar-filters.ts';
import type { SchemaTypes } from './schema-types.ts';

/** The enum of a select or multi_select. Resolvers and records know a value by its name, as they know fields. */
export function buildChoices(field: Field, entity: Entity): GraphQLEnumType {
  return new GraphQLEnumType({
    name: deriveEnumNames(entity.names, field.key).enum,
    description: describe(field),
    values: byName(field.choices, (choice) => ({ description: describe(choice) })),
  });
}

export function buildChoiceFilter(types: SchemaTypes, field: Field, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveEnumNames(entity.names, field.key).filter,
    fields: () => equalityOperators(types.choices(field, entity)),
  });
}

/** For a multi_select: asks for what is in its list. */
export function buildChoiceListFilter(
  types: SchemaTypes,
  field: Field,
  entity: Entity,
): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveEnumNames(entity.names, field.key).listFilter,
    fields: () => listOperators(types.choices(field, entity)),
  });
}
