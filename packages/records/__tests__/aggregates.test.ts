import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type {
  AggregateArguments,
  AggregateNode,
  AggregateSelection,
  Awaitable,
  RecordNode,
} from '../src/contract.ts';
import { createReadHarness, errorOf, idOf, type ReadHarness } from './read-harness.ts';

/** Customers and their orders; tags are linked to both ways. */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'customer',
      fields: [
        { key: 'name', type: 'text' },
        { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'customers' } },
      ],
    },
    { key: 'tag', fields: [{ key: 'weight', type: 'integer' }] },
    {
      key: 'order',
      fields: [
        { key: 'note', type: 'text' },
        { key: 'code', type: 'text', indexed: true },
        { key: 'total', type: 'decimal' },
        { key: 'quantity', type: 'integer' },
        { key: 'weight', type: 'number' },
        { key: 'price', type: 'currency' },
        { key: 'paid', type: 'boolean' },
        { key: 'ordered_at', type: 'datetime' },
        { key: 'due', type: 'date' },
        { key: 'opens', type: 'time' },
        { key: 'extra', type: 'json' },
        {
          key: 'status',
          type: 'select',
          options: { choices: [{ key: 'open' }, { key: 'closed' }, { key: 'archived' }] },
        },
        { key: 'customer', type: 'link', options: { target: 'customer', inverse: 'orders' } },
      ],
    },
  ],
};

let harness: ReadHarness;
let next = 0;

/** Orders that this test alone looks at, by a code of their own. */
async function orders(rows: readonly object[], into = harness): Promise<{ code: { eq: string } }> {
  next += 1;
  const code = `set ${next}`;
  await into.insert(
    'order',
    rows.map((row, index) => ({ id: idOf(index, next), data: JSON.stringify({ code, ...row }) })),
  );
  return { code: { eq: code } };
}

const nothing: AggregateSelection = {
  ...{ keys: false, count: false, countDistinct: [], sum: [], avg: [], min: [], max: [] },
};

function ask(
  args: AggregateArguments,
  selection: Partial<AggregateSelection> = { keys: true, count: true },
  from = harness,
): Promise<readonly AggregateNode[]> {
  return from.records().aggregate('Order', args, { ...nothing, ...selection });
}

/** Keys and count of each group. */
const counted = (nodes: readonly AggregateNode[]) => nodes.map(({ keys, count }) => [...keys, count]);

beforeAll(async () => {
  harness = await createReadHarness(document);
}, 60_000);
afterAll(() => harness.close());

test('over nothing, the count is 0 and everything else null', async () => {
  const of = {
    ...{ keys: true, count: true, countDistinct: [{ note: true }] },
    ...{ sum: ['total', 'quantity', 'weight'], avg: ['total', 'quantity', 'weight'] },
    ...{ min: ['note', 'status'], max: ['due'] },
  };
  const where = { code: { eq: 'nowhere' } };
  const none = { total: null, quantity: null, weight: null };
  expect(await ask({ where }, of)).toEqual([
    {
      ...{ keys: [], count: 0, countDistinct: [0], sum: none, avg: none },
      ...{ min: { note: null, status: null }, max: { due: null } },
    },
  ]);
  expect(await ask({ where, groupBy: [{ note: true }] }, of)).toEqual([]);
  expect(await ask({ where, having: { count: { gt: 0 } } }, of)).toEqual([]);
});

test('adds up decimals to the last digit, and whole numbers beyond an Int', async () => {
  const exact = 'exact sums';
  await harness.insert('order', [
    {
      id: idOf(1, 900),
      data: `{"code":"${exact}","total":99999999999999999999.01,"quantity":2147483647,"weight":0.5}`,
    },
    { id: idOf(2, 900), data: `{"code":"${exact}","total":0.02,"quantity":2147483647,"weight":2.25}` },
    { id: idOf(3, 900), data: `{"code":"${exact}"}` },
  ]);
  const names = ['total', 'quantity', 'weight'];
  const [group] = await ask({ where: { code: { eq: exact } } }, { sum: names, avg: names });
  expect(group?.sum).toEqual({ total: '99999999999999999999.03', quantity: 4294967294, weight: 2.75 });
  expect(group?.avg).toEqual({ total: '49999999999999999999.515', quantity: 2147483647, weight: 1.375 });
});

test('a sum of doubles that is none is an error of the request; an average may go where squares cannot', async () => {
  const where = await orders([{ weight: 1.5e308 }, { weight: 1.5e308 }]);
  expect(await errorOf(ask({ where }, { sum: ['weight'] }))).toMatchObject({
    code: 'BAD_USER_INPUT',
    message: expect.stringContaining('too large for a Float'),
  });
  const large = await orders([{ weight: 1e200 }, { weight: -3e200 }]);
  expect((await ask({ where: large }, { avg: ['weight'] }))[0]?.avg).toEqual({ weight: -1e200 });
});

test('keeps a group for records without a value, last as in lists', async () => {
  const where = await orders([{ note: 'b' }, {}, { note: 'a' }, { note: 'b' }, { note: 'B' }]);
  expect(counted(await ask({ where, groupBy: [{ note: true }] }))).toEqual([
    ['a', 1],
    ['B', 1],
    ['b', 2],
    [null, 1],
  ]);
  const orderBy = [{ key: { note: 'DESC' } }];
  expect(counted(await ask({ where, groupBy: [{ note: true }], orderBy, first: 2 }))).toEqual([
    [null, 1],
    ['b', 2],
  ]);
});

test.each<[string, unknown[], unknown[]]>([
  [
    'status',
    ['archived', 'open', 'open', undefined],
    [
      ['OPEN', 2],
      ['ARCHIVED', 1],
      [null, 1],
    ],
  ],
  [
    'paid',
    [true, false, true],
    [
      [false, 1],
      [true, 2],
    ],
  ],
  [
    'quantity',
    [10, 9, 10],
    [
      [9, 1],
      [10, 2],
    ],
  ],
  [
    'weight',
    [1.5, -1],
    [
      [-1, 1],
      [1.5, 1],
    ],
  ],
  [
    'opens',
    ['10:00:00', '09:30:00.5'],
    [
      ['09:30:00.5', 1],
      ['10:00:00', 1],
    ],
  ],
  [
    'price',
    [
      { amount: 10, currency: 'EUR' },
      { amount: 9, currency: 'USD' },
      { amount: 10, currency: 'EUR' },
    ],
    [
      [{ amount: '9', currency: 'USD' }, 1],
      [{ amount: '10', currency: 'EUR' }, 2],
    ],
  ],
])('groups by %s', async (name, values, groups) => {
  const where = await orders(values.map((value) => ({ [name]: value })));
  expect(counted(await ask({ where, groupBy: [{ [name]: true }] }))).toEqual(groups);
});

test('equal decimals are one group, however they were written', async () => {
  await harness.insert('order', [
    { id: idOf(1, 901), data: '{"code":"written","total":1.50}' },
    { id: idOf(2, 901), data: '{"code":"written","total":1.5}' },
  ]);
  const where = { code: { eq: 'written' } };
  expect(counted(await ask({ where, groupBy: [{ total: true }] }))).toEqual([['1.5', 2]]);
});

test('least and greatest as lists are sorted: text without regard to case, choices in their order', async () => {
  const where = await orders([
    {
      note: 'Zoe',
      status: 'archived',
      opens: '09:00:00',
      due: '2026-02-01',
      ordered_at: '2026-02-01T00:00:00.5Z',
    },
    {
      note: 'adam',
      status: 'closed',
      opens: '10:00:00',
      due: '0001-01-01',
      ordered_at: '2026-02-01T00:00:00Z',
    },
    { note: 'Ädam', code: undefined },
    {},
  ]);
  const names = ['note', 'status', 'opens', 'due', 'orderedAt', 'code'];
  const [group] = await ask({ where }, { min: names, max: names });
  expect(group?.min).toMatchObject({
    ...{ note: 'adam', status: 'CLOSED', opens: '09:00:00', due: '0001-01-01' },
    orderedAt: '2026-02-01T00:00:00Z',
  });
  expect(group?.max).toMatchObject({
    ...{ note: 'Zoe', status: 'ARCHIVED', opens: '10:00:00', due: '2026-02-01' },
    orderedAt: '2026-02-01T00:00:00.5Z',
  });
  expect(group?.min.code).toBe(group?.max.code);
});

test.each([
  ['DAY', 'UTC', ['2026-03-28', '2026-03-29', '2026-12-31']],
  ['DAY', 'Europe/Berlin', ['2026-03-29', '2026-03-30', '2027-01-01']],
  ['WEEK', 'UTC', ['2026-03-23', '2026-03-23', '2026-12-28']],
  ['MONTH', 'Europe/Berlin', ['2026-03-01', '2026-03-01', '2027-01-01']],
  ['QUARTER', null, ['2026-01-01', '2026-01-01', '2026-10-01']],
  ['YEAR', 'Pacific/Auckland', ['2026-01-01', '2026-01-01', '2027-01-01']],
])('groups moments by %s in %s', async (part, timeZone, days) => {
  const where = await orders([
    { ordered_at: '2026-03-28T23:30:00Z' },
    // Summer time began in between.
    { ordered_at: '2026-03-29T22:30:00Z' },
    { ordered_at: '2026-12-31T23:00:00Z' },
  ]);
  const nodes = await ask({ where, groupBy: [{ id: true }, { orderedAt: { part, timeZone } }] });
  expect(nodes.map(({ keys }) => keys[1])).toEqual(days);
  const [{ countDistinct } = { countDistinct: [] }] = await ask(
    { where },
    { countDistinct: [{ orderedAt: { part, timeZone } }] },
  );
  expect(countDistinct).toEqual([new Set(days).size]);
});

test('groups days by a part of the calendar', async () => {
  const where = await orders([{ due: '2026-02-28' }, { due: '2026-01-01' }, {}]);
  expect(counted(await ask({ where, groupBy: [{ due: { part: 'QUARTER' } }] }))).toEqual([
    ['2026-01-01', 2],
    [null, 1],
  ]);
});

test('groups through a link, and by the link itself', async () => {
  const [ann, bob, nobody] = [idOf(1, 910), idOf(2, 910), idOf(3, 910)];
  await harness.insert('customer', [
    { id: ann, data: { name: 'Ann' } },
    { id: bob, data: { name: 'Ann' } },
    { id: nobody, data: {} },
  ]);
  const where = await orders([
    { customer: ann },
    { customer: bob },
    { customer: nobody },
    {},
    { customer: ann },
  ]);
  expect(counted(await ask({ where, groupBy: [{ customer: { name: true } }] }))).toEqual([
    ['Ann', 3],
    [null, 2],
  ]);
  const byId = await ask({
    ...{ where, groupBy: [{ customer: { id: true } }], orderBy: [{ key: { customer: { id: 'ASC' } } }] },
  });
  expect(counted(byId)).toEqual([
    [ann, 2],
    [bob, 1],
    [nobody, 1],
    [null, 1],
  ]);
});

test('having and orderBy look at counts, sums, averages and extremes', async () => {
  const where = await orders([
    { note: 'a', quantity: 1, status: 'open' },
    { note: 'a', quantity: 4, status: 'archived' },
    { note: 'b', quantity: 2, status: 'closed' },
    { note: 'c' },
  ]);
  const groupBy = [{ note: true }];
  const keys = async (args: AggregateArguments) =>
    (await ask({ where, groupBy, ...args })).map((node) => node.keys[0]);
  expect(await keys({ having: { count: { gte: 2 } } })).toEqual(['a']);
  expect(await keys({ having: { avg: { quantity: { gt: 2.25 } } } })).toEqual(['a']);
  expect(await keys({ having: { sum: { quantity: { isNull: true } } } })).toEqual(['c']);
  expect(await keys({ having: { max: { status: { eq: 'CLOSED' } } } })).toEqual(['b']);
  expect(await keys({ having: { min: { note: { startsWith: 'b' } } } })).toEqual(['b']);
  expect(await keys({ having: { not: { count: { eq: 1 } } } })).toEqual(['a']);
  const either = { or: [{ count: { gte: 2 } }, { and: [{ min: { note: { eq: 'c' } } }] }] };
  expect(await keys({ having: either })).toEqual(['a', 'c']);
  expect(await keys({ orderBy: [{ sum: { quantity: 'DESC_NULLS_LAST' } }] })).toEqual(['a', 'b', 'c']);
  expect(await keys({ orderBy: [{ max: { status: 'ASC' } }] })).toEqual(['b', 'a', 'c']);
  expect(await keys({ orderBy: [{ count: 'ASC' }, { key: { note: 'DESC' } }] })).toEqual(['c', 'b', 'a']);
});

test('aggregates links of all parents in one statement, ways back as links to many', async () => {
  const customers = [1, 2, 3].map((number) => idOf(number, 920));
  const tags = [1, 2, 3].map((number) => idOf(number, 921));
  await harness.insert(
    'customer',
    customers.map((id) => ({ id, data: {} })),
  );
  await harness.insert(
    'tag',
    tags.map((id, index) => ({ id, data: { weight: index + 1 } })),
  );
  const [first = '', second = '', third = ''] = customers;
  await harness.link('customer', 'tags', [
    [first, tags[0] ?? ''],
    [first, tags[1] ?? ''],
    [second, tags[2] ?? ''],
  ]);
  await orders([
    { customer: first, total: 1.25, note: 'x' },
    { customer: first, total: 2, note: 'y' },
    { customer: third, total: 5, note: 'x' },
  ]);
  const records = harness.records();
  const of = <T>(typeName: string, ids: readonly string[], work: (parent: RecordNode) => Awaitable<T>) =>
    Promise.all(ids.map((id) => work({ typeName, id, values: {} })));
  harness.counter.reset();
  const sums = await of('Customer', customers, (parent) =>
    records.linkedAggregate(parent, 'orders', {}, { ...nothing, count: true, sum: ['total'] }),
  );
  expect(sums.map(([group]) => [group?.count, group?.sum.total])).toEqual([
    [2, '3.25'],
    [0, null],
    [1, '5'],
  ]);
  const grouped = await of('Customer', customers, (parent) =>
    records.linkedAggregate(
      parent,
      'orders',
      { groupBy: [{ note: true }], orderBy: [{ sum: { total: 'DESC' } }], first: 1 },
      { ...nothing, keys: true, count: true },
    ),
  );
  expect(grouped.map(counted)).toEqual([[['y', 1]], [], [['x', 1]]]);
  const forward = await of('Customer', customers, (parent) =>
    records.linkedAggregate(
      parent,
      'tags',
      { where: { weight: { gt: 1 } } },
      { ...nothing, sum: ['weight'] },
    ),
  );
  expect(forward.map(([group]) => group?.sum.weight)).toEqual([2, 3, null]);
  const back = await of('Tag', tags, (parent) =>
    records.linkedAggregate(parent, 'customers', {}, { ...nothing, count: true }),
  );
  expect(back.map(([group]) => group?.count)).toEqual([1, 1, 1]);
  expect(harness.counter.batches).toHaveLength(4);
  expect(harness.counter.statements).toHaveLength(4);
});

test('another tenant has no part in it', async () => {
  const other = await harness.addTenant('other');
  const mine = await orders([{ total: 1 }, { total: 2 }]);
  await other.insert('order', [{ id: idOf(1, 930), data: { code: mine.code.eq, total: 100 } }]);
  expect((await ask({ where: mine }, { count: true, sum: ['total'] }))[0]).toMatchObject({
    count: 2,
    sum: { total: '3' },
  });
  expect((await ask({ where: mine }, { count: true, sum: ['total'] }, other))[0]).toMatchObject({
    count: 1,
    sum: { total: '100' },
  });
  // Nor have its records in what is linked, even where it names the parent.
  const groups = await other
    .records()
    .linkedAggregate(
      { typeName: 'Customer', id: idOf(1, 920), values: {} },
      'orders',
      {},
      { ...nothing, count: true },
    );
  expect(groups[0]?.count).toBe(0);
  await asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      `select count(*)::int as n from formwork.records where data ->> 'code' = '${mine.code.eq}'`,
    );
    expect(rows[0]).toEqual({ n: 3 });
  });
});

test('computes what is selected and nothing else, in SQL that does not change with values', async () => {
  const texts = async (args: AggregateArguments, selection: Partial<AggregateSelection>) => {
    harness.counter.reset();
    await ask(args, selection);
    return harness.counter.statements.join('\n');
  };
  const groups = (part: string, timeZone: string, code: string, first: number) => ({
    where: { code: { in: [code] } },
    groupBy: [{ orderedAt: { part, timeZone } }, { status: true }],
    having: { count: { gt: first } },
    first,
  });
  const one = await texts(groups('DAY', 'UTC', 'a', 1), { count: true });
  const other = await texts(groups('YEAR', 'Europe/Berlin', 'b', 7), { count: true });
  expect(one).toBe(other);
  expect(one).not.toMatch(/sum|avg|max|min\(|distinct/);
  expect(await texts({}, { count: true })).not.toMatch(/total|quantity|order by|group by/);
});

const unknown: [AggregateArguments, string, string][] = [
  [{ groupBy: [{ nothing: true }] }, 'groupBy[0].nothing', 'no such field'],
  [{ groupBy: [{ note: true, code: true }] }, 'groupBy[0]', 'exactly one'],
  [{ groupBy: [{ note: false }] }, 'groupBy[0].note', 'must be true'],
  [{ groupBy: [{ extra: true }] }, 'groupBy[0].extra', 'cannot be grouped by'],
  [{ groupBy: [{ customer: { tags: { weight: true } } }] }, 'groupBy[0].customer.tags', 'leads to many'],
  [{ groupBy: [{ customer: true }] }, 'groupBy[0].customer', 'exactly one'],
  [{ groupBy: [{ due: true }] }, 'groupBy[0].due', 'part of the calendar'],
  [{ groupBy: [{ due: { part: 'HOUR' } }] }, 'groupBy[0].due.part', 'must be one of DAY'],
  [
    { groupBy: [{ due: { part: 'DAY', timeZone: 'UTC' } }] },
    'groupBy[0].due.timeZone',
    'same day everywhere',
  ],
  ...['Europe/Atlantis', 'CEST', '+02:00', '', "UTC'; drop table x", 'UTC\0'].map(
    (timeZone): [AggregateArguments, string, string] => [
      { groupBy: [{ orderedAt: { part: 'DAY', timeZone } }] },
      'groupBy[0].orderedAt.timeZone',
      'must be a time zone such as "Europe/Berlin"',
    ],
  ),
  [{ where: null }, 'where', 'is null'],
  [{ having: null }, 'having', 'is null'],
  [{ having: {} }, 'having', 'is empty'],
  [{ having: { count: {} } }, 'having.count', 'is empty'],
  [{ having: { sum: { note: { gt: 1 } } } }, 'having.sum.note', 'cannot be added up'],
  [{ having: { min: { customer: { name: { eq: 'x' } } } } }, 'having.min.customer', 'no least'],
  [{ having: { median: { total: { gt: 1 } } } }, 'having.median', 'is unknown'],
  [{ having: { or: [] } }, 'having.or', 'empty list'],
  [{ orderBy: [{ key: { note: 'ASC' } }] }, 'orderBy[0].key.note', 'is not grouped by'],
  [{ orderBy: [{ count: 'UP' }] }, 'orderBy[0].count', 'must be one of'],
  [{ orderBy: [{ max: { paid: 'ASC' } }] }, 'orderBy[0].max.paid', 'no least'],
  [{ first: -1 }, 'first', 'whole number'],
];

test.each(unknown)('refuses %j', async (args, path, reason) => {
  expect(await errorOf(ask(args))).toMatchObject({
    code: 'BAD_USER_INPUT',
    message: expect.stringContaining(reason),
    details: { path },
  });
});

test('shows 50 groups unless told otherwise, and 1,000 at most', async () => {
  const where = await orders(Array.from({ length: 60 }, (_, quantity) => ({ quantity })));
  const groupBy = [{ quantity: true }];
  expect(await ask({ where, groupBy })).toHaveLength(50);
  expect(await ask({ where, groupBy, first: 1000 })).toHaveLength(60);
  expect(await ask({ where, groupBy, first: 0 })).toEqual([]);
  expect(await errorOf(ask({ groupBy, first: 1001 }))).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  const many = Array.from({ length: 21 }, () => ({ quantity: true }));
  expect(await errorOf(ask({ groupBy: many }))).toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
