import type { LinkSelection, RecordSelection, Values, WrittenRecord } from '@formwork/records';
import { type FieldNode, type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql';
import {
  resolveId,
  resolveLink,
  resolveLinkedAggregate,
  resolveLinkedConnection,
  resolveValue,
} from '../resolvers.ts';
import { moneyType } from '../scalars/money.ts';
import { linkOfAggregate } from '../type-kinds.ts';
import { aggregateForm } from './aggregate-form.ts';
import { connectionForm } from './connection-form.ts';
import { type FormWalk, isTypename, type Place } from './form-walk.ts';
import { type Member, objectWriter } from './object-writer.ts';
import { Surprise } from './surprise.ts';
import { valueWriter, type WriteValue } from './write-value.ts';

/** A selection whose arguments, and those behind it, are still to come. */
export type Form<Selection> = (args: readonly Values[]) => Selection;

type RecordMember = Member<WrittenRecord>;

/** What `nodes`, which are one field to the executor, select on a record, and how that stands in the answer. */
export function recordForm(
  form: FormWalk,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Form<RecordSelection> {
  const fields: string[] = [];
  const links: Form<LinkSelection>[] = [];
  const valueMember = (place: Place): RecordMember => {
    const name = place.field.name;
    const at = fields.includes(name) ? fields.indexOf(name) : fields.push(name) - 1;
    const write = fieldWriter(form, place);
    return { name: place.name, write: ({ values }) => write(values[at]) };
  };
  const members = form.places(nodes, type).map((place): RecordMember => {
    if (isTypename(place)) return { name: place.name, write: () => place.typename };
    switch (place.field.resolve) {
      case resolveId:
        // Postgres has written it: nothing in it would have to be escaped.
        return { name: place.name, write: ({ id }) => `"${id}"` };
      case resolveValue:
        return valueMember(place);
      default: {
        const at = links.push(linkForm(form, place)) - 1;
        return { name: place.name, write: ({ behind }) => behind[at] as string };
      }
    }
  });
  const write = objectWriter(members);
  return (args) => ({ fields, links: links.map((link) => link(args)), write });
}

function linkForm(form: FormWalk, place: Place): Form<LinkSelection> {
  const { field, nodes } = place;
  const type = getNamedType(field.type);
  if (!isObjectType(type)) throw new Surprise('a link leads to records of several types');
  switch (field.resolve) {
    case resolveLink: {
      const record = recordForm(form, type, nodes);
      return (args) => ({ field: field.name, record: record(args) });
    }
    case resolveLinkedConnection: {
      const at = form.addArguments(place);
      const selection = connectionForm(form, type, nodes);
      return (args) => ({
        field: field.name,
        connection: { args: args[at] ?? {}, selection: selection(args) },
      });
    }
    case resolveLinkedAggregate: {
      const at = form.addArguments(place);
      const selection = aggregateForm(form, type, nodes);
      return (args) => ({
        field: linkOfAggregate(field.name),
        aggregate: { args: args[at] ?? {}, selection },
      });
    }
    default:
      throw new Surprise(`"${field.name}" is told by what was read`);
  }
}

/** Of a value; money is an object to GraphQL. */
export function fieldWriter(form: FormWalk, { field, nodes }: Place): WriteValue {
  if (field.type !== moneyType) {
    if (!isLeafType(getNamedType(field.type))) throw new Surprise(`"${field.name}" is no value`);
    return valueWriter(field.type);
  }
  const parts = form.places(nodes, moneyType).map((place): Member<Values> => {
    if (isTypename(place)) return { name: place.name, write: () => place.typename };
    const write = valueWriter(place.field.type);
    return { name: place.name, write: (money) => write(money[place.field.name]) };
  });
  const write = objectWriter(parts);
  return (value) => (value === null || value === undefined ? 'null' : write(value as Values));
}
