/**
 * Mutations that are known beforehand are sent whole, in one message that commits itself; what takes more, or is refused,
 * goes step by step. Here both ways do the same to two tenants of one design, and are compared answer by answer.
 */
import { asAdmin } from '@formwork/testkit';
import {
  codesOf,
  dataOf,
  type GraphqlAnswer,
  Harness,
  type TestGateway,
  type TestTenant,
} from './harness.ts';
import { warehouse } from './warehouse.ts';

const design = {
  ...warehouse,
  entities: [
    ...warehouse.entities,
    {
      key: 'part',
      fields: [
        { key: 'name', type: 'text', required: true, options: { maxLength: 20 } },
        { key: 'price', type: 'decimal', options: { precision: 10, scale: 2 } },
        { key: 'cost', type: 'currency' },
        { key: 'weight', type: 'number', default: 1.5 },
        { key: 'made', type: 'datetime' },
        { key: 'sizes', type: 'multi_select', options: { choices: [{ key: 'small' }, { key: 'large' }] } },
        { key: 'about', type: 'json' },
        { key: 'twice', type: 'formula', options: { expression: 'price * 2' } },
        { key: 'kit', type: 'link', options: { target: 'kit', inverse: 'parts', onDelete: 'restrict' } },
        { key: 'label', type: 'text', default: { from: 'kit.name' } },
      ],
    },
    {
      key: 'kit',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'total', type: 'rollup', options: { via: 'parts', function: 'sum', field: 'price' } },
      ],
    },
  ],
};

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
    planned: await harness.tenant('planned', design),
    executed: await harness.tenant('executed', design),
  };
  for (const way of ways)
    dataOf(await gateways[way].ask(tenants[way].keys.editor, '{ kits { totalCount } }'));
});
afterAll(() => harness.close());

interface Done {
  readonly answer: GraphqlAnswer;
  /** Statements of each message to Postgres. */
  readonly messages: readonly (readonly string[])[];
}

async function run(
  way: Way,
  text: string,
  variables: object = {},
  key = tenants[way].keys.editor,
): Promise<Done> {
  const from = gateways[way].lines.length;
  const answer = await gateways[way].ask(key, text, variables);
  const batches = gateways[way].lines.slice(from).filter(({ msg }) => msg === 'batch');
  return { answer, messages: batches.map(({ statements }) => statements as readonly string[]) };
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

const unknown = '01900000-0000-7000-8000-000000000000';

/** A mutation and how it goes where it is planned; `{shelf}` stands for the first id in the answer to the step that is called so. */
type Step = readonly [name: string, way: 'whole' | 'step by step', text: string, called?: string];

const crate = 'crate { id code number state version shelf { id name } next { code } }';

const steps: readonly Step[] = [
  [
    'creates',
    'whole',
    'mutation { createShelf(input: { name: "top" }) { shelf { id name version } } }',
    'shelf',
  ],
  [
    'with defaults, numbers and a link',
    'whole',
    `mutation { a: createCrate(input: { code: "A", place: 1, shelf: { id: "{shelf}" } }) { it: ${crate} __typename } }`,
    'crate',
  ],
  ['that show nothing of it', 'whole', 'mutation { createMark(input: { name: "new" }) { __typename } }'],
  [
    'several in one operation',
    'whole',
    'mutation { __typename a: createMark(input: { name: "one" }) { mark { id } } b: createMark(input: { name: "two" }) { mark { name } } }',
    'mark',
  ],
  [
    'that create behind links',
    'whole',
    `mutation { createCrate(input: { code: "B", next: { create: { code: "C" } }, marks: { add: [{ id: "{mark}" }, { create: { name: "deep" } }] } }) { ${crate} } }`,
    'second',
  ],
  [
    'many',
    'whole',
    'mutation { createCrates(inputs: [{ code: "D" }, { code: "E", place: 3 }, { next: { create: {} } }]) { crates { code number state } } }',
  ],
  ['none', 'step by step', 'mutation { createCrates(inputs: []) { crates { code } } }'],
  [
    'values of all kinds',
    'whole',
    `mutation { createPart(input: { name: "Bolt", price: "12.50", cost: { amount: "3.1", currency: "EUR" }, made: "2026-11-21T10:00:00+02:00",
      sizes: [LARGE, SMALL], about: { a: [1, null, "x"] } }) { part { name price twice cost { amount currency } weight made sizes about label kit { id } } } }`,
  ],
  [
    'for the copy of a default',
    'whole',
    'mutation { createKit(input: { name: "Set" }) { kit { id total } } }',
    'kit',
  ],
  [
    'a copied default and a rollup',
    'whole',
    `mutation { a: createPart(input: { name: "Nut", price: "1.25", kit: { id: "{kit}" } }) { part { label kit { name total } } } }`,
  ],
  [
    'that links by key',
    'step by step',
    `mutation { createCrate(input: { code: "F", shelf: { by: { name: "top" } } }) { ${crate} } }`,
  ],
  [
    'with lists behind it',
    'step by step',
    'mutation { createShelf(input: { name: "low" }) { shelf { name crates { totalCount } } } }',
  ],
  [
    'what may follow',
    'step by step',
    'mutation { createCrate(input: {}) { crate { allowedTransitions { state } } } }',
  ],
  [
    'the same twice',
    'step by step',
    'mutation { createMark(input: { name: "three" }) { mark { id } again: mark { name } } }',
  ],
  ['a taken key', 'step by step', 'mutation { createShelf(input: { name: "top" }) { shelf { id } } }'],
  [
    'a taken key of several parts',
    'step by step',
    'mutation { createCrates(inputs: [{ code: "G" }, { place: 1, shelf: { id: "{shelf}" } }]) { crates { code } } }',
  ],
  [
    'a key twice',
    'step by step',
    'mutation { createMarks(inputs: [{ name: "x" }, { name: "x" }]) { marks { name } } }',
  ],
  [
    'a key twice in two fields',
    'step by step',
    'mutation { a: createMark(input: { name: "y" }) { mark { id } } b: createMark(input: { name: "y" }) { mark { id } } }',
  ],
  [
    'a link to nothing',
    'step by step',
    `mutation { createCrate(input: { shelf: { id: "${unknown}" } }) { ${crate} } }`,
  ],
  [
    'a link to another entity',
    'step by step',
    `mutation { createCrate(input: { shelf: { id: "{crate}" } }) { ${crate} } }`,
  ],
  [
    'two links to nothing',
    'step by step',
    `mutation { createCrate(input: { shelf: { id: "${unknown}" }, marks: { add: [{ id: "${unknown}" }] } }) { ${crate} } }`,
  ],
  [
    'a link to many that leads nowhere',
    'step by step',
    `mutation { createCrate(input: { marks: { add: [{ id: "{shelf}" }] } }) { ${crate} } }`,
  ],
  ['a missing value', 'step by step', 'mutation { createShelf(input: {}) { shelf { id } } }'],
  [
    'several wrong values',
    'step by step',
    'mutation { createPart(input: { name: "much longer than twenty characters", price: "1.234", cost: { amount: "1", currency: "euro" } }) { part { id } } }',
  ],
  [
    'a state to begin with',
    'step by step',
    'mutation { createCrate(input: { state: SENT }) { crate { id } } }',
  ],
  [
    'an argument of no type',
    'step by step',
    'mutation ($id: ID!) { updateMark(id: $id, input: {}) { mark { id } } }',
  ],
  [
    'updates',
    'whole',
    `mutation { updateCrate(id: "{crate}", input: { note: "n", state: SENT, place: 2 }) { ${crate} } }`,
  ],
  ['updates nothing', 'whole', `mutation { updateCrate(id: "{crate}", input: {}) { ${crate} } }`],
  [
    'updates at a version',
    'whole',
    `mutation { updateCrate(id: "{crate}", input: { note: null }, ifVersion: 2) { ${crate} } }`,
  ],
  [
    'updates at another version',
    'step by step',
    `mutation { updateCrate(id: "{crate}", input: { note: "m" }, ifVersion: 2) { ${crate} } }`,
  ],
  [
    'updates nobody',
    'step by step',
    `mutation { updateCrate(id: "${unknown}", input: { note: "m" }) { ${crate} } }`,
  ],
  [
    'updates another entity',
    'step by step',
    `mutation { updateCrate(id: "{shelf}", input: { note: "m" }) { ${crate} } }`,
  ],
  [
    'updates what is no id',
    'step by step',
    `mutation { updateCrate(id: "x", input: { note: "m" }) { ${crate} } }`,
  ],
  [
    'updates an id in capitals',
    'whole',
    `mutation { updateShelf(id: "{shelf+}", input: { above: { id: "{shelf+}" } }) { shelf { id above { id } } } }`,
  ],
  [
    'takes a required value',
    'step by step',
    'mutation { updateShelf(id: "{shelf}", input: { name: null }) { shelf { id } } }',
  ],
  [
    'updates to a taken key',
    'step by step',
    'mutation { updateMark(id: "{mark}", input: { name: "new" }) { mark { id } } }',
  ],
  [
    'updates to its own key',
    'whole',
    'mutation { updateMark(id: "{mark}", input: { name: "one" }) { mark { name version } } }',
  ],
  [
    'updates a link',
    'whole',
    `mutation { updateCrate(id: "{second}", input: { shelf: { id: "{shelf}" } }) { ${crate} } }`,
  ],
  [
    'updates a link to nothing',
    'step by step',
    `mutation { updateCrate(id: "{second}", input: { shelf: { id: "${unknown}" } }) { ${crate} } }`,
  ],
  [
    'updates a link and creates',
    'step by step',
    `mutation { updateCrate(id: "{second}", input: { shelf: { create: { name: "s" } } }) { ${crate} } }`,
  ],
  [
    'updates links to many',
    'step by step',
    `mutation { updateCrate(id: "{second}", input: { marks: { set: [{ id: "{mark}" }] } }) { ${crate} } }`,
  ],
  [
    'takes a forbidden step',
    'step by step',
    'mutation { updateCrate(id: "{crate}", input: { state: PACKED }) { crate { id } } }',
  ],
  [
    'updates two, the second of which is nobody',
    'step by step',
    `mutation { a: updateMark(id: "{mark}", input: { name: "lost" }) { mark { name } } b: updateMark(id: "${unknown}", input: {}) { mark { name } } }`,
  ],
  [
    'creates one and deletes nobody',
    'step by step',
    `mutation { createMark(input: { name: "lost" }) { mark { name } } deleteMark(id: "${unknown}") { id } }`,
  ],
  [
    'upserts',
    'step by step',
    'mutation { upsertMark(by: { name: "one" }, input: {}) { created mark { id } } }',
  ],
  ['deletes what others lead to', 'step by step', 'mutation { deleteKit(id: "{kit}") { id } }'],
  [
    'deletes at another version',
    'step by step',
    'mutation { deleteMark(id: "{mark}", ifVersion: 9) { id } }',
  ],
  ['deletes nobody', 'step by step', `mutation { deleteMark(id: "${unknown}") { id } }`],
  ['deletes', 'whole', 'mutation { gone: deleteMark(id: "{mark+}") { id __typename } }'],
  ['deletes again', 'step by step', 'mutation { deleteMark(id: "{mark}") { id } }'],
  [
    'keeps what it deletes',
    'whole',
    'mutation { createPallet(input: { name: "p" }) { pallet { id } } }',
    'pallet',
  ],
  ['deletes and keeps', 'whole', 'mutation { deletePallet(id: "{pallet}") { id } }'],
  [
    'links to what was deleted',
    'step by step',
    'mutation { createCrate(input: { pallet: { id: "{pallet}" } }) { crate { id } } }',
  ],
];

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

describe('another tenant', () => {
  let mine: Record<'shelf' | 'mark', string>;
  let other: TestTenant;

  beforeAll(async () => {
    other = await harness.tenant('other', design);
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
