import type {
  AggregateNode,
  AggregateSelection,
  BulkRecords,
  ConnectionNode,
  ConnectionSelection,
  LifeCycleRecords,
  RecordNode,
  Records,
} from '@formwork/records';

type AllRecords = Records & BulkRecords & LifeCycleRecords;

/** What resolvers asked of records: the method, then its arguments. A parent stands as its id. */
export type Call = readonly [method: keyof AllRecords, ...args: unknown[]];

/**
 * Stands in for records where a test is about what the schema asks for. Every record exists; its type is what was
 * asked, `values` are given by field name for all of them.
 */
export function fakeRecords(values: Record<string, unknown> = {}): {
  records: AllRecords;
  /** With what each selects by itself; what is behind links is asked for in calls of its own. */
  calls: Call[];
  /** The same with what is behind links, as far as it was foreseen. */
  foreseen: Call[];
} {
  const foreseen: Call[] = [];
  const calls: Call[] = [];
  const note = (...call: Call) => {
    foreseen.push(call);
    calls.push(call.map(withoutLinks) as unknown as Call);
  };
  const record = (typeName: string, id: string): RecordNode => ({ typeName, id, values });
  const connection = (typeName: string, id: string, { counts }: ConnectionSelection): ConnectionNode => ({
    edges: [1, 2].map((number) => ({ cursor: `c${number}`, node: record(typeName, `${id}/${number}`) })),
    pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c2' },
    totalCount: counts ? 2 : null,
    counts: (counts ?? []).map(({ mode, cap }) => ({
      count: Math.min(cap, 12_345),
      isExact: mode === 'EXACT',
    })),
  });
  const groups = ({ countDistinct }: AggregateSelection): AggregateNode[] =>
    [1, 2].map((number) => ({
      keys: [`key ${number}`, null],
      count: number,
      countDistinct: countDistinct.map((_, index) => 10 * number + index),
      ...{ sum: { delay: number }, avg: { delay: number / 2 }, min: values, max: values },
    }));
  const records: AllRecords = {
    async aggregate(...args) {
      note('aggregate', ...args);
      return groups(args[2]);
    },
    async linkedAggregate(parent, ...args) {
      note('linkedAggregate', parent.id, ...args);
      return groups(args[2]);
    },
    async byId(...args) {
      note('byId', ...args);
      return record(args[0], args[1]);
    },
    async byKey(...args) {
      note('byKey', ...args);
      return record(args[0], 'by-key');
    },
    async nodes(ids, selectionOf) {
      return Promise.all(ids.map((id) => records.node(id, selectionOf)));
    },
    async node(id, selectionOf) {
      const [typeName = ''] = id.split(':');
      note('node', id, selectionOf(typeName));
      return record(typeName, id);
    },
    async connection(...args) {
      note('connection', ...args);
      return connection(args[0], args[0], args[2]);
    },
    async linkedRecord(parent, ...args) {
      note('linkedRecord', parent.id, ...args);
      return record('Airport', `${parent.id}.${args[0]}`);
    },
    async linkedConnection(parent, ...args) {
      note('linkedConnection', parent.id, ...args);
      return connection(args[0] === 'alternates' ? 'Airport' : 'Flight', `${parent.id}.${args[0]}`, args[2]);
    },
    async createMany(...args) {
      note('createMany', ...args);
      return args[1].map((_, index) => record(args[0], `new ${index}`));
    },
    async updateMany(...args) {
      note('updateMany', ...args);
      return [record(args[0], 'changed')];
    },
    async deleteMany(...args) {
      note('deleteMany', ...args);
      return ['gone'];
    },
    async upsert(...args) {
      note('upsert', ...args);
      return { node: record(args[0], 'upserted'), created: true };
    },
    async restore(...args) {
      note('restore', ...args);
      return record(args[0], args[1]);
    },
    entitySchema(...args) {
      note('entitySchema', ...args);
      return { title: args[0] };
    },
    allowedTransitions(parent, fieldName) {
      note('allowedTransitions', parent.id, fieldName);
      return [];
    },
    async create(...args) {
      note('create', ...args);
      return record(args[0], 'new');
    },
    async update(...args) {
      note('update', ...args);
      return record(args[0], args[1]);
    },
    async delete(...args) {
      note('delete', ...args);
      return args[1];
    },
  };
  return { records, calls, foreseen };
}

/** A selection without what is behind links; anything else as it is. */
function withoutLinks(argument: unknown): unknown {
  const { links, node, ...rest } = Object(argument) as Record<string, unknown>;
  if (links !== undefined) return rest;
  const ofNode = node && withoutLinks(node);
  return ofNode === node ? argument : { ...rest, node: ofNode };
}
