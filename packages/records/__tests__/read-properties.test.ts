import type { RegistryDocument } from '@formwork/registry';
import fc from 'fast-check';
import type { ConnectionNode, Records, Values } from '../src/contract.ts';
import { filter, modelRecords, orderBy } from './read-generators.ts';
import { createReadHarness, everything, idsOf, nodeIds, type ReadHarness } from './read-harness.ts';
import { Model } from './read-model.ts';
import { dataOf, fieldsOf } from './read-model-storage.ts';

/** The same records in an entity with search keys and in one without. */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    { key: 'keyed', plural: 'keyeds', fields: fieldsOf('keyed', true) },
    { key: 'bare', plural: 'bares', fields: fieldsOf('bare', false) },
  ],
};

/** Each type of records is a tenant of its own, so that both may have the same ids. */
const typeNames = ['Keyed', 'Bare'] as const;
const seed = Number(process.env['FORMWORK_TEST_SEED'] ?? Date.now() % 2 ** 31);
const count = 24;

let tenants: readonly ReadHarness[];
let model: Model;

beforeAll(async () => {
  const [rows = []] = fc.sample(modelRecords(count), { seed, endOnFailure: true, numRuns: 1 });
  model = new Model(rows);
  const keyed = await createReadHarness(document);
  tenants = [keyed, await keyed.addTenant('bare')];
  await Promise.all(
    tenants.map(async (tenant, index) => {
      const entity = ['keyed', 'bare'][index] ?? '';
      await tenant.insert(
        entity,
        rows.map((row) => ({ id: row.id, data: dataOf(row) })),
      );
      await tenant.link(
        entity,
        'peers',
        rows.flatMap(({ id, peers }) => peers.map((peer) => [id, peer] as const)),
      );
    }),
  );
});
afterAll(() => tenants[0]?.close());

function onBoth<T>(work: (records: Records, typeName: string) => Promise<T>): Promise<T[]> {
  return Promise.all(
    typeNames.map((typeName, index) => work((tenants[index] as ReadHarness).records(), typeName)),
  );
}

test(`filters answer as a model does, with and without search keys (seed ${seed})`, async () => {
  const property = fc.asyncProperty(fc.array(filter, { minLength: 25, maxLength: 25 }), async (filters) => {
    const expected = filters.map((where) => model.list(where, []));
    const answers = await onBoth((records, typeName) =>
      Promise.all(filters.map((where) => idsOf(records, typeName, { where }))),
    );
    for (const answer of answers) expectAlike(filters, answer, expected);
  });
  await fc.assert(property, { seed, endOnFailure: true, numRuns: 40 });
});

function expectAlike(
  filters: readonly Values[],
  answer: readonly string[][],
  expected: readonly string[][],
): void {
  filters.forEach((where, index) => {
    expect({ where, ids: answer[index] }).toEqual({ where, ids: expected[index] });
  });
}

const walk = fc.record({
  orderBy,
  where: fc.option(filter, { freq: 2, nil: undefined }),
  size: fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 3, arbitrary: fc.integer({ min: 4, max: 14 }) },
  ),
  backward: fc.boolean(),
});
type Walk = typeof walk extends fc.Arbitrary<infer T> ? T : never;

test(`1,000 walks over pages of any size in any order meet every record once, in order (seed ${seed})`, async () => {
  const walks = fc.array(walk, { minLength: 40, maxLength: 40 });
  const property = fc.asyncProperty(walks, async (each) => {
    const answers = await Promise.all(
      each.map((one, index) => {
        // Half of them where there are search keys, half where there are none.
        const side = index % 2;
        return walkPages((tenants[side] as ReadHarness).records(), typeNames[side] ?? '', one);
      }),
    );
    each.forEach((one, index) => {
      expect({ ...one, ids: answers[index] }).toEqual({ ...one, ids: model.list(one.where, one.orderBy) });
    });
  });
  await fc.assert(property, { seed, endOnFailure: true, numRuns: 25 });
}, 240_000);

/** All ids in the order of the list; checks on the way that `pageInfo` tells the truth. */
async function walkPages(
  records: Records,
  typeName: string,
  { backward, size, ...list }: Walk,
): Promise<string[]> {
  const args = { orderBy: list.orderBy, ...(list.where === undefined ? {} : { where: list.where }) };
  const pages: ConnectionNode[] = [];
  let cursor: string | null = null;
  do {
    const range = backward ? { last: size, before: cursor } : { first: size, after: cursor };
    const selection = { ...everything, totalCount: cursor === null };
    const page: ConnectionNode = await records.connection(typeName, { ...args, ...range }, selection);
    expect([page.pageInfo.startCursor, page.pageInfo.endCursor]).toEqual([
      page.edges[0]?.cursor ?? null,
      page.edges.at(-1)?.cursor ?? null,
    ]);
    expect(page.pageInfo[backward ? 'hasNextPage' : 'hasPreviousPage']).toBe(cursor !== null);
    expect(page.edges.length > 0 || cursor === null).toBe(true);
    pages.push(page);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    cursor = backward ? (hasPreviousPage ? startCursor : null) : hasNextPage ? endCursor : null;
  } while (cursor !== null);
  const total = pages[0]?.totalCount;
  const ids = (backward ? pages.reverse() : pages).flatMap(nodeIds);
  expect(total).toBe(ids.length);
  return ids;
}
