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
  calls: Call[];
} {
  const calls: Call[] = [];
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
      calls.push(['aggregate', ...args]);
      return groups(args[2]);
    },
    async linkedAggregate(parent, ...args) {
      calls.push(['linkedAggregate', parent.id, ...args]);
      return groups(args[2]);
    },
    async byId(...args) {
      calls.push(['byId', ...args]);
      return record(args[0], args[1]);
    },
    async byKey(...args) {
      calls.push(['byKey', ...args]);
      return record(args[0], 'by-key');
    },
    async node(id, selectionOf) {
      const [typeName = ''] = id.split(':');
      calls.push(['node', id, selectionOf(typeName)]);
      return record(typeName, id);
    },
    async connection(...args) {
      calls.push(['connection', ...args]);
      return connection(args[0], args[0], args[2]);
    },
    async linkedRecord(parent, ...args) {
      calls.push(['linkedRecord', parent.id, ...args]);
      return record('Airport', `${parent.id}.${args[0]}`);
    },
    async linkedConnection(parent, ...args) {
      calls.push(['linkedConnection', parent.id, ...args]);
      return connection(args[0] === 'alternates' ? 'Airport' : 'Flight', `${parent.id}.${args[0]}`, args[2]);
    },
    async createMany(...args) {
      calls.push(['createMany', ...args]);
      return args[1].map((_, index) => record(args[0], `new ${index}`));
    },
    async updateMany(...args) {
      calls.push(['updateMany', ...args]);
      return [record(args[0], 'changed')];
    },
    async deleteMany(...args) {
      calls.push(['deleteMany', ...args]);
      return ['gone'];
    },
    async upsert(...args) {
      calls.push(['upsert', ...args]);
      return { node: record(args[0], 'upserted'), created: true };
    },
    async restore(...args) {
      calls.push(['restore', ...args]);
      return record(args[0], args[1]);
    },
    allowedTransitions(parent, fieldName) {
      calls.push(['allowedTransitions', parent.id, fieldName]);
      return [];
    },
    async create(...args) {
      calls.push(['create', ...args]);
      return record(args[0], 'new');
    },
    async update(...args) {
      calls.push(['update', ...args]);
      return record(args[0], args[1]);
    },
    async delete(...args) {
      calls.push(['delete', ...args]);
      return args[1];
    },
  };
  return { records, calls };
}
