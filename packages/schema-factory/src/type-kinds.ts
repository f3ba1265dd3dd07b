import { deriveAggregateField } from '@formwork/registry';
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { moneyType } from './scalars/money.ts';

/** What a type of the answer is, told by its form: so that neither types nor fields have to say it. */

export function isRecord(type: GraphQLNamedType): type is GraphQLObjectType {
  return isObjectType(type) && type.getInterfaces().length > 0;
}

export function isConnection(type: GraphQLObjectType): boolean {
  return getNamedType(type.getFields().pageInfo?.type)?.name === 'PageInfo';
}

/** Of groups of records. */
export function isAggregate(type: GraphQLObjectType): boolean {
  return type.getFields().countDistinct?.args.length === 1;
}

/** "departuresAggregate" asks about "departures". */
export function linkOfAggregate(fieldName: string): string {
  return fieldName.slice(0, -deriveAggregateField('').length);
}

/** Values, and links to one (by the id that the record holds). What is read by the record's id alone is not. */
export function isReadWithRecord(type: GraphQLNamedType | undefined): boolean {
  return type !== undefined && (isLeafType(type) || type === moneyType || isRecord(type));
}
