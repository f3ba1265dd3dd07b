import type { Registry } from '@formwork/registry';
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/**
 * Bytes that a schema keeps alive, roughly. Fields, arguments and enum values are nearly all of it: a schema of 50
 * entities of 20 fields measured 2.8 MiB, which is what the weights below give for it.
 */
export function schemaBytes(schema: GraphQLSchema): number {
  let bytes = 10_000;
  for (const type of Object.values(schema.getTypeMap())) {
    bytes += 800;
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) bytes += 700 + field.args.length * 500;
    } else if (isInputObjectType(type)) {
      bytes += Object.keys(type.getFields()).length * 500;
    } else if (isEnumType(type)) {
      bytes += type.getValues().length * 400;
    }
  }
  return bytes;
}

/**
 * Bytes of a registry, roughly, with the validators and statements that are compiled for it, and with what each of its
 * roles sees: fields are shared, lists and maps of them are not.
 */
export function registryBytes(registry: Registry): number {
  const projections = registry.entities.reduce((bytes, { fields }) => bytes + 1_500 + fields.length * 150, 0);
  return registry.entities.reduce(
    (bytes, entity) =>
      bytes +
      20_000 +
      entity.fields.reduce(
        (sum, field) => sum + 4_000 + field.choices.length * 300 + field.description.length * 2,
        0,
      ),
    2_000 + projections * (registry.roles.length + 1),
  );
}

/** Bytes of a text and of what it was parsed into: a node of the syntax tree for every few characters. */
export function documentBytes(text: string): number {
  return 1_000 + text.length * 40;
}
