import type { LinkSelection } from '@formwork/records';
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type ValueNode,
} from 'graphql';
import { outlineOfAggregate } from './aggregate-selection.ts';
import { constant, fromVariables, type Outline } from './outline.ts';
import { outlineOfConnection, outlineOfRecord } from './selection.ts';
import { cachedOutline } from './selection-cache.ts';
import type { SelectionWalk } from './selection-walk.ts';
import { isAggregate, isConnection, isRecord, linkOfAggregate } from './type-kinds.ts';

/**
 * What the fields of one place of a record's selection lead to, for `records` to read it together with the record. Null where
 * they are no link, or where their arguments are wrong: then the executor will say so.
 */
export function outlineOfLink(
  walk: SelectionWalk,
  parent: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Outline<LinkSelection | null> | null {
  const [node] = nodes;
  const field = node && parent.getFields()[node.name.value];
  if (node === undefined || field === undefined) return null;
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return null;
  const within = <T>(read: (inner: SelectionWalk) => Outline<T>) =>
    cachedOutline(walk.info, nodes, type.name, read, walk);
  if (isRecord(type)) {
    const record = within((inner) => outlineOfRecord(inner, type, nodes));
    return over(record, (selection) => ({ field: field.name, record: selection }));
  }
  const args = outlineOfArguments(field, node);
  if (isConnection(type)) {
    const connection = within((inner) => outlineOfConnection(inner, type, nodes));
    return withArguments(args, connection, (given, selection) => ({
      field: field.name,
      connection: { args: given, selection },
    }));
  }
  if (!isAggregate(type)) return null;
  const aggregate = within((inner) => outlineOfAggregate(inner, type, nodes));
  return withArguments(args, aggregate, (given, selection) => ({
    field: linkOfAggregate(field.name),
    aggregate: { args: given, selection },
  }));
}

type Arguments = Readonly<Record<string, unknown>>;

function outlineOfArguments(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Outline<Arguments | null> {
  const coerce = (variables: Readonly<Record<string, unknown>>) => {
    try {
      return getArgumentValues(field, node, variables);
    } catch {
      return null;
    }
  };
  const isConstant = !(node.arguments ?? []).some(({ value }) => mentionsVariable(value));
  return isConstant ? constant(coerce({})) : fromVariables(coerce);
}

export function mentionsVariable(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(mentionsVariable);
    case Kind.OBJECT:
      return value.fields.some((field) => mentionsVariable(field.value));
    default:
      return false;
  }
}

function over<Part, T>(part: Outline<Part>, make: (part: Part) => T): Outline<T> {
  return part.isConstant
    ? constant(make(part.of({})))
    : fromVariables((variables) => make(part.of(variables)));
}

function withArguments<S>(
  args: Outline<Arguments | null>,
  selection: Outline<S>,
  make: (args: Arguments, selection: S) => LinkSelection,
): Outline<LinkSelection | null> {
  const madeFor = (variables: Arguments) => {
    const given = args.of(variables);
    return given && make(given, selection.of(variables));
  };
  return args.isConstant && selection.isConstant ? constant(madeFor({})) : fromVariables(madeFor);
}
