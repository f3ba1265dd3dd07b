import { mayDo, type Registry, resultType } from '@formwork/registry';
import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  type GraphQLNamedType,
  GraphQLString,
  getNamedType,
} from 'graphql';
import { dateGroup, datePart } from './aggregate-inputs.ts';
import { typesOf } from './collect-types.ts';
import { countMode, pageInfoType } from './connections.ts';
import { distinctFilter, groupOrdering, having, linkedOrdering } from './group-inputs.ts';
import { connectionsOf } from './links.ts';
import { nodeInterface } from './node.ts';
import { orderDirection } from './order-direction.ts';
import { deletedRecordsPayload } from './payloads.ts';
import { calendarPeriod, periodInput, spanInput } from './relative-filters.ts';
import * as filters from './scalar-filters.ts';
import { byFieldScalar } from './scalars/by-field.ts';
import { decimalScalar } from './scalars/decimal.ts';
import { jsonScalar } from './scalars/json.ts';
import { moneyInput, moneyType } from './scalars/money.ts';
import { dateScalar, dateTimeScalar, durationScalar, timeScalar } from './scalars/temporal.ts';
import { plainTypeOf, totalOf } from './value-types.ts';

/** Types that are the same in every schema, down to the object. */
const sharedTypes = [
  nodeInterface,
  pageInfoType,
  orderDirection,
  countMode,
  datePart,
  dateGroup,
  having,
  distinctFilter,
  groupOrdering,
  linkedOrdering,
  deletedRecordsPayload,
  decimalScalar,
  dateScalar,
  dateTimeScalar,
  timeScalar,
  durationScalar,
  jsonScalar,
  byFieldScalar,
  moneyType,
  moneyInput,
  filters.idFilter,
  filters.stringFilter,
  filters.intFilter,
  filters.floatFilter,
  filters.decimalFilter,
  filters.booleanFilter,
  filters.dateFilter,
  filters.dateTimeFilter,
  filters.timeFilter,
  filters.durationFilter,
  filters.jsonFilter,
  filters.jsonPathFilter,
  filters.moneyFilter,
  calendarPeriod,
  periodInput,
  spanInput,
];

export const sharedTypeNames: ReadonlySet<string> = new Set(sharedTypes.map((type) => type.name));

/** What a schema has without any entity, and what it has as soon as there is one: for its lists, filters, orders and groups. */
const ofQuery = [nodeInterface, jsonScalar, GraphQLBoolean, GraphQLString, GraphQLID];
const ofEntities = [
  GraphQLInt,
  pageInfoType,
  countMode,
  orderDirection,
  dateTimeScalar,
  filters.idFilter,
  filters.intFilter,
  filters.dateTimeFilter,
  dateGroup,
  having,
  groupOrdering,
];

/** Those that a schema of the registry has, by their names: told by what there is in it, no type is made for that. */
export function sharedTypesOf(registry: Registry): ReadonlyMap<string, GraphQLNamedType> {
  const { entities } = registry;
  const fields = entities.flatMap((entity) => entity.fields);
  const roots: GraphQLNamedType[] = [...ofQuery, ...(entities.length > 0 ? ofEntities : [])];
  for (const kind of new Set(fields.map(resultType))) {
    const value = plainTypeOf(kind);
    if (value) roots.push(getNamedType(value.output), value.filter);
  }
  for (const total of new Set(fields.map(totalOf))) if (total) roots.push(total);
  if (entities.some((entity) => connectionsOf(registry, entity).length > 0)) roots.push(linkedOrdering);
  if (entities.some((entity) => mayDo(entity, 'delete'))) roots.push(deletedRecordsPayload);
  const all = new Map<string, GraphQLNamedType>();
  const add = (type: GraphQLNamedType) => {
    if (all.has(type.name)) return;
    all.set(type.name, type);
    for (const inner of typesOf(type)) add(inner);
  };
  for (const root of roots) add(root);
  return all;
}
