import { deriveTypeNames, type Entity } from '@formwork/registry';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import { resolveIsExact, resolveNodes, resolveTotalCount } from './resolvers.ts';
import type { SchemaTypes } from './schema-types.ts';
import { searchArgument } from './search-argument.ts';

/** Relay's cursor connections: https://relay.dev/graphql/connections.htm. Edges and page come from records as they are. */

export const pageInfoType = new GraphQLObjectType({
  name: 'PageInfo',
  description: 'Where a page stands in its list.',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString, description: 'Cursor of the first record, for `before`.' },
    endCursor: { type: GraphQLString, description: 'Cursor of the last record, for `after`.' },
  },
});

export const countMode = new GraphQLEnumType({
  name: 'CountMode',
  description: 'How much work a `totalCount` is worth; `isExact` says whether it is that of the whole list.',
  values: {
    EXACT: { description: 'Counts them all.' },
    CAPPED: { description: 'Stops at `cap`: cheap for a long list.' },
    ESTIMATE: { description: 'Exact up to `cap`; beyond it about as many, and at most 1,000,000.' },
  },
});

const countArguments: GraphQLFieldConfigArgumentMap = {
  mode: { type: new GraphQLNonNull(countMode), defaultValue: 'EXACT' },
  cap: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 10_000 },
};

export function buildConnection(types: SchemaTypes, entity: Entity): GraphQLObjectType {
  const edge = new GraphQLObjectType({
    name: deriveTypeNames(entity.names).edge,
    fields: () => ({
      cursor: { type: new GraphQLNonNull(GraphQLString) },
      node: { type: new GraphQLNonNull(types.object(entity)) },
    }),
  });
  return new GraphQLObjectType({
    name: deriveTypeNames(entity.names).connection,
    fields: () => ({
      edges: { type: nonNullList(edge) },
      nodes: { type: nonNullList(types.object(entity)), resolve: resolveNodes },
      pageInfo: { type: new GraphQLNonNull(pageInfoType) },
      totalCount: {
        type: new GraphQLNonNull(GraphQLInt),
        args: countArguments,
        resolve: resolveTotalCount,
      },
      isExact: { type: new GraphQLNonNull(GraphQLBoolean), resolve: resolveIsExact },
    }),
  });
}

export function connectionArguments(types: SchemaTypes, entity: Entity): GraphQLFieldConfigArgumentMap {
  return {
    first: { type: GraphQLInt },
    after: { type: GraphQLString },
    last: { type: GraphQLInt },
    before: { type: GraphQLString },
    where: { type: types.filter(entity) },
    orderBy: { type: new GraphQLList(new GraphQLNonNull(types.order(entity))) },
    ...searchArgument(entity),
  };
}

function nonNullList(type: GraphQLObjectType) {
  return new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));
}
