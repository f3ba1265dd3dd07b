import { connectDataPlane, type DataPlane, reusingPlan, type Statement, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { KeptPlans } from '../src/kept-plans.ts';
import { ask, insertTenant } from './support.ts';

describe('what a plan is kept for', () => {
  const last = (plans: KeptPlans, statement: Statement, tenant = 'a', times = 6) => {
    let found: readonly Statement[] | null = null;
    for (let time = 0; time < times; time += 1) found = plans.find(tenant, [statement]);
    return found?.[0] ?? null;
  };

  test('a statement is sent as it is until it has come five times, and then with its values written out', () => {
    const statement = sql`select ${"O'Hare \\ $1"}::text, ${null}::int8, "a$1", ${7}::int8`;
    expect(last(new KeptPlans(10), statement, 'a', 5)).toBeNull();
    expect(last(new KeptPlans(10), statement)).toEqual({
      text: expect.stringMatching(
        /^select E'O''Hare \\\\ \$1'::text, null::int8, "a\$1", '7'::int8 \/\* plan \d+ \*\/$/,
      ),
      values: [],
    });
  });

  test('values that the planner makes nothing of stay parameters, and the statement is the same for all of them', () => {
    const plans = new KeptPlans(10);
    const of = (id: string) => sql`select ${'x'}::text where id = ${sql.unseen(id)}::uuid`;
    for (const id of ['1', '2', '3', '4', '5']) expect(plans.find('a', [of(id)])).toBeNull();
    const [sixth, seventh] = ['6', '7'].map((id) => plans.find('a', [of(id)])?.[0]);
    expect(sixth).toEqual({
      text: expect.stringMatching(/^select 'x'::text where id = \$1::uuid/),
      values: ['6'],
    });
    expect(seventh).toEqual({ text: sixth?.text, values: ['7'] });
  });

  test('other values, and other tenants, count for themselves and have statements of their own', () => {
    const plans = new KeptPlans(10);
    const texts = ['a', 'b'].map((tenant) => last(plans, sql`select ${1}::int`, tenant)?.text);
    expect(texts[0]).not.toBe(texts[1]);
    expect(last(plans, sql`select ${2}::int`, 'a', 5)).toBeNull();
  });

  test('all of a batch, or nothing of it; and nothing is done for look-ups by themselves', () => {
    const plans = new KeptPlans(10);
    const list = sql`select ${1}::int`;
    const lookUp = reusingPlan(sql`select ${2}::int`);
    for (let time = 0; time < 6; time += 1) plans.find('a', [list]);
    expect(plans.find('a', [list, sql`select ${3}::int`])).toBeNull();
    expect(plans.find('a', [list, lookUp])?.[1]).toBe(lookUp);
    expect(plans.find('a', [lookUp])).toBeNull();
  });

  test('what was not asked for the longest is forgotten', () => {
    const plans = new KeptPlans(2);
    last(plans, sql`select ${1}::int`, 'a', 5);
    for (const other of [2, 3]) plans.find('a', [sql`select ${other}::int`]);
    expect(plans.find('a', [sql`select ${1}::int`])).toBeNull();
  });
});

describe('in Postgres', () => {
  let database: TestDatabase;
  let plane: DataPlane;
  let tenants: [string, string];

  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = [await insertTenant(database, 'ours'), await insertTenant(database, 'theirs')];
    await asAdmin(database, (admin) =>
      admin.query(
        `insert into formwork.records (tenant_id, entity_type, data)
           select id, 'note', jsonb_build_object('of', slug) from formwork.tenants`,
      ),
    );
    // Whoever has one record has many.
    plane = connectDataPlane({ url: database.gatewayUrl, max: 1, fewRecords: 0 });
  });
  afterAll(async () => {
    await plane.close();
    await database.drop();
  });

  const kept = sql`select generic_plans from pg_prepared_statements where statement like '%/* plan _ */'`;

  test('two tenants that repeat the same statement see their own records, each by a plan of its own', async () => {
    const statement = sql`select data ->> 'of' from formwork.records where entity_type = ${'note'}::text`;
    // Once until it is known how many records they have, five times as it is, and three times by the plan.
    for (let round = 0; round < 9; round += 1) {
      expect(await ask(plane, tenants[0], statement)).toBe('ours');
      expect(await ask(plane, tenants[1], statement)).toBe('theirs');
    }
    const { results } = await plane.read(tenants[0], [kept]);
    expect(results[0]).toEqual([['3'], ['3']]);
  });

  test('a statement that fails by a kept plan fails as ever, and the others of its batch are answered', async () => {
    const other = sql`select ${'fine'}::text`;
    const divide = sql`select 1 / (count(*) - ${1}::int8) from formwork.records where entity_type = 'note'`;
    const write = (text: string) => asAdmin(database, (admin) => admin.query(text, [tenants[0]]));
    await write(`insert into formwork.records (tenant_id, entity_type, data) values ($1, 'note', '{}')`);
    for (let round = 0; round < 9; round += 1)
      expect((await plane.read(tenants[0], [divide, other])).results).toEqual([[['1']], [['fine']]]);
    await write(`delete from formwork.records where tenant_id = $1 and data = '{}'`);
    expect((await plane.read(tenants[0], [divide, other])).results).toEqual([
      expect.objectContaining({ sqlstate: '22012' }),
      [['fine']],
    ]);
  });
});
