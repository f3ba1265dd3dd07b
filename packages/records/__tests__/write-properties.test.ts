import type { RegistryDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import fc from 'fast-check';
import { type OperationRecords, RecordError } from '../src/index.ts';
import { createWriteHarness, type WriteHarness } from './write-harness.ts';

/** Items have a unique code or none, hold their parents (restrict) and go with their group (cascade). */
const design: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'item',
      fields: [
        { key: 'code', type: 'text', unique: true, options: { maxLength: 3 } },
        { key: 'name', type: 'text', required: true, options: { minLength: 2 } },
        { key: 'count', type: 'integer', default: 1, options: { min: 0 } },
        { key: 'parent', type: 'link', options: { target: 'item', onDelete: 'restrict' } },
        { key: 'group', type: 'link', options: { target: 'group', onDelete: 'cascade' } },
      ],
    },
    { key: 'group', fields: [{ key: 'label', type: 'text', required: true, unique: true }] },
  ],
};

interface Item {
  readonly code?: string;
  readonly name?: string;
  readonly count?: number;
  readonly parent?: string;
  readonly group?: string;
}

/** What the database is to hold, by id. */
class Model {
  readonly items = new Map<string, Item>();
  readonly groups = new Map<string, string>();

  /** The code of the error that an item in that place must end with; null where it may stand. */
  objection(id: string, item: Item): string | null {
    if ((item.name ?? '').length < 2 || (item.code ?? '').length > 3 || (item.count ?? 0) < 0)
      return 'VALIDATION_FAILED';
    if (item.parent && !this.items.has(item.parent)) return 'LINK_NOT_FOUND';
    if (item.group && !this.groups.has(item.group)) return 'LINK_NOT_FOUND';
    const isTaken = [...this.items].some(
      ([other, { code }]) => other !== id && code !== undefined && code === item.code,
    );
    return isTaken ? 'UNIQUE_VIOLATION' : null;
  }

  isHeld(ids: ReadonlySet<string>): boolean {
    return [...this.items].some(
      ([id, { parent }]) => parent !== undefined && ids.has(parent) && !ids.has(id),
    );
  }
}

type Patch = { readonly [name in keyof Item]?: Item[name] | null };

/** An operation against both: what the database answers must be what the model says. */
type Operation = (records: Run, model: Model) => Promise<void>;
type Run = <T>(work: (records: OperationRecords) => Promise<T>) => Promise<T>;

const nobody = '0193f5a2-7c1e-7000-8000-000000000000';
const nothing = { fields: [] };

/** The n-th of what is there, or an id that is not. */
const pick = (ids: Iterable<string>, index: number) => [...ids, nobody][index % 6] ?? nobody;

const index = fc.nat(5);
const value = {
  code: fc.constantFrom('A', 'B', 'C', 'LONG', null),
  name: fc.constantFrom('one', 'two', 'x', null),
  count: fc.constantFrom(0, 7, -1, null),
};
const patch = fc.record(
  { ...value, parent: fc.option(index), group: fc.option(index) },
  { requiredKeys: [] },
);
type Drawn = typeof patch extends fc.Arbitrary<infer T> ? T : never;

/** Values as the model has them: links as ids. */
function resolve(model: Model, { parent, group, ...values }: Drawn): Patch {
  return {
    ...values,
    ...(parent === undefined ? {} : { parent: parent === null ? null : pick(model.items.keys(), parent) }),
    ...(group === undefined ? {} : { group: group === null ? null : pick(model.groups.keys(), group) }),
  };
}

function toInput({ parent, group, ...values }: Patch) {
  const link = (id: string | null | undefined) => (id ? { id } : id);
  return {
    ...values,
    ...(parent === undefined ? {} : { parent: link(parent) }),
    ...(group === undefined ? {} : { group: link(group) }),
  };
}

function apply(item: Item, change: Patch): Item {
  const merged = Object.entries({ ...item, ...change }).filter(
    ([, one]) => one !== null && one !== undefined,
  );
  return Object.fromEntries(merged);
}

async function expectSame<T>(expected: string | null, run: () => Promise<T>): Promise<T | null> {
  const outcome = await run().then(
    (result) => ({ result, code: null }),
    (error: unknown) => {
      if (error instanceof RecordError) return { result: null, code: error.code };
      throw error;
    },
  );
  expect(outcome.code).toBe(expected);
  return outcome.result;
}

const createItem = patch.map(
  (drawn): Operation =>
    async (run, model) => {
      const change = resolve(model, drawn);
      const item = apply(change.count === undefined ? { count: 1 } : {}, change);
      const node = await expectSame(model.objection('', item), () =>
        run((records) => records.create('Item', toInput(change), nothing)),
      );
      if (node) model.items.set(node.id, item);
    },
);

const createItems = fc.array(patch, { minLength: 1, maxLength: 4 }).map(
  (drawn): Operation =>
    async (run, model) => {
      const changes = drawn.map((one) => resolve(model, one));
      const items = changes.map((change) => apply(change.count === undefined ? { count: 1 } : {}, change));
      const objections = items.map((item) => model.objection('', item));
      const codes = items.flatMap(({ code }) => code ?? []);
      const twice = new Set(codes).size < codes.length ? 'UNIQUE_VIOLATION' : null;
      const first = ['VALIDATION_FAILED', 'LINK_NOT_FOUND', 'UNIQUE_VIOLATION'].find((code) =>
        [...objections, twice].includes(code),
      );
      const nodes = await expectSame(first ?? null, () =>
        run((records) => records.createMany('Item', changes.map(toInput), nothing)),
      );
      for (const [at, { id }] of (nodes ?? []).entries()) model.items.set(id, items[at] as Item);
    },
);

const updateItem = fc.tuple(index, patch).map(
  ([at, drawn]): Operation =>
    async (run, model) => {
      const id = pick(model.items.keys(), at);
      const change = resolve(model, drawn);
      const item = apply(model.items.get(id) ?? { name: 'some' }, change);
      const objection = model.objection(id, item);
      const isMissing = !model.items.has(id) && (objection === null || objection === 'UNIQUE_VIOLATION');
      const expected = isMissing ? 'NOT_FOUND' : objection;
      const done = await expectSame(expected, () =>
        run((records) => records.update('Item', id, toInput(change), null, nothing)),
      );
      if (done) model.items.set(id, item);
    },
);

const upsertItem = fc.tuple(fc.constantFrom('A', 'B'), patch).map(
  ([code, drawn]): Operation =>
    async (run, model) => {
      const { code: _, ...change } = resolve(model, drawn);
      const existing = [...model.items].find(([, item]) => item.code === code);
      const fresh = { code, ...(change.count === undefined ? { count: 1 } : {}) };
      const item = apply(existing?.[1] ?? fresh, change);
      const upserted = await expectSame(model.objection(existing?.[0] ?? '', item), () =>
        run((records) => records.upsert('Item', { code }, toInput(change), nothing)),
      );
      if (upserted) model.items.set(upserted.node.id, item);
      if (upserted) expect(upserted.created).toBe(existing === undefined);
    },
);

const deleteItem = index.map(
  (at): Operation =>
    async (run, model) => {
      const id = pick(model.items.keys(), at);
      const isHeld = model.isHeld(new Set([id]));
      const expected = !model.items.has(id) ? 'NOT_FOUND' : isHeld ? 'DELETE_RESTRICTED' : null;
      if (await expectSame(expected, () => run((records) => records.delete('Item', id, null))))
        model.items.delete(id);
    },
);

const createGroup = fc.constantFrom('red', 'blue').map(
  (label): Operation =>
    async (run, model) => {
      const isTaken = [...model.groups.values()].includes(label);
      const node = await expectSame(isTaken ? 'UNIQUE_VIOLATION' : null, () =>
        run((records) => records.create('Group', { label }, nothing)),
      );
      if (node) model.groups.set(node.id, label);
    },
);

const deleteGroup = index.map(
  (at): Operation =>
    async (run, model) => {
      const id = pick(model.groups.keys(), at);
      const members = new Set([...model.items].flatMap(([item, { group }]) => (group === id ? [item] : [])));
      const expected = !model.groups.has(id)
        ? 'NOT_FOUND'
        : model.isHeld(members)
          ? 'DELETE_RESTRICTED'
          : null;
      if (await expectSame(expected, () => run((records) => records.delete('Group', id, null)))) {
        model.groups.delete(id);
        for (const item of members) model.items.delete(item);
      }
    },
);

let harness: WriteHarness;

beforeAll(async () => {
  harness = await createWriteHarness(design);
});

afterAll(() => harness.close());

/** What is stored, as the model has it. */
function stored(): Promise<{ items: [string, unknown][]; groups: [string, unknown][] }> {
  return asAdmin(harness.database, async (client) => {
    const { rows } = await client.query('select id, entity_type, data from formwork.records order by id');
    const of = (type: string) => rows.filter(({ entity_type }) => entity_type === type);
    return {
      items: of('item').map(({ id, data }) => [id, data]),
      groups: of('group').map(({ id, data }) => [id, data.label]),
    };
  });
}

const byId = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

test('random writes, good and bad, leave what a model of them says', async () => {
  const operation = fc.oneof(
    { weight: 4, arbitrary: createItem },
    createItems,
    { weight: 3, arbitrary: updateItem },
    { weight: 2, arbitrary: upsertItem },
    deleteItem,
    { weight: 2, arbitrary: createGroup },
    deleteGroup,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 25 }), async (operations) => {
      await asAdmin(harness.database, (client) => client.query('truncate formwork.records cascade'));
      const model = new Model();
      for (const run of operations) await run(harness.mutate, model);
      expect(await stored()).toEqual({
        items: [...model.items].sort(byId),
        groups: [...model.groups].sort(byId),
      });
    }),
    { numRuns: 15 },
  );
});
