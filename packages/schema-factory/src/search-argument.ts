import type { Entity } from '@formwork/registry';
import { type GraphQLFieldConfigArgumentMap, GraphQLString } from 'graphql';

const search = {
  type: GraphQLString,
  description: 'Words that all have to be there, the last one as the beginning of a word.',
};

/** There where the designer marked something to look into. */
export function searchArgument({ searchable }: Entity): GraphQLFieldConfigArgumentMap {
  return searchable.length === 0 ? {} : { search };
}
