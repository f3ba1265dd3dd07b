import type {
  AggregateArguments,
  AggregateNode,
  AggregateSelection,
  Awaitable,
  ConnectionArguments,
  ConnectionNode,
  ConnectionSelection,
  CountRequest,
  RecordNode,
  Values,
} from '@formwork/records';
import type { GraphQLField, GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import { aggregateSelection } from './aggregate-selection.ts';
import type { SchemaContext } from './context.ts';
import { connectionSelection, payloadSelection, recordSelection } from './selection.ts';
import { linkOfAggregate } from './type-kinds.ts';

/**
 * All resolvers, shared by every field of every schema: they look at `info` for what they are to do, so that a
 * field costs no closure. Names are those of GraphQL; `records` knows what they mean for its tenant.
 */
type Resolver<Source, Arguments = object> = GraphQLFieldResolver<Source, SchemaContext, Arguments>;

export const resolveId: Resolver<RecordNode> = (record) => record.id;

export const resolveValue: Resolver<RecordNode> = (record, _args, _context, info) =>
  record.values[info.fieldName];

export const resolveLink: Resolver<RecordNode> = (record, _args, { records }, info) =>
  records.linkedRecord(record, info.fieldName, recordSelection(info));

/** Arguments go on as they came: null for a filter is an error that records reports, absent is no filter. */
export const resolveLinkedConnection: Resolver<RecordNode, ConnectionArguments> = (
  record,
  args,
  { records },
  info,
): Awaitable<Connection> => {
  const selection = connectionSelection(info);
  return after(records.linkedConnection(record, info.fieldName, args, selection), (connection) => ({
    ...connection,
    selection,
  }));
};

/** At once where the value is there: a promise for each of a thousand records would cost more than the rest. */
function after<T, Result>(value: Awaitable<T>, then: (value: T) => Result): Awaitable<Result> {
  return value instanceof Promise ? value.then(then) : then(value);
}

/** A connection beside what was asked of it, which tells its counts apart. */
type Connection = ConnectionNode & { readonly selection: ConnectionSelection };

export const resolveTotalCount: Resolver<Connection, CountRequest> = (
  { selection, counts },
  { mode, cap },
) => {
  const at = selection.counts?.findIndex((request) => request.mode === mode && request.cap === cap) ?? -1;
  return counts?.[at]?.count;
};

export const resolveIsExact: Resolver<Connection> = ({ counts }) =>
  counts?.every((count) => count.isExact) ?? true;

/** A group beside what was asked of it, which tells its counts apart. */
type Aggregate = AggregateNode & { readonly selection: AggregateSelection };

export const resolveAggregate: Resolver<unknown, AggregateArguments> = async (
  _source,
  args,
  { records },
  info,
) => {
  const selection = aggregateSelection(info);
  return withSelection(await records.aggregate(targetOf(info).typeName, args, selection), selection);
};

export const resolveLinkedAggregate: Resolver<RecordNode, AggregateArguments> = (
  record,
  args,
  { records },
  info,
) => {
  const selection = aggregateSelection(info);
  const fieldName = linkOfAggregate(info.fieldName);
  return after(records.linkedAggregate(record, fieldName, args, selection), (nodes) =>
    withSelection(nodes, selection),
  );
};

function withSelection(nodes: readonly AggregateNode[], selection: AggregateSelection): readonly Aggregate[] {
  return nodes.map((node) => ({ ...node, selection }));
}

export const resolveCountDistinct: Resolver<Aggregate, { of: Values }> = (
  { selection, countDistinct },
  { of },
) => {
  const asked = JSON.stringify(of);
  return countDistinct[selection.countDistinct.findIndex((step) => JSON.stringify(step) === asked)];
};

export const resolveNodes: Resolver<ConnectionNode> = (connection) =>
  connection.edges.map(({ node }) => node);

export const resolveNodeById: Resolver<unknown, { id: string }> = (_source, { id }, { records }, info) =>
  records.node(id, (typeName) => recordSelection(info, typeName));

export const resolveNodesByIds: Resolver<unknown, { ids: readonly string[] }> = (
  _source,
  { ids },
  context,
  info,
) => context.records.nodes(ids, (typeName) => recordSelection(info, typeName));

export const resolveById: Resolver<unknown, { id: string }> = (_source, { id }, { records }, info) =>
  records.byId(targetOf(info).typeName, id, recordSelection(info));

export const resolveByKey: Resolver<unknown, Values> = (_source, values, { records }, info) => {
  const { typeName, keyName } = targetOf(info);
  return records.byKey(typeName, keyName, values, recordSelection(info));
};

export const resolveConnection: Resolver<unknown, ConnectionArguments> = async (
  _source,
  args,
  { records },
  info,
): Promise<Connection> => {
  const selection = connectionSelection(info);
  return { ...(await records.connection(targetOf(info).typeName, args, selection)), selection };
};

export const resolveEntitySchema: Resolver<unknown, { entity: string; update: boolean }> = (
  _source,
  { entity, update },
  { records },
) => records.entitySchema(entity, update ? 'update' : 'create');

/** There is no input where no field can be written. */
export const resolveCreate: Resolver<unknown, { input?: Values }> = (_source, args, { records }, info) => {
  const { typeName } = targetOf(info);
  return records.create(typeName, args.input ?? {}, payloadSelection(info, typeName));
};

interface UpdateArguments {
  readonly id: string;
  readonly input: Values;
  readonly ifVersion?: number | null;
}

export const resolveUpdate: Resolver<unknown, UpdateArguments> = (_source, args, { records }, info) => {
  const { typeName } = targetOf(info);
  const selection = payloadSelection(info, typeName);
  return records.update(typeName, args.id, args.input, args.ifVersion ?? null, selection);
};

type DeleteArguments = Omit<UpdateArguments, 'input'>;

export const resolveDelete: Resolver<unknown, DeleteArguments> = async (
  _source,
  args,
  { records },
  info,
) => ({
  id: await records.delete(targetOf(info).typeName, args.id, args.ifVersion ?? null),
});

export const resolveRestore: Resolver<unknown, { id: string }> = (_source, { id }, { records }, info) => {
  const { typeName } = targetOf(info);
  return records.restore(typeName, id, payloadSelection(info, typeName));
};

interface UpsertArguments {
  readonly by: Values;
  readonly input: Values;
}

export const resolveUpsert: Resolver<unknown, UpsertArguments> = (_source, args, { records }, info) => {
  const { typeName } = targetOf(info);
  return records.upsert(typeName, args.by, args.input, payloadSelection(info, typeName));
};

export const resolveCreateMany: Resolver<unknown, { inputs: readonly Values[] }> = (
  _source,
  { inputs },
  { records },
  info,
) => {
  const { typeName } = targetOf(info);
  return records.createMany(typeName, inputs, payloadSelection(info, typeName));
};

interface ManyArguments {
  readonly where: Values;
  readonly atMost: number | null;
}

/** Records refuses it. */
const noBound = -1;

export const resolveUpdateMany: Resolver<unknown, ManyArguments & { readonly input: Values }> = (
  _source,
  { where, input, atMost },
  { records },
  info,
) => {
  const { typeName } = targetOf(info);
  return records.updateMany(typeName, where, input, atMost ?? noBound, payloadSelection(info, typeName));
};

export const resolveDeleteMany: Resolver<unknown, ManyArguments> = async (
  _source,
  { where, atMost },
  { records },
  info,
) => ({ ids: await records.deleteMany(targetOf(info).typeName, where, atMost ?? noBound) });

/** The record is the source of `allowedTransitions` too. */
export const resolveTransitions: Resolver<RecordNode> = (record, _args, { records }, info) =>
  records.allowedTransitions(record, info.fieldName);

/** The payload of a write is the record itself; its one field leads to it. */
export const resolveItself: Resolver<unknown> = (source) => source;

/** What a root field is about. */
interface Target {
  readonly typeName: string;
  /** Of a root field by unique key; empty for the others. */
  readonly keyName: string;
}

/** Extensions of a root field, for {@link targetOf}. */
export function target(typeName: string, keyName = ''): { readonly extensions: { readonly target: Target } } {
  return { extensions: { target: { typeName, keyName } } };
}

function targetOf(info: GraphQLResolveInfo): Target {
  return targetOfField(info.parentType.getFields()[info.fieldName]);
}

export function targetOfField(field: GraphQLField<unknown, unknown> | undefined): Target {
  // Extensions are untyped; every root field that has such a resolver was given a target.
  return field?.extensions.target as Target;
}
