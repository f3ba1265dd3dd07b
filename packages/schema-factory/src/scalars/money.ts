import { GraphQLInputObjectType, GraphQLNonNull, GraphQLObjectType, GraphQLString } from 'graphql';
import { decimalScalar } from './decimal.ts';

const fields = {
  amount: { type: new GraphQLNonNull(decimalScalar) },
  currency: { type: new GraphQLNonNull(GraphQLString), description: 'ISO 4217 code, such as `"EUR"`.' },
};

export const moneyType = new GraphQLObjectType({
  name: 'Money',
  description: 'An amount in a currency.',
  fields,
});

export const moneyInput = new GraphQLInputObjectType({
  name: 'MoneyInput',
  description: 'An amount in a currency: `{ amount: "12.50", currency: "EUR" }`.',
  fields,
});
