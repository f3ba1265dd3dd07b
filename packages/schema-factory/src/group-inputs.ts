import {
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql';
import { orderDirection } from './order-direction.ts';
import { intFilter } from './scalar-filters.ts';
import { byFieldScalar } from './scalars/by-field.ts';

/*
 * What is asked of records together, and how they are sorted by that: the same types for all entities, since schemas
 * would else be a third larger. What they say of fields is a scalar.
 */

const byField = { type: byFieldScalar };

export const distinctFilter = new GraphQLInputObjectType({
  name: 'HavingDistinct',
  description: 'A condition on how many different values there are.',
  fields: {
    of: { type: new GraphQLNonNull(byFieldScalar), description: 'As in `groupBy`: `{ status: true }`.' },
    count: { type: new GraphQLNonNull(intFilter) },
  },
});

/** Of sums and averages in a filter of linked records, where least and greatest values have types of their own. */
export const totalsFilter: GraphQLInputFieldConfig = byField;

export const having = new GraphQLInputObjectType({
  name: 'Having',
  description: 'Conditions on groups: `{ count: { gte: 3 }, sum: { total: { gt: 100 } } }`. All must hold.',
  fields: () => ({
    count: { type: intFilter },
    countDistinct: { type: distinctFilter },
    ...functions,
    and: listOf(having),
    or: listOf(having),
    not: { type: having },
  }),
});

const functions = { sum: byField, avg: byField, min: byField, max: byField };

/** What both orderings have. */
const together = { count: { type: orderDirection }, ...functions };

export const groupOrdering = new GraphQLInputObjectType({
  name: 'GroupOrdering',
  description: 'One step of an ordering of groups: `{ sum: { total: DESC } }`.',
  isOneOf: true,
  fields: {
    key: { ...byField, description: 'By what is grouped by: `{ status: ASC }`.' },
    ...together,
  },
});

export const linkedOrdering = new GraphQLInputObjectType({
  name: 'LinkedOrdering',
  description: 'By what all linked records are together: `{ count: DESC }`, `{ sum: { total: DESC } }`.',
  isOneOf: true,
  fields: together,
});

export function listOf(type: GraphQLInputType): GraphQLInputFieldConfig {
  return { type: new GraphQLList(new GraphQLNonNull(type)) };
}
