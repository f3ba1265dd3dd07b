import type { Registry } from '@formwork/registry';
import { TenantSchema } from '@formwork/schema-factory';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/*
 * Bytes that things keep alive, roughly. A test measures them against the heap: `npx jest
 * packages/gateway/__tests__/cache-memory`.
 */

/** Of the types that were made so far: fields and their arguments are nearly all of it. */
export function schemaBytes(schema: GraphQLSchema): number {
  const types = schema instanceof TenantSchema ? schema.made : Object.values(schema.getTypeMap());
  return types.reduce((bytes, type) => bytes + typeBytes(type), 20_000);
}

function typeBytes(type: GraphQLNamedType): number {
  if (isEnumType(type)) return 700 + type.getValues().length * 300;
  if (!isLookedInto(type)) return 700;
  if (isInputObjectType(type)) return 700 + Object.keys(type.getFields()).length * 200;
  if (!isObjectType(type) && !isInterfaceType(type)) return 700;
  return Object.values(type.getFields()).reduce((sum, { args }) => sum + 250 + args.length * 130, 700);
}

/** graphql-js has a function in the place of fields that nobody has asked for yet. */
function isLookedInto(type: GraphQLNamedType): boolean {
  return typeof Reflect.get(type, '_fields') !== 'function';
}

/**
 * With the names by which use is told, and with what so many roles see of it: fields are shared, lists and maps of them are
 * not.
 */
export function registryBytes(registry: Registry, roles = 0): number {
  const own = registry.entities.reduce(
    (bytes, entity) =>
      bytes +
      2_500 +
      entity.fields.reduce(
        (sum, field) => sum + 500 + field.choices.length * 200 + field.description.length * 2,
        0,
      ),
    5_000,
  );
  const seen = registry.entities.reduce((bytes, { fields }) => bytes + 1_500 + fields.length * 150, 0);
  return own + seen * roles;
}

/** With what it was parsed into, a node of the syntax tree for every few characters, and what is known of it since. */
export function documentBytes(key: string): number {
  return 2_000 + key.length * 75;
}

/** Of a document that was refused: its text, and so many errors. */
export function refusalBytes(key: string, errors: number): number {
  return 1_000 + key.length * 4 + errors * 1_500;
}

/** Of a text that is kept under another: two for each character. */
export function textBytes(text: string, key: string): number {
  return 500 + 2 * (text.length + key.length);
}
