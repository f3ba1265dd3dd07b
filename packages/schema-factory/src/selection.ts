import type { ConnectionSelection, CountRequest, RecordSelection } from '@formwork/records';
import {
  assertObjectType,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isLeafType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { moneyType } from './scalars/money.ts';
import { cachedSelection } from './selection-cache.ts';
import type { SelectionWalk } from './selection-walk.ts';

/**
 * Look-ahead: what a field's selection will need of `records`, so that only that is read. Fragments, directives and
 * aliases are followed as the executor does; a link's own selection is asked for when its resolver runs.
 */

/** What is selected on the record that the field of `info` gives; `typeName` where the field's type leaves it open. */
export function recordSelection(
  info: GraphQLResolveInfo,
  typeName = getNamedType(info.returnType).name,
): RecordSelection {
  return cachedSelection(info, typeName, (walk) =>
    readRecord(walk, objectType(info, typeName), ownSelectionSets(info)),
  );
}

/** What is selected on the connection that the field of `info` gives. */
export function connectionSelection(info: GraphQLResolveInfo): ConnectionSelection {
  const typeName = getNamedType(info.returnType).name;
  return cachedSelection(info, typeName, (walk) =>
    readConnection(walk, objectType(info, typeName), ownSelectionSets(info)),
  );
}

/** What is selected on the record inside the payload that the field of `info` gives. */
export function payloadSelection(info: GraphQLResolveInfo, recordTypeName: string): RecordSelection {
  const payload = objectType(info, getNamedType(info.returnType).name);
  return cachedSelection(info, payload.name, (walk) => {
    const records = walk.fieldsOf(ownSelectionSets(info), payload).filter((field) => field.selectionSet);
    return readRecord(walk, objectType(info, recordTypeName), selectionSets(records));
  });
}

function readRecord(
  walk: SelectionWalk,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): RecordSelection {
  const fields = type.getFields();
  const selected = walk.fieldsOf(sets, type);
  const transitions = selected.filter((field) => field.name.value === 'allowedTransitions');
  const states =
    transitions.length === 0
      ? []
      : walk.fieldsOf(selectionSets(transitions), fieldType(type, 'allowedTransitions'));
  // What may follow a state is told from the state.
  const names = [...selected, ...states].map((field) => field.name.value);
  return {
    fields: [...new Set(names)].filter((name) => name !== 'id' && isReadWithRecord(fields[name]?.type)),
  };
}

/** Values, and links to one (by the id that the record holds). What is read by the record's id alone is not. */
function isReadWithRecord(type: Parameters<typeof getNamedType>[0]): boolean {
  const named = getNamedType(type);
  return (
    isLeafType(named) || named === moneyType || (isObjectType(named) && named.getInterfaces().length > 0)
  );
}

function readConnection(
  walk: SelectionWalk,
  connection: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): ConnectionSelection {
  const selected = walk.fieldsOf(sets, connection);
  const named = (name: string) => selected.filter((field) => field.name.value === name);
  const edgeFields = walk.fieldsOf(selectionSets(named('edges')), fieldType(connection, 'edges'));
  const nodes = [...named('nodes'), ...edgeFields.filter((field) => field.name.value === 'node')];
  const countsRecords = named('nodes').length + named('edges').length > 0;
  return {
    // `edges { __typename }` needs as many edges as there are records, though nothing of them.
    node: countsRecords ? readRecord(walk, fieldType(connection, 'nodes'), selectionSets(nodes)) : null,
    cursors: edgeFields.some((field) => field.name.value === 'cursor'),
    pageInfo: named('pageInfo').length > 0,
    totalCount: named('totalCount').length > 0,
    counts: countRequests(walk, connection, named('totalCount')),
  };
}

/** The ways in which `totalCount` is asked for, each once. */
function countRequests(
  walk: SelectionWalk,
  connection: GraphQLObjectType,
  fields: readonly FieldNode[],
): readonly CountRequest[] {
  const field = connection.getFields().totalCount;
  const requests = new Map<string, CountRequest>();
  for (const node of fields) {
    const request = field && walk.argumentsOf(field, node);
    if (request) requests.set(JSON.stringify(request), request as unknown as CountRequest);
  }
  return [...requests.values()];
}

export function ownSelectionSets(info: GraphQLResolveInfo): readonly SelectionSetNode[] {
  return selectionSets(info.fieldNodes);
}

export function selectionSets(
  fields: readonly { readonly selectionSet?: SelectionSetNode | undefined }[],
): readonly SelectionSetNode[] {
  return fields.flatMap((field) => field.selectionSet ?? []);
}

export function fieldType(type: GraphQLObjectType, fieldName: string): GraphQLObjectType {
  return assertObjectType(getNamedType(type.getFields()[fieldName]?.type));
}

export function objectType(info: GraphQLResolveInfo, typeName: string): GraphQLObjectType {
  return assertObjectType(info.schema.getType(typeName));
}
