/**
 * Mutations that are known beforehand are sent whole, in one message that commits itself; what takes more, or is refused,
 * goes step by step. Here both ways do the same to two tenants of one design, and are compared answer by answer.
 */
import { asAdmin } from '@formwork/testkit';
import { codesOf, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { messagesOf } from './messages-of.ts';
import { warehouseWithKits } from './whole-mutations/design.ts';
import { steps } from './whole-mutations/steps.ts';

const ways = ['planned', 'executed'] as const;
type Way = (typeof ways)[number];

let harness: Harness;
let gateways: Record<Way, TestGateway>;
let tenants: Record<Way, TestTenant>;

beforeAll(async () => {
  harness = await Harness.open();
  gateways = {
    planned: await harness.gateway({ links: 'nested', queries: 'planned' }),
    executed: await harness.gateway({ links: 'nested', queries: 'executed' }),
  };
  tenants = {
    planned: await harness.tenant('planned', warehouseWithKits),
    executed: await harness.tenant('executed', warehouseWithKits),
  };
  for (const way of ways)
    dataOf(await gateways[way].ask(tenants[way].keys.editor, '{ kits { totalCount } }'));
});
afterAll(() => harness.close());

function run(way: Way, text: string, variables: object = {}, key = tenants[way].keys.editor) {
  return messagesOf(gateways[way], () => gateways[way].ask(key, text, variables));
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Ids by the order in which a tenant's answers have named them. */
class Names {
  readonly ids: string[] = [];
  readonly called = new Map<string, string>();

  in(value: unknown): unknown {
    return JSON.parse(
      JSON.stringify(value).replace(uuid, (id) => {
        if (!this.ids.includes(id)) this.ids.push(id);
        return `id ${this.ids.indexOf(id)}`;
      }),
    );
  }
}

describe('the same mutations', () => {
  const names: Record<Way, Names> = { planned: new Names(), executed: new Names() };

  test.each(steps.map((step) => [step[0], step] as const))(
    '%s',
    async (_name, [, expected, text, called = '']) => {
      const answers = [];
      for (const way of ways) {
        const known = names[way].called;
        const filled = text.replace(/\{(\w+)(\+?)\}/g, (_, name, capitals) => {
          const id = known.get(name) ?? 'no id';
          return capitals ? id.toUpperCase() : id;
        });
        const { answer, messages } = await run(way, filled);
        known.set(called, JSON.stringify(answer).match(uuid)?.[0] ?? '');
        answers.push(names[way].in(answer));
        const [first = [], ...others] = messages;
        const isWhole = first.length > 0 && others.length === 0;
        if (way === 'planned') expect(isWhole).toBe(expected === 'whole');
      }
      expect(answers[0]).toEqual(answers[1]);
      if (expected === 'whole') expect(answers[0]).not.toHaveProperty('errors');
    },
  );

  test('leave the same records', async () => {
    const [planned, executed] = await Promise.all(
      ways.map((way) =>
        asAdmin(harness.database, async (admin) => {
          const { rows } = await admin.query(
            `select entity_type, version, data, deleted_at is not null as gone, created_by is not null as made
              from formwork.records where tenant_id = $1 order by id`,
            [tenants[way].id],
          );
          return new Names().in(rows) as readonly unknown[];
        }),
      ),
    );
    expect(planned).toEqual(executed);
    expect(planned?.length).toBeGreaterThan(15);
  });
});

test('records of which the ids alone are shown are not read again', async () => {
  const create = (fields: string) =>
    run(
      'planned',
      `mutation { createMarks(inputs: [{ name: "${fields} 1" }, { name: "2 ${fields}" }]) { marks { ${fields} } } }`,
    );
  const [ids, names] = [await create('id'), await create('name')];
  expect(ids.messages.map(({ length }) => length)).toEqual([1]);
  expect(names.messages.map(({ length }) => length)).toEqual([2]);
  const { createMarks } = dataOf(ids.answer) as { createMarks: { marks: { id: string }[] } };
  const read = 'query ($ids: [ID!]!) { marks(where: { id: { in: $ids } }) { nodes { id name } } }';
  const { answer } = await run('planned', read, { ids: createMarks.marks.map(({ id }) => id) });
  expect(dataOf(answer)).toEqual({
    marks: { nodes: createMarks.marks.map(({ id }, index) => ({ id, name: ['id 1', '2 id'][index] })) },
  });
});

describe('another tenant', () => {
  let mine: Record<'shelf' | 'mark', string>;
  let other: TestTenant;

  beforeAll(async () => {
    other = await harness.tenant('other', warehouseWithKits);
    const made = dataOf(
      (
        await run(
          'planned',
          'mutation { s: createShelf(input: { name: "theirs" }) { shelf { id } } m: createMark(input: { name: "theirs" }) { mark { id } } }',
        )
      ).answer,
    ) as { s: { shelf: { id: string } }; m: { mark: { id: string } } };
    mine = { shelf: made.s.shelf.id, mark: made.m.mark.id };
    // Its gateway knows the same statements, and its own connections have carried them for the first tenant.
    dataOf(
      (
        await run(
          'planned',
          'mutation { createMark(input: { name: "warm" }) { mark { id } } }',
          {},
          other.keys.admin,
        )
      ).answer,
    );
  });

  test.each<[string, string, string]>([
    [
      'by a link',
      'mutation ($shelf: ID!) { createCrate(input: { shelf: { id: $shelf } }) { crate { shelf { name } } } }',
      'LINK_NOT_FOUND',
    ],
    [
      'by links to many',
      'mutation ($mark: ID!) { createCrate(input: { marks: { add: [{ id: $mark }] } }) { crate { id } } }',
      'LINK_NOT_FOUND',
    ],
    [
      'by links of many',
      'mutation ($shelf: ID!) { createCrates(inputs: [{}, { shelf: { id: $shelf } }]) { crates { id } } }',
      'LINK_NOT_FOUND',
    ],
    [
      'by an update',
      'mutation ($mark: ID!) { updateMark(id: $mark, input: { name: "taken" }) { mark { name } } }',
      'NOT_FOUND',
    ],
    ['by a delete', 'mutation ($mark: ID!) { deleteMark(id: $mark) { id } }', 'NOT_FOUND'],
  ])('reaches no record %s', async (_name, text, code) => {
    const refused = await run('planned', text, mine, other.keys.admin);
    expect(codesOf(refused.answer)).toEqual([code]);
    expect(refused.answer.data).toBeNull();
    expect(await namesOf()).toEqual(['theirs', 'theirs']);
    expect(await recordsOf(other)).toBe(1);
  });

  test('has a record of its own under the same key, which is not the first one', async () => {
    const upsert = 'mutation { upsertMark(by: { name: "theirs" }, input: {}) { created mark { id } } }';
    const { upsertMark } = dataOf((await run('planned', upsert, {}, other.keys.admin)).answer) as {
      upsertMark: { created: boolean; mark: { id: string } };
    };
    expect(upsertMark.created).toBe(true);
    expect(upsertMark.mark.id).not.toBe(mine.mark);
    expect(await namesOf()).toEqual(['theirs', 'theirs']);
  });

  test('is told apart from the first one by nothing but its key: the same document reaches there', async () => {
    const text =
      'mutation ($mark: ID!) { updateMark(id: $mark, input: { name: "changed" }) { mark { name } } }';
    const { answer, messages } = await run('planned', text, mine);
    expect([dataOf(answer), messages.length]).toEqual([{ updateMark: { mark: { name: 'changed' } } }, 1]);
  });

  /** Of the first tenant's records that the other one is after. */
  async function namesOf(): Promise<readonly string[]> {
    return asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query(
        `select data ->> 'name' as name from formwork.records where tenant_id = $1 and id = any ($2) order by id`,
        [tenants.planned.id, Object.values(mine)],
      );
      return rows.map(({ name }) => name);
    });
  }
});

test('what was done is not told as undone where its answer cannot be written', async () => {
  const made =
    'mutation { createCrate(input: { code: "first", next: { create: {} } }) { crate { id next { id } } } }';
  const { createCrate } = dataOf((await run('planned', made)).answer) as {
    createCrate: { crate: { id: string; next: { id: string } } };
  };
  const { id, next } = createCrate.crate;
  // A state that there is not: nobody but a superuser could leave it there.
  await asAdmin(harness.database, async (admin) => {
    await admin.query('alter table formwork.records disable trigger user');
    await admin.query(`update formwork.records set data = data || '{"state": "odd"}' where id = $1`, [
      next.id,
    ]);
    await admin.query('alter table formwork.records enable trigger user');
  });
  const update =
    'mutation ($id: ID!) { updateCrate(id: $id, input: { note: "done" }) { crate { note next { state } } } }';
  const { answer } = await run('planned', update, { id });
  expect(answer.data).toEqual({ updateCrate: { crate: { note: 'done', next: { state: null } } } });
  expect(answer.errors?.map(({ path }) => path)).toEqual([['updateCrate', 'crate', 'next', 'state']]);
});

test.each(ways)('whoever lost the database at the commit, %s, is not told to try again', async (way) => {
  await asAdmin(harness.database, (admin) =>
    admin.query(`
      create function public.lose() returns trigger language plpgsql security definer
        as 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
      create constraint trigger lose after insert on formwork.records deferrable initially deferred
        for each row when (new.data ->> 'name' = 'lost') execute function public.lose()`),
  );
  const make = (name: string) => `mutation { createKit(input: { name: "${name}" }) { kit { name } } }`;
  const before = await recordsOf(tenants[way]);
  const { answer } = await run(way, make('lost'));
  expect(answer).toEqual({
    data: null,
    errors: [
      expect.objectContaining({
        message: expect.stringMatching(/broke before it said whether this was done: look before you send/),
        extensions: { code: 'INTERNAL', id: expect.any(String) },
      }),
    ],
  });
  await asAdmin(harness.database, (admin) => admin.query('drop function public.lose() cascade'));
  dataOf((await run(way, make('kept'))).answer);
  expect(await recordsOf(tenants[way])).toBe(before + 1);
});

/** Records that a tenant has. */
async function recordsOf(tenant: TestTenant): Promise<number> {
  return asAdmin(harness.database, async (admin) => {
    const { rows } = await admin.query(
      'select count(*)::int as count from formwork.records where tenant_id = $1',
      [tenant.id],
    );
    return rows[0].count;
  });
}
