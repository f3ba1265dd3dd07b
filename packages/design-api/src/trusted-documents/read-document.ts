import { type DocumentNode, type GraphQLError, Kind } from 'graphql';

/** Of one document: what follows is mostly because of what came before. */
export const mostProblems = 5;

export function sentenceOf({ message, locations }: GraphQLError): string {
  const place = locations?.[0];
  return place ? `${message} (line ${place.line}, column ${place.column})` : message;
}

/** Without those that have none. */
export function operationNames({ definitions }: DocumentNode): readonly string[] {
  return definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? (one.name?.value ?? []) : [],
  );
}
