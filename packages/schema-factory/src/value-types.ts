import { type Entity, type Field, type FieldType, resultType } from '@formwork/registry';
import {
  GraphQLBoolean,
  GraphQLFloat,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLScalarType,
  GraphQLString,
} from 'graphql';
import * as filters from './scalar-filters.ts';
import { decimalScalar } from './scalars/decimal.ts';
import { jsonScalar } from './scalars/json.ts';
import { moneyInput, moneyType } from './scalars/money.ts';
import { dateScalar, dateTimeScalar, durationScalar, timeScalar } from './scalars/temporal.ts';
import type { SchemaTypes } from './schema-types.ts';

/** How the value of a field stands in GraphQL. */
export interface ValueType {
  readonly output: GraphQLOutputType;
  readonly input: GraphQLInputType;
  /** Whether clients give the value; else they can only look for it. */
  readonly writable: boolean;
  readonly filter: GraphQLInputObjectType;
  readonly sortable: boolean;
  /** Whether there is a least and a greatest one. */
  readonly extremes: boolean;
  /** Whether records are grouped by it. */
  readonly groups: boolean;
}

/** Types whose value is the same for every field; the others depend on the field. */
type PlainType = Exclude<
  FieldType,
  'select' | 'multi_select' | 'link' | 'links' | 'rollup' | 'lookup' | 'formula'
>;

const unordered = { sortable: false, extremes: false, groups: false };
const string = plain(GraphQLString, filters.stringFilter);
const int = plain(GraphQLInt, filters.intFilter);
const float = plain(GraphQLFloat, filters.floatFilter);

const plainTypes: Readonly<Record<PlainType, ValueType>> = {
  text: string,
  long_text: string,
  email: string,
  url: string,
  phone: string,
  integer: int,
  rating: int,
  autonumber: { ...int, writable: false },
  number: float,
  percent: float,
  decimal: plain(decimalScalar, filters.decimalFilter),
  currency: { ...string, output: moneyType, input: moneyInput, filter: filters.moneyFilter, extremes: false },
  boolean: { ...plain(GraphQLBoolean, filters.booleanFilter), extremes: false },
  date: plain(dateScalar, filters.dateFilter),
  datetime: plain(dateTimeScalar, filters.dateTimeFilter),
  time: plain(timeScalar, filters.timeFilter),
  duration: { ...plain(durationScalar, filters.durationFilter), extremes: false, groups: false },
  json: { ...plain(jsonScalar, filters.jsonFilter), ...unordered },
};

/** The value type of a field, or null for a link. */
export function valueTypeOf(types: SchemaTypes, entity: Entity, field: Field): ValueType | null {
  switch (field.type) {
    case 'select': {
      return plain(types.choices(field, entity), types.choiceFilter(field, entity));
    }
    case 'multi_select': {
      const list = new GraphQLList(new GraphQLNonNull(types.choices(field, entity)));
      return { ...plain(list, types.choiceListFilter(field, entity)), ...unordered };
    }
    case 'link':
    case 'links':
      return null;
    case 'rollup':
    case 'lookup':
    case 'formula':
      return computedValueType(types, field);
    default:
      return plainTypes[field.type];
  }
}

/** Of all fields with values of a type; undefined where it depends on the field. */
export function plainTypeOf(type: FieldType): ValueType | undefined {
  return plainTypes[type as PlainType];
}

/** As what it gives, but for looking only. A lookup of a choice has the enum of the field that it shows. */
function computedValueType(types: SchemaTypes, field: Field): ValueType | null {
  const { type, source = null } = field.computed ?? {};
  const entity = types.registry.entityByKey.get(source?.entity ?? '');
  const shown = entity?.fieldByKey.get(source?.field ?? '');
  const value = entity && shown ? valueTypeOf(types, entity, shown) : type && plainTypeOf(type);
  return value ? { ...value, writable: false } : null;
}

function plain(type: GraphQLOutputType & GraphQLInputType, filter: GraphQLInputObjectType): ValueType {
  return { output: type, input: type, writable: true, filter, sortable: true, extremes: true, groups: true };
}

/** How sums and averages of a field stand in GraphQL, or null for what cannot be added up. */
export function totalOf(field: Field): GraphQLScalarType | null {
  switch (resultType(field)) {
    case 'integer':
    case 'rating':
    case 'autonumber':
    case 'number':
    case 'percent':
      return GraphQLFloat;
    case 'decimal':
      return decimalScalar;
    default:
      return null;
  }
}

export function hasTotals(entity: Entity): boolean {
  return entity.fields.some((field) => totalOf(field) !== null);
}
