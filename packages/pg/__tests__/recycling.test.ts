import { connectDataPlane, type DataPlane, type Statement, sql } from '@formwork/pg';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';
import { ask, insertTenant } from './support.ts';

const backend = sql`select pg_backend_pid()::text`;
const views = 1_001;

let database: TestDatabase;
let plane: DataPlane;
let tenantId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await insertTenant(database, 'one');
  await asAdmin(database, (admin) =>
    admin.query(
      `do $$ begin
         for i in 1 .. ${views} loop
           execute format('create view formwork_views.v_%s as select 1 as one', i);
           execute format('grant select on formwork_views.v_%s to formwork_gateway', i);
         end loop;
       end $$`,
    ),
  );
  plane = connectDataPlane({ url: database.gatewayUrl, max: 1 });
});

afterAll(async () => {
  await plane.close();
  await database.drop();
});

test('a connection that has touched a thousand views makes room for a fresh one', async () => {
  const first = await ask(plane, tenantId, backend);
  await readViews(1, views - 1);
  expect(await ask(plane, tenantId, backend)).toBe(first);
  await readViews(views, views);
  const second = await ask(plane, tenantId, backend);
  expect(second).not.toBe(first);
  await readViews(1, 10);
  expect(await ask(plane, tenantId, backend)).toBe(second);
});

async function readViews(from: number, to: number): Promise<void> {
  for (let start = from; start <= to; start += 100) {
    const numbers = Array.from({ length: Math.min(100, to - start + 1) }, (_, index) => start + index);
    const { results } = await plane.read(tenantId, numbers.map(readView));
    expect(results).toEqual(numbers.map(() => [['1']]));
  }
}

function readView(number: number): Statement {
  return sql`select one::text from ${sql.identifier('formwork_views')}.${sql.identifier(`v_${number}`)}`;
}
