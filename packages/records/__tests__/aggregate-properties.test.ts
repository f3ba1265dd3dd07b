import type { RegistryDocument } from '@formwork/registry';
import fc from 'fast-check';
import type { AggregateNode, AggregateSelection, Values } from '../src/contract.ts';
import { createReadHarness, idOf, type ReadHarness } from './read-harness.ts';

/** Aggregates compared with ones made in memory, one record at a time; `keyed` has search keys and `bare` has none. */
const fields = (target: string, indexed: boolean) => [
  { key: 'note', type: 'text' as const, indexed },
  { key: 'quantity', type: 'integer' as const, indexed },
  { key: 'total', type: 'decimal' as const, indexed },
  { key: 'at', type: 'datetime' as const, indexed },
  {
    key: 'status',
    type: 'select' as const,
    indexed,
    options: { choices: [{ key: 'late' }, { key: 'early' }, { key: 'now' }] },
  },
  { key: 'up', type: 'link' as const, options: { target, inverse: 'down' } },
];

const document: RegistryDocument = {
  formwork: 1,
  entities: [
    { key: 'keyed', plural: 'keyeds', fields: fields('keyed', true) },
    { key: 'bare', plural: 'bares', fields: fields('bare', false) },
  ],
};

const seed = Number(process.env.FORMWORK_TEST_SEED ?? Date.now() % 2 ** 31);
const count = 40;
const choices = ['LATE', 'EARLY', 'NOW'];

interface Item {
  readonly id: string;
  readonly note: string | null;
  readonly quantity: number | null;
  /** In hundredths. */
  readonly total: number | null;
  readonly at: string | null;
  readonly status: string | null;
  readonly up: number | null;
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 });
const moment = fc
  .integer({ min: Date.UTC(2025, 9), max: Date.UTC(2027, 3) })
  .map((time) => `${new Date(time - (time % 1000)).toISOString().slice(0, 19)}Z`);
const item = fc.record({
  note: optional(fc.constantFrom('a', 'A', 'b', 'é', 'e', 'ß', '')),
  quantity: optional(fc.integer({ min: -3, max: 3 })),
  total: optional(fc.integer({ min: -500, max: 500 })),
  at: optional(moment),
  status: optional(fc.constantFrom(...choices)),
  up: optional(fc.nat(count - 1)),
});

let items: readonly Item[];
let tenants: readonly [ReadHarness, ReadHarness];

beforeAll(async () => {
  const [rows = []] = fc.sample(fc.array(item, { minLength: count, maxLength: count }), { seed, numRuns: 1 });
  items = rows.map((row, index) => ({ ...row, id: idOf(index) }));
  const keyed = await createReadHarness(document);
  tenants = [keyed, await keyed.addTenant('bare')];
  const data = items.map(({ id, note, quantity, total, at, status, up }) => {
    const written = { note, quantity, at, status: status?.toLowerCase(), up: up === null ? null : idOf(up) };
    const entries = Object.entries(written).filter(([, value]) => value !== null && value !== undefined);
    const text = JSON.stringify(Object.fromEntries(entries));
    if (total === null) return { id, data: text };
    return {
      id,
      data: `${text.slice(0, -1)}${entries.length > 0 ? ',' : ''}"total":${(total / 100).toFixed(2)}}`,
    };
  });
  await tenants[0].insert('keyed', data);
  await tenants[1].insert('bare', data);
}, 60_000);
afterAll(() => tenants[0]?.close());

type Read = (item: Item | undefined) => unknown;

/** A step, and what it gives for a record. */
const own: readonly (readonly [Values, Read])[] = [
  [{ note: true }, (each) => each?.note ?? null],
  [{ quantity: true }, (each) => each?.quantity ?? null],
  [{ status: true }, (each) => each?.status ?? null],
  [{ total: true }, (each) => (typeof each?.total === 'number' ? String(each.total / 100) : null)],
  [{ up: { id: true } }, (each) => (typeof each?.up === 'number' ? idOf(each.up) : null)],
];
const calendar = fc.tuple(
  fc.constantFrom('DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'),
  fc.constantFrom('UTC', 'Europe/Berlin', 'America/Chicago', 'Asia/Kolkata'),
);
const direct: fc.Arbitrary<readonly [Values, Read]> = fc.oneof(
  fc.constantFrom(...own),
  calendar.map(([part, timeZone]): [Values, Read] => [
    { at: { part, timeZone } },
    (each) => (each?.at ? firstDay(each.at, part, timeZone) : null),
  ]),
);
const step = fc.oneof(
  { weight: 3, arbitrary: direct },
  {
    weight: 1,
    arbitrary: direct.map(([inner, read]): [Values, Read] => [
      { up: inner },
      (each) => (typeof each?.up === 'number' ? read(items[each.up]) : null),
    ]),
  },
);

function firstDay(at: string, part: string, timeZone: string): string {
  const local = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(at));
  const [year = 0, month = 0, day = 0] = local.split('-').map(Number);
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  const first = {
    ...{ DAY: [month, day], WEEK: [month, day - weekday], MONTH: [month, 1] },
    ...{ QUARTER: [month - ((month - 1) % 3), 1], YEAR: [1, 1] },
  }[part] as [number, number];
  return new Date(Date.UTC(year, first[0] - 1, first[1])).toISOString().slice(0, 10);
}

const selection = (distinct: Values): AggregateSelection => ({
  ...{ keys: true, count: true, countDistinct: [distinct] },
  ...{
    sum: ['quantity', 'total'],
    avg: ['quantity'],
    min: ['status', 'at', 'total'],
    max: ['status', 'at', 'quantity'],
  },
});

function group(members: readonly Item[], keys: readonly unknown[], distinct: Read): AggregateNode {
  const given = <Name extends keyof Item>(name: Name) =>
    members.map((each) => each[name]).filter((value) => value !== null) as NonNullable<Item[Name]>[];
  const [quantities, totals, moments] = [given('quantity'), given('total'), given('at').sort()];
  const positions = given('status')
    .map((status) => choices.indexOf(status))
    .sort();
  const sum = quantities.reduce((all, each) => all + each, 0);
  const orNull = (of: readonly unknown[], value: () => unknown) => (of.length === 0 ? null : value());
  return {
    keys,
    count: members.length,
    countDistinct: [new Set(members.map(distinct).filter((value) => value !== null)).size],
    sum: {
      quantity: orNull(quantities, () => sum),
      total: orNull(totals, () => (totals.reduce((all, each) => all + each, 0) / 100).toFixed(2)),
    },
    avg: { quantity: orNull(quantities, () => expect.closeTo(sum / quantities.length, 10)) },
    min: {
      status: orNull(positions, () => choices[positions[0] ?? 0]),
      at: moments[0] ?? null,
      total: orNull(totals, () => (Math.min(...totals) / 100).toFixed(2)),
    },
    max: {
      status: orNull(positions, () => choices[positions.at(-1) ?? 0]),
      at: moments.at(-1) ?? null,
      quantity: orNull(quantities, () => Math.max(...quantities)),
    },
  };
}

function groupsOf(
  members: readonly Item[],
  steps: readonly Read[],
  least: number,
  distinct: Read,
): AggregateNode[] {
  if (steps.length === 0) return members.length >= least ? [group(members, [], distinct)] : [];
  const byKey = new Map<string, Item[]>();
  for (const each of members) {
    const key = JSON.stringify(steps.map((read) => read(each)));
    byKey.set(key, [...(byKey.get(key) ?? []), each]);
  }
  return [...byKey]
    .filter(([, all]) => all.length >= least)
    .map(([key, all]) => group(all, JSON.parse(key), distinct));
}

/** In the order of their keys' text: in which order groups come is a test of its own. */
function sorted(nodes: readonly AggregateNode[]): AggregateNode[] {
  const keyOf = ({ keys }: AggregateNode) => JSON.stringify(keys);
  return [...nodes].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const question = fc.record({
  steps: fc.array(step, { maxLength: 3 }),
  least: fc.integer({ min: 0, max: 3 }),
  above: fc.option(fc.integer({ min: -3, max: 1 })),
  distinct: step,
});

test(`groups are as a model makes them, of all records and of linked ones (seed ${seed})`, async () => {
  const property = fc.asyncProperty(
    question,
    async ({ steps, least, above, distinct: [distinct, readDistinct] }) => {
      const args = {
        ...{ groupBy: steps.map(([values]) => values), having: { count: { gte: least } }, first: 1000 },
        ...(above === null ? {} : { where: { quantity: { gt: above } } }),
      };
      const isMatch = (each: Item) => above === null || (each.quantity !== null && each.quantity > above);
      const reads = steps.map(([, read]) => read);
      const expected = groupsOf(items.filter(isMatch), reads, least, readDistinct);
      const below = items.map((_, index) =>
        groupsOf(
          items.filter((each) => each.up === index && isMatch(each)),
          reads,
          least,
          readDistinct,
        ),
      );
      for (const [index, typeName] of ['Keyed', 'Bare'].entries()) {
        const records = (tenants[index] as ReadHarness).records();
        const answer = await records.aggregate(typeName, args, selection(distinct));
        expect(sorted(answer)).toEqual(sorted(expected));
        const linked = await Promise.all(
          items.map(({ id }) =>
            records.linkedAggregate({ typeName, id, values: {} }, 'down', args, selection(distinct)),
          ),
        );
        expect(linked.map(sorted)).toEqual(below.map(sorted));
      }
    },
  );
  await fc.assert(property, { seed, endOnFailure: true, numRuns: 60 });
});
