import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isIntrospectionType,
  isSpecifiedScalarType,
  printType,
} from 'graphql';
import { sharedTypeNames } from './shared-types.ts';
import type { TenantSchema } from './tenant-schema.ts';

/**
 * The SDL of a schema that {@link buildGraphqlSchema} made: first the roots, then the entities' types, each entity's
 * together, then what all schemas share. Fields stand in the designer's order.
 */
export function printTenantSchema(schema: GraphQLSchema): string {
  return `${inOrder(schema).map(printType).join('\n\n')}\n`;
}

/** The same a type at a step, so that nobody waits while a large one is printed. */
export function* printInSteps(schema: TenantSchema): Generator<void, string> {
  yield* schema.makeAll();
  const texts: string[] = [];
  for (const type of inOrder(schema)) {
    texts.push(printType(type));
    yield;
  }
  return `${texts.join('\n\n')}\n`;
}

function inOrder(schema: GraphQLSchema): readonly GraphQLNamedType[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isSpecifiedScalarType(type) && !isIntrospectionType(type))
    .map((type) => ({ type, key: sortKey(type) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ type }) => type);
}

/** By the part of the design that the type is about: "CreateFlightInput" stands with "Flight". */
function sortKey({ name }: GraphQLNamedType): string {
  if (name === 'Query' || name === 'Mutation') return `0${name === 'Query' ? 0 : 1}`;
  if (sharedTypeNames.has(name)) return `2${name}`;
  return `1${name.replace(/^(?:Create|Update|Delete)(?=[A-Z])/, '')} ${name}`;
}
