import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import { relativeOperators } from './relative-filters.ts';
import { decimalScalar } from './scalars/decimal.ts';
import { jsonScalar } from './scalars/json.ts';
import { moneyInput } from './scalars/money.ts';
import { dateScalar, dateTimeScalar, durationScalar, timeScalar } from './scalars/temporal.ts';

/**
 * One filter for each scalar, shared by all fields, entities and schemas: fewer types, smaller introspection. What the
 * operators mean is decided in records; `ConnectionArguments` there lists them.
 */

interface Operators {
  readonly [name: string]: GraphQLInputFieldConfig;
}

const isNull: Operators = { isNull: { type: GraphQLBoolean } };

/** `eq ne in notIn isNull` over a type. */
export function equalityOperators(type: GraphQLInputType): Operators {
  const list = listOf(type);
  return { eq: { type }, ne: { type }, in: list, notIn: list, ...isNull };
}

/** `has hasAny hasAll isNull` over the type of a list's items. */
export function listOperators(type: GraphQLInputType): Operators {
  const list = listOf(type);
  return { has: { type }, hasAny: list, hasAll: list, ...isNull };
}

function orderOperators(type: GraphQLInputType): Operators {
  return { lt: { type }, lte: { type }, gt: { type }, gte: { type } };
}

const text = { type: GraphQLString };

const textOperators: Operators = {
  contains: text,
  startsWith: text,
  endsWith: text,
  eqInsensitive: { ...text, description: 'Insensitive: upper and lower case are the same.' },
  inInsensitive: listOf(GraphQLString),
  containsInsensitive: text,
  startsWithInsensitive: text,
  endsWithInsensitive: text,
};

function filter(name: string, ...operators: readonly Operators[]): GraphQLInputObjectType {
  return new GraphQLInputObjectType({ name, fields: Object.assign({}, ...operators) });
}

function comparison(name: string, type: GraphQLInputType, more: Operators = {}): GraphQLInputObjectType {
  return filter(name, equalityOperators(type), orderOperators(type), more);
}

function listOf(type: GraphQLInputType): GraphQLInputFieldConfig {
  return { type: new GraphQLList(new GraphQLNonNull(type)) };
}

export const idFilter = filter('IDFilter', equalityOperators(GraphQLID));
export const stringFilter = comparison('StringFilter', GraphQLString, textOperators);
export const intFilter = comparison('IntFilter', GraphQLInt);
export const floatFilter = comparison('FloatFilter', GraphQLFloat);
export const decimalFilter = comparison('DecimalFilter', decimalScalar);
export const booleanFilter = filter('BooleanFilter', equalityOperators(GraphQLBoolean));
export const dateFilter = comparison('DateFilter', dateScalar, relativeOperators);
export const dateTimeFilter = comparison('DateTimeFilter', dateTimeScalar, relativeOperators);
export const timeFilter = comparison('TimeFilter', timeScalar);
export const durationFilter = comparison('DurationFilter', durationScalar);

/** Amounts compare within their currency only, so they are asked for one by one. */
export const moneyFilter = filter('MoneyFilter', equalityOperators(moneyInput), {
  amount: { type: decimalFilter },
  currency: { type: stringFilter },
});

export const jsonPathFilter = new GraphQLInputObjectType({
  name: 'JSONPathFilter',
  description: 'What is at a place inside a JSON value. It matches only where the type fits.',
  fields: {
    path: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))),
      description: 'Keys of objects and positions in lists: `["addresses", "0", "city"]`.',
    },
    text: { type: stringFilter },
    number: { type: decimalFilter },
    boolean: { type: booleanFilter },
    exists: { type: GraphQLBoolean },
  },
});

export const jsonFilter = filter('JSONFilter', equalityOperators(jsonScalar), {
  contains: { type: jsonScalar, description: 'Objects and lists that hold at least this.' },
  at: { type: jsonPathFilter },
});
