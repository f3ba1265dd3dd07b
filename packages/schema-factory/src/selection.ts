import type { ConnectionSelection, CountRequest, LinkSelection, RecordSelection } from '@formwork/records';
import {
  assertObjectType,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  type SelectionSetNode,
} from 'graphql';
import { combine, constant, type Outline } from './outline.ts';
import { cachedOutline } from './selection-cache.ts';
import { outlineOfLink } from './selection-links.ts';
import type { SelectionWalk } from './selection-walk.ts';
import { isReadWithRecord } from './type-kinds.ts';

/**
 * Look-ahead: what a field's selection will need of `records`, so that only that is read, and what is behind links together
 * with the records that lead there. Fragments, directives and aliases are followed as the executor does.
 */

/** What is selected on the record that the field of `info` gives; `typeName` where the field's type leaves it open. */
export function recordSelection(
  info: GraphQLResolveInfo,
  typeName = getNamedType(info.returnType).name,
): RecordSelection {
  const { fieldNodes, variableValues } = info;
  return cachedOutline(info, fieldNodes, typeName, (walk) =>
    outlineOfRecord(walk, objectType(info, typeName), fieldNodes),
  ).of(variableValues);
}

/** What is selected on the connection that the field of `info` gives. */
export function connectionSelection(info: GraphQLResolveInfo): ConnectionSelection {
  const { fieldNodes, variableValues } = info;
  const typeName = getNamedType(info.returnType).name;
  return cachedOutline(info, fieldNodes, typeName, (walk) =>
    outlineOfConnection(walk, objectType(info, typeName), fieldNodes),
  ).of(variableValues);
}

/** What is selected on the record inside the payload that the field of `info` gives. */
export function payloadSelection(info: GraphQLResolveInfo, recordTypeName: string): RecordSelection {
  const { fieldNodes, variableValues } = info;
  const payload = objectType(info, getNamedType(info.returnType).name);
  return cachedOutline(info, fieldNodes, payload.name, (walk) => {
    const places = walk.groupsOf(selectionSets(fieldNodes), payload);
    const records = places.filter((nodes) => selectionSets(nodes).length > 0);
    return outlineOfPlaces(walk, objectType(info, recordTypeName), records);
  }).of(variableValues);
}

/** What `nodes`, which are one field to the executor, select on a record. */
export function outlineOfRecord(
  walk: SelectionWalk,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Outline<RecordSelection> {
  const fields = type.getFields();
  const places = walk.groupsOf(selectionSets(nodes), type);
  const states = places
    .filter(([node]) => node?.name.value === 'allowedTransitions')
    .flatMap((transitions) =>
      walk.fieldsOf(selectionSets(transitions), fieldType(type, 'allowedTransitions')),
    );
  // What may follow a state is told from the state.
  const names = [...places.flatMap(([node]) => node ?? []), ...states].map(({ name }) => name.value);
  const read = [...new Set(names)].filter(
    (name) => name !== 'id' && isReadWithRecord(getNamedType(fields[name]?.type)),
  );
  const links = places.flatMap((place) => outlineOfLink(walk, type, place) ?? []);
  return combine(links, (known) => selectionOf(read, known));
}

function selectionOf(fields: readonly string[], links: readonly (LinkSelection | null)[]): RecordSelection {
  const known = links.filter((link) => link !== null);
  return known.length === 0 ? { fields } : { fields, links: known };
}

/** One selection for records that stand in several places of the answer, as under `nodes` and `edges { node }`. */
function outlineOfPlaces(
  walk: SelectionWalk,
  type: GraphQLObjectType,
  places: readonly (readonly FieldNode[])[],
): Outline<RecordSelection> {
  const outlines = places.map((nodes) => outlineOfRecord(walk, type, nodes));
  const [first] = outlines;
  if (first !== undefined && outlines.length === 1) return first;
  return combine(outlines, (selections) =>
    selectionOf(
      [...new Set(selections.flatMap(({ fields }) => fields))],
      selections.flatMap(({ links }) => links ?? []),
    ),
  );
}

export function outlineOfConnection(
  walk: SelectionWalk,
  connection: GraphQLObjectType,
  fieldNodes: readonly FieldNode[],
): Outline<ConnectionSelection> {
  const places = walk.groupsOf(selectionSets(fieldNodes), connection);
  const named = (name: string) => places.filter(([node]) => node?.name.value === name);
  const edge = fieldType(connection, 'edges');
  const edgePlaces = named('edges').flatMap((nodes) => walk.groupsOf(selectionSets(nodes), edge));
  const nodePlaces = [...named('nodes'), ...edgePlaces.filter(([node]) => node?.name.value === 'node')];
  // `edges { __typename }` needs as many edges as there are records, though nothing of them.
  const showsRecords = named('nodes').length + named('edges').length > 0;
  const node = showsRecords
    ? outlineOfPlaces(walk, fieldType(connection, 'nodes'), nodePlaces)
    : constant(null);
  const rest = {
    cursors: edgePlaces.some(([field]) => field?.name.value === 'cursor'),
    pageInfo: named('pageInfo').length > 0,
    totalCount: named('totalCount').length > 0,
    counts: countRequests(walk, connection, named('totalCount').flat()),
  };
  return combine<RecordSelection | null, ConnectionSelection>([node], ([selection = null]) => ({
    node: selection,
    ...rest,
  }));
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
