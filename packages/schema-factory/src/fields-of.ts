import type { GraphQLArgument, GraphQLInputField, GraphQLInputObjectType } from 'graphql';

/**
 * Extensions of an argument or an input field behind which something is said "by field": the input that has those fields.
 * So it is known what a document speaks of, although types that all entities share cannot tell.
 */
export function fieldsOf(input: GraphQLInputObjectType) {
  return { extensions: { fieldsOf: input } };
}

/** The input whose fields are meant, if there is one. */
export function inputOfFields(
  place: GraphQLArgument | GraphQLInputField,
): GraphQLInputObjectType | undefined {
  // Extensions are untyped; only `fieldsOf` writes this one.
  return place.extensions.fieldsOf as GraphQLInputObjectType | undefined;
}
