import { deriveKeyNames, deriveTypeNames, type Entity, type Field, type UniqueKey } from '@formwork/registry';
import {
  GraphQLID,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLNonNull,
} from 'graphql';
import { byName } from './by-name.ts';
import type { SchemaTypes } from './schema-types.ts';
import { isAlias } from './served-registry.ts';
import { valueTypeOf } from './value-types.ts';

/** Keys that records can be looked up by. One that is still being filled is not served. */
export function readyKeys(entity: Entity): readonly UniqueKey[] {
  return entity.keys.filter((key) => key.slot.state === 'ready');
}

/** "By which key?": one field for each key of the entity. A key of several fields has an input type of its own. */
export function buildUniqueKeyInput(types: SchemaTypes, entity: Entity): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: deriveTypeNames(entity.names).uniqueKey,
    isOneOf: true,
    fields: () => byName(readyKeys(entity), (key) => ({ type: keyInput(types, entity, key) })),
  });
}

/** The values of a key, as arguments or as input fields. */
export function keyValues(types: SchemaTypes, entity: Entity, key: UniqueKey): GraphQLInputFieldConfigMap {
  return byName(key.fields, (field) => {
    const type = keyPartType(types, entity, field);
    // Whoever gives a part under its former name leaves the other out.
    const hasOther = field.aliases.length > 0 && key.fields.some((part) => isAlias(part));
    if (isAlias(field) && key.fields.length > 1) return { type };
    // What has to be given cannot be deprecated.
    if (!hasOther) return { type: required(type, key, field), deprecationReason: null };
    return { type };
  });
}

/** Where nulls are equal, "without a value" is a value to look for. */
function required(type: GraphQLInputType, key: UniqueKey, field: Field): GraphQLInputType {
  return key.nullsEqual && !field.required ? type : new GraphQLNonNull(type);
}

function keyInput(types: SchemaTypes, entity: Entity, key: UniqueKey): GraphQLInputType {
  const [first, ...rest] = key.fields.length > 1 ? key.fields.filter((field) => !isAlias(field)) : key.fields;
  if (first && rest.length === 0) return keyPartType(types, entity, first);
  const name = deriveKeyNames(entity.names, key.key).input;
  return new GraphQLInputObjectType({ name, fields: () => keyValues(types, entity, key) });
}

/** Also for values that clients cannot write, such as an autonumber: they can look for one. */
function keyPartType(types: SchemaTypes, entity: Entity, field: Field): GraphQLInputType {
  if (field.type === 'link') return GraphQLID;
  const type = valueTypeOf(types, entity, field)?.input;
  if (!type) throw new Error(`The field "${field.key}" cannot be part of a unique key.`);
  return type;
}
