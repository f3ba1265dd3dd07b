import {
  type GraphQLDirective,
  type GraphQLNamedType,
  getNamedType,
  introspectionTypes,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/**
 * All types of a schema with these roots, in the order in which graphql-js has them, a type at a step: its own schemas
 * collect them at once.
 */
export function* collectTypes(
  roots: readonly GraphQLNamedType[],
  directives: readonly GraphQLDirective[],
): Generator<void, readonly GraphQLNamedType[]> {
  const found = new Set<GraphQLNamedType>();
  const given = directives.flatMap(({ args }) => args.map(({ type }) => getNamedType(type)));
  const [first] = introspectionTypes;
  const ways = [[...roots, ...given, ...(first ? [first] : [])].values()];
  for (let way = ways.at(-1); way !== undefined; way = ways.at(-1)) {
    const { done, value: type } = way.next();
    if (done) ways.pop();
    else if (!found.has(type)) {
      found.add(type);
      ways.push(typesOf(type).values());
      yield;
    }
  }
  return [...found];
}

/** Those that a type speaks of. */
export function typesOf(type: GraphQLNamedType): readonly GraphQLNamedType[] {
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => getNamedType(field.type));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = Object.values(type.getFields()).flatMap((field) => [
    getNamedType(field.type),
    ...field.args.map((argument) => getNamedType(argument.type)),
  ]);
  return [...type.getInterfaces(), ...fields];
}
