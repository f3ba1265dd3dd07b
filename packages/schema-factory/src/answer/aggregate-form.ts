import type { AggregateNode, AggregateSelection, Values } from '@formwork/records';
import { type FieldNode, type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { outlineOfAggregate } from '../aggregate-selection.ts';
import { type FormWalk, isTypename, type Place } from './form-walk.ts';
import { type Member, objectWriter, writeList } from './object-writer.ts';
import { fieldWriter } from './record-form.ts';
import { Surprise } from './surprise.ts';
import { valueWriter } from './write-value.ts';

/** What is selected on groups, and how they stand in the answer. */
export function aggregateForm(
  form: FormWalk,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): AggregateSelection {
  const selection = outlineOfAggregate(form.walk, type, nodes).of({});
  const members = form.places(nodes, type).map((place): Member<AggregateNode> => {
    if (isTypename(place)) return { name: place.name, write: () => place.typename };
    return memberOf(form, selection, place);
  });
  const write = objectWriter(members);
  return { ...selection, write: (groups) => writeList(groups, write) };
}

function memberOf(form: FormWalk, selection: AggregateSelection, place: Place): Member<AggregateNode> {
  const { name, field, node, nodes } = place;
  const type = getNamedType(field.type);
  switch (field.name) {
    case 'keys':
    case 'count': {
      const of = field.name;
      const write = valueWriter(field.type);
      return { name, write: (group) => write(group[of]) };
    }
    case 'countDistinct': {
      const asked = JSON.stringify(form.walk.argumentsOf(field, node)?.['of']);
      const at = selection.countDistinct.findIndex((step) => JSON.stringify(step) === asked);
      const write = valueWriter(field.type);
      return { name, write: ({ countDistinct }) => write(countDistinct[at]) };
    }
    case 'sum':
    case 'avg':
    case 'min':
    case 'max': {
      if (!isObjectType(type)) throw new Surprise('values of groups are no object');
      const of = field.name;
      const write = objectWriter(valueMembers(form, type, nodes));
      return { name, write: (group) => write(group[of]) };
    }
    default:
      throw new Surprise(`"${field.name}" is no field of groups`);
  }
}

function valueMembers(
  form: FormWalk,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): readonly Member<Values>[] {
  return form.places(nodes, type).map((place): Member<Values> => {
    if (isTypename(place)) return { name: place.name, write: () => place.typename };
    const write = fieldWriter(form, place);
    return { name: place.name, write: (values) => write(values[place.field.name]) };
  });
}
