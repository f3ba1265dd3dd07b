import { GraphQLEnumType } from 'graphql';

export const orderDirection = new GraphQLEnumType({
  name: 'OrderDirection',
  description:
    'As in Postgres, records without a value come last in ASC and first in DESC, unless said otherwise.',
  values: {
    ASC: {},
    DESC: {},
    ASC_NULLS_FIRST: {},
    ASC_NULLS_LAST: {},
    DESC_NULLS_FIRST: {},
    DESC_NULLS_LAST: {},
  },
});
