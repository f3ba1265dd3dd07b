import type { AggregateSelection, Values } from '@formwork/records';
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getNamedType } from 'graphql';
import { constant, type Outline } from './outline.ts';
import { fieldType, objectType, selectionSets } from './selection.ts';
import { cachedOutline } from './selection-cache.ts';
import type { SelectionWalk } from './selection-walk.ts';

/** What is selected on the groups that the field of `info` gives. */
export function aggregateSelection(info: GraphQLResolveInfo): AggregateSelection {
  const type = objectType(info, getNamedType(info.returnType).name);
  const { fieldNodes, variableValues } = info;
  return cachedOutline(info, fieldNodes, type.name, (walk) => outlineOfAggregate(walk, type, fieldNodes)).of(
    variableValues,
  );
}

export function outlineOfAggregate(
  walk: SelectionWalk,
  type: GraphQLObjectType,
  fieldNodes: readonly FieldNode[],
): Outline<AggregateSelection> {
  const selected = walk.fieldsOf(selectionSets(fieldNodes), type);
  const named = (name: string) => selected.filter((field) => field.name.value === name);
  const valuesOf = (name: string) => readValues(walk, type, name, named(name));
  return constant({
    keys: named('keys').length > 0,
    count: named('count').length > 0,
    countDistinct: readDistinct(walk, type, named('countDistinct')),
    sum: valuesOf('sum'),
    avg: valuesOf('avg'),
    min: valuesOf('min'),
    max: valuesOf('max'),
  });
}

function readValues(
  walk: SelectionWalk,
  type: GraphQLObjectType,
  name: string,
  fields: readonly FieldNode[],
): readonly string[] {
  if (fields.length === 0) return [];
  const values = walk.fieldsOf(selectionSets(fields), fieldType(type, name));
  return [...new Set(values.map((field) => field.name.value))];
}

/** What distinct values are counted of, each once. */
function readDistinct(
  walk: SelectionWalk,
  type: GraphQLObjectType,
  fields: readonly FieldNode[],
): readonly Values[] {
  const { countDistinct } = type.getFields();
  const steps = new Map<string, Values>();
  for (const field of fields) {
    const of = countDistinct && walk.argumentsOf(countDistinct, field)?.of;
    if (of) steps.set(JSON.stringify(of), of as Values);
  }
  return [...steps.values()];
}
