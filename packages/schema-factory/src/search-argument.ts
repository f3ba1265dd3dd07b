import type { Entity } from '@formwork/registry';
import { type GraphQLFieldConfigArgumentMap, GraphQLString } from 'graphql';

/** There where the designer marked something to look into. Stands on every list, so it is told of in the README alone. */
export function searchArgument({ searchable }: Entity): GraphQLFieldConfigArgumentMap {
  return searchable.length === 0 ? {} : { search: { type: GraphQLString } };
}
