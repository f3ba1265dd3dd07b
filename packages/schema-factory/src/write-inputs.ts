import { deriveTypeNames, type Entity, type Field, mayWrite } from '@formwork/registry';
import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType, type GraphQLInputType } from 'graphql';
import { byName } from './by-name.ts';
import { targetOfLink } from './links.ts';
import type { SchemaTypes } from './schema-types.ts';
import { isAlias } from './served-registry.ts';
import { valueTypeOf } from './value-types.ts';

/**
 * What a record is created from. Required fields are nullable here all the same: what is missing is reported by the
 * validation, together with every other violation and with its path, and not by a first error of GraphQL.
 */
export function buildCreateInput(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  const required = entity.fields.filter(isToBeGiven).map((field) => `\`${field.name}\``);
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).createInput,
    description: required.length > 0 ? `Required: ${required.join(', ')}.` : null,
    fields: () => inputFields(types, entity, 'create'),
  });
}

/** What of a record is to change: fields that are not given stay as they are, null takes the value away. */
export function buildUpdateInput(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).updateInput,
    fields: () => inputFields(types, entity, 'update'),
  });
}

function inputFields(
  types: SchemaTypes,
  entity: Entity,
  action: 'create' | 'update',
): GraphQLInputFieldConfigMap {
  return byName(entity.fields, (field) => {
    const type = inputType(types, entity, field, action);
    return type && { type };
  });
}

function inputType(
  types: SchemaTypes,
  entity: Entity,
  field: Field,
  action: 'create' | 'update',
): GraphQLInputType | null {
  if (!mayWrite(entity, action, field)) return null;
  if (field.type === 'link') return types.linkInput(targetOfLink(types.registry, field));
  if (field.type === 'links') {
    const target = targetOfLink(types.registry, field);
    return action === 'create' ? types.createLinksInput(target) : types.updateLinksInput(target);
  }
  const value = valueTypeOf(types, entity, field);
  return value?.writable ? value.input : null;
}

function isToBeGiven(field: Field): boolean {
  return (
    !isAlias(field) &&
    field.replacedBy === null &&
    field.required &&
    field.default === undefined &&
    field.type !== 'autonumber'
  );
}
