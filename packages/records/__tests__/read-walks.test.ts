import type { RegistryDocument } from '@formwork/registry';
import fc from 'fast-check';
import type { ConnectionNode, Values } from '../src/contract.ts';
import { modelRecords, orderBy } from './read-generators.ts';
import { createReadHarness, everything, idOf, nodeIds, type ReadHarness } from './read-harness.ts';
import { Model, type ModelRecord } from './read-model.ts';
import { dataOf, fieldsOf } from './read-model-storage.ts';

/**
 * Walks while records come and go. Those that stand still are met once each, in order, whatever happens around them;
 * those that come and go may be met or not.
 */
const document: RegistryDocument = {
  formwork: 1,
  entities: [{ key: 'keyed', plural: 'keyeds', fields: fieldsOf('keyed', true) }],
};

const seed = Number(process.env['FORMWORK_TEST_SEED'] ?? Date.now() % 2 ** 31);
const standing = 16;
const rounds = 5;
const walksAtOnce = 200;

let harness: ReadHarness;
let model: Model;

beforeAll(async () => {
  const [sample = []] = fc.sample(modelRecords(standing), { seed, numRuns: 1 });
  const rows = sample.map((row) => ({
    ...row,
    id: spread(row.id),
    friend: row.friend && spread(row.friend),
    peers: row.peers.map(spread),
  }));
  model = new Model(rows);
  harness = await createReadHarness(document);
  await insert(rows);
  const peers = rows.flatMap(({ id, peers: others }) => others.map((peer) => [id, peer] as const));
  await harness.link('keyed', 'peers', peers);
});
afterAll(() => harness.close());

/** Leaves room between ids. */
function spread(id: string): string {
  return idOf(0, Number.parseInt(id.slice(-8), 16));
}

async function insert(rows: readonly ModelRecord[]): Promise<void> {
  await harness.insert(
    'keyed',
    rows.map((row) => ({ id: row.id, data: dataOf(row) })),
  );
}

/** Records that come and go. Nothing else leads to them, so nothing else moves; their ids fall between the others. */
class Visitors {
  #present: string[] = [];
  #count = 0;

  async change(rows: readonly ModelRecord[]): Promise<void> {
    const leaving = this.#present.filter((_, index) => index % 3 !== this.#count % 3);
    const arriving = rows.map((row) => ({ ...row, id: this.#nextId(), friend: null, peers: [] }));
    this.#present = [...this.#present.filter((id) => !leaving.includes(id)), ...arriving.map(({ id }) => id)];
    await Promise.all([insert(arriving), ...leaving.map((id) => harness.delete(id))]);
  }

  #nextId(): string {
    this.#count += 1;
    return idOf(this.#count, this.#count % standing);
  }
}

interface Walk {
  readonly orderBy: readonly Values[];
  readonly size: number;
  readonly backward: boolean;
}

/** One walk, a page for each call. */
class Walker {
  readonly #walk: Walk;
  #pages: string[][] = [];
  #cursor: string | null = null;
  done = false;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  async step(): Promise<void> {
    const { orderBy: by, size, backward } = this.#walk;
    const range = backward ? { last: size, before: this.#cursor } : { first: size, after: this.#cursor };
    const page: ConnectionNode = await harness
      .records()
      .connection('Keyed', { orderBy: by, ...range }, { ...everything, totalCount: false });
    this.#pages.push(nodeIds(page));
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    this.#cursor = backward ? startCursor : endCursor;
    this.done = !(backward ? hasPreviousPage : hasNextPage);
  }

  /** Of records that stood still all the time. */
  get ids(): readonly string[] {
    const pages = this.#walk.backward ? this.#pages.toReversed() : this.#pages;
    return pages.flat().filter((id) => model.records.some((record) => record.id === id));
  }
}

const walk: fc.Arbitrary<Walk> = fc.record({
  orderBy,
  size: fc.integer({ min: 3, max: 8 }),
  backward: fc.boolean(),
});
const walks = fc.array(walk, { minLength: walksAtOnce, maxLength: walksAtOnce });
const arrivals = fc.array(modelRecords(5), { minLength: 12, maxLength: 12 });

test(`1,000 walks meet what stands still once, while other records come and go (seed ${seed})`, async () => {
  const samples = fc.sample(fc.tuple(walks, arrivals), { seed, numRuns: rounds });
  const visitors = new Visitors();
  let changes = 0;
  for (const [each, batches] of samples) {
    const walkers = each.map((one) => new Walker(one));
    for (let going = walkers; going.length > 0; going = going.filter(({ done }) => !done)) {
      await visitors.change(batches[changes % batches.length] ?? []);
      changes += 1;
      await Promise.all(going.map((walker) => walker.step()));
    }
    each.forEach((one, index) => {
      expect({ ...one, ids: walkers[index]?.ids }).toEqual({
        ...one,
        ids: model.list(undefined, one.orderBy),
      });
    });
  }
  expect(changes).toBeGreaterThan(rounds * 4);
}, 240_000);
