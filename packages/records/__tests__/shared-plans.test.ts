import { type Statement, sql } from '@formwork/pg';
import type { RegistryDocument } from '@formwork/registry';
import { asAdmin, postgresVersions } from '@formwork/testkit';
import { explain, explainShared, statementsOf } from './read-explain.ts';
import { createReadHarness, everything, nodeIds, type ReadHarness } from './read-harness.ts';

/**
 * Small tenants share plans that know no values (see `TenantSizes` in the room pg), made for whoever comes first on a
 * connection. Here that is the smallest, among tenants of all sizes, and the largest of the small ones uses its plans.
 */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'customer',
      plural: 'customers',
      searchable: ['name'],
      fields: [{ key: 'name', type: 'text', indexed: true }],
    },
    {
      key: 'order',
      plural: 'orders',
      fields: [
        {
          key: 'status',
          type: 'select',
          indexed: true,
          options: { choices: [{ key: 'new' }, { key: 'paid' }, { key: 'lost' }] },
        },
        { key: 'placed_at', type: 'datetime', indexed: true },
        { key: 'total', type: 'decimal' },
        { key: 'customer', type: 'link', options: { target: 'customer', inverse: 'orders' } },
      ],
    },
    {
      key: 'item',
      plural: 'items',
      fields: [
        { key: 'quantity', type: 'integer' },
        { key: 'order', type: 'link', options: { target: 'order', inverse: 'items' } },
      ],
    },
  ],
};

/** Of a tenant; each order has an item, and twenty customers have them all. */
const orders = { large: 8_000, medium: 2_000, small: 50 };

describe.each(postgresVersions)('on %s', (_, open) => {
  if (open === undefined) return test.skip('…', () => {});
  let large: ReadHarness;
  let medium: ReadHarness;
  let small: ReadHarness;

  beforeAll(async () => {
    large = await createReadHarness(document, open);
    medium = await large.addTenant('medium');
    small = await large.addTenant('small');
    const others = [await large.addTenant('other'), await large.addTenant('yet-another')];
    await fill(large, orders.large);
    await fill(medium, orders.medium);
    for (const one of [small, ...others]) await fill(one, orders.small);
    await asAdmin(large.database, (admin) => admin.query('vacuum (analyze) formwork.records'));
  }, 60_000);
  afterAll(() => large.close());

  const newest = [{ placedAt: 'DESC' }];
  const page = { ...everything, totalCount: false, pageInfo: false };
  const items = {
    field: 'items',
    connection: {
      args: { first: 5 },
      selection: { ...page, cursors: false, node: { fields: ['quantity'] } },
    },
  };

  /** What is asked, and how many rows the medium tenant's answer may look at. */
  const questions: readonly [string, number, (harness: ReadHarness) => Promise<Statement[]>][] = [
    [
      'the newest of one status and their count',
      2 * orders.medium,
      (harness) =>
        statementsOf(harness, (records) =>
          records.connection(
            'Order',
            { first: 20, where: { status: { eq: 'PAID' } }, orderBy: newest },
            everything,
          ),
        ),
    ],
    [
      "a customer's newest and their count",
      4 * (orders.medium / 20),
      (harness) =>
        statementsOf(harness, (records) =>
          records.connection(
            'Order',
            { first: 20, where: { customer: { id: { eq: idOf(harness, 7) } } }, orderBy: newest },
            everything,
          ),
        ),
    ],
    [
      'the newest with their items',
      orders.medium + 100,
      (harness) =>
        statementsOf(harness, (records) =>
          records.connection(
            'Order',
            { first: 20, orderBy: newest },
            { ...page, node: { fields: [], links: [items] } },
          ),
        ),
    ],
    [
      'sums by status',
      orders.medium,
      (harness) =>
        statementsOf(harness, (records) =>
          records.aggregate(
            'Order',
            { groupBy: [{ status: true }] },
            { keys: true, count: true, countDistinct: [], sum: ['total'], avg: [], min: [], max: [] },
          ),
        ),
    ],
  ];

  test.each(questions)(
    '%s: by the index of the tenant, however many it has, within what it has',
    async (_name, most, ask) => {
      const statements = await ask(medium);
      expect(statements.length).toBeGreaterThan(0);
      for (const statement of statements) {
        const plan = await explainShared(medium, statement, small);
        expect(plan.strays).toEqual([]);
        expect(plan.read).toBeGreaterThan(0);
        expect(plan.read).toBeLessThanOrEqual(most);
      }
    },
  );

  test('a search takes two statements, that of the page and that of its outcome, and finds what belongs to the tenant', async () => {
    for (const harness of [large, medium, small]) {
      const sent: Statement[] = [];
      const records = harness.records({ onStatement: (statement) => sent.push(statement) });
      const found = await records.connection('Customer', { search: 'customer 7' }, page);
      expect([nodeIds(found), sent.length]).toEqual([[idOf(harness, 7)], 2]);
    }
  });

  test('the planner knows how many orders of the large tenant have a status', async () => {
    const [, count] = await statementsOf(large, (records) =>
      records.connection('Order', { where: { status: { eq: 'LOST' } } }, everything),
    );
    const plan = await explain(large, count as Statement);
    expect(plan.read).toBe(orders.large / 100);
    // Taken for independent of the entity type they would be half as many.
    expect(plan.expected[0]).toBeGreaterThan(0.75 * plan.read);
    expect(plan.expected[0]).toBeLessThan(1.25 * plan.read);
  });

  test('the large tenant goes on to have plans for its own values', async () => {
    const [list] = await (questions[0]?.[2](large) ?? []);
    const common = await explain(large, list as Statement);
    expect(common.scans.join()).toMatch(/records_d1/);
    expect(common.read).toBeLessThan(100);
    const shared = await explainShared(large, list as Statement, small);
    expect(shared.read).toBeGreaterThan(1_000);
  });
});

function idOf({ tenantId }: ReadHarness, number: number): string {
  return `${tenantId.slice(0, 24)}${String(number).padStart(12, '0')}`;
}

async function fill({ tenantId, write }: ReadHarness, count: number): Promise<void> {
  const id = (number: string) => `(left('${tenantId}', 24) || lpad((${number})::text, 12, '0'))::uuid`;
  await write({
    text: `insert into formwork.records (id, entity_type, data)
      select ${id('i')}, 'customer', jsonb_build_object('name', 'Customer ' || i) from generate_series(1, 20) i`,
    values: [],
  });
  await write(sql`insert into formwork.records (id, entity_type, data)
    select ${sql.raw(id('1000000 + i'))}, 'order', jsonb_build_object('total', i, 'customer', ${sql.raw(id('i % 20 + 1'))},
      'status', case when i % 100 = 0 then 'lost' when i % 2 = 0 then 'paid' else 'new' end,
      'placed_at', to_char(timestamp '2026-01-01' + i * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
    from generate_series(1, ${count}::int) i`);
  await write(sql`insert into formwork.records (entity_type, data)
    select 'item', jsonb_build_object('quantity', i % 9, 'order', ${sql.raw(id('1000000 + i'))})
    from generate_series(1, ${count}::int) i`);
}
