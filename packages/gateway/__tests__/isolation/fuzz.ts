import { asAdmin } from '@formwork/testkit';
import { Random } from '../differential/random.ts';
import { apart, lookalike, trade } from './designs.ts';
import { Markers } from './markers.ts';
import { type Operation, Operations } from './operations.ts';
import { type Reply, World } from './world.ts';

export interface FuzzOptions {
  readonly operations: number;
  readonly seed: number;
  /** Told now and then how many are done. */
  readonly tell?: (done: number) => void;
  /** Before the first operation: a protection is taken away, to see that it is missed. */
  readonly prepare?: (world: World) => Promise<void>;
}

export interface FuzzOutcome {
  readonly seed: number;
  readonly operations: number;
  /** By tenant and kind. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly statuses: ReadonlyMap<string, number>;
  /** Answers with data, and with errors. */
  readonly answered: number;
  readonly refused: number;
  /** Answers that were compared with those of a twin that is alone. */
  readonly compared: number;
  /** Requests whose client went away. */
  readonly left: number;
  /** What others have that was said to a tenant that does not. */
  readonly thrown: number;
  readonly leaks: readonly string[];
}

/** A tenant's answers that said this much is what a leak is reported with. */
const shown = 1500;
const mostLeaks = 5;

/**
 * Four tenants at once over three connections, two of one shape. Each says in every place what the others have; beside
 * them clients go away in the middle. The first has a twin in a database of its own, which is asked the same: whatever
 * another tenant did to its answers, its counts and numbers included, is a difference.
 */
export async function runFuzz(
  options: FuzzOptions,
  inspect?: (world: World) => Promise<void>,
): Promise<FuzzOutcome> {
  const world = await World.open({ a: trade, b: trade, c: lookalike('zqc'), d: apart('zqd') }, 'debug');
  const alone = await World.open({ a: trade }, 'silent');
  try {
    await options.prepare?.(world);
    const run = new Fuzz(world, alone, options);
    await run.all();
    await inspect?.(world);
    return run.outcome();
  } finally {
    await world.close();
    await alone.close();
  }
}

class Fuzz {
  readonly #world: World;
  readonly #alone: World;
  readonly #options: FuzzOptions;
  readonly #markers = new Markers();
  readonly #kinds = new Map<string, number>();
  readonly #statuses = new Map<string, number>();
  readonly #leaks: string[] = [];
  readonly #makers: ReadonlyMap<string, Operations>;
  #left: number;
  #answered = 0;
  #refused = 0;
  #compared = 0;
  #leaving = 0;
  #foreign = 0;

  constructor(world: World, alone: World, options: FuzzOptions) {
    this.#world = world;
    this.#alone = alone;
    this.#options = options;
    this.#left = options.operations;
    const texts = new Map<string, string[]>();
    this.#makers = new Map(
      [...world.fighters.keys()].map((letter, index) => [
        letter,
        new Operations(world, this.#markers, options.seed + index, letter, texts),
      ]),
    );
  }

  async all(): Promise<void> {
    for (const letter of this.#makers.keys()) this.#noteFixtures(letter);
    let isDone = false;
    const noise = this.#noise(() => isDone);
    try {
      await Promise.all([...this.#makers.keys()].map((letter) => this.#fight(letter)));
    } finally {
      isDone = true;
      await noise;
    }
    await this.#checkOwners();
  }

  outcome(): FuzzOutcome {
    return {
      seed: this.#options.seed,
      operations: this.#options.operations,
      kinds: this.#kinds,
      statuses: this.#statuses,
      answered: this.#answered,
      refused: this.#refused,
      compared: this.#compared,
      left: this.#leaving,
      thrown: this.#foreign,
      leaks: this.#leaks,
    };
  }

  /** Ids that are known from the start. */
  #noteFixtures(letter: string): void {
    this.#markers.claim(letter, this.#world.fighter(letter).tenant.id);
  }

  async #fight(letter: string): Promise<void> {
    const maker = this.#makers.get(letter) as Operations;
    while (this.#left > 0 && this.#leaks.length < mostLeaks) {
      this.#left -= 1;
      if (this.#left % 10_000 === 0) this.#options.tell?.(this.#options.operations - this.#left);
      const operation = maker.next();
      const reply = await this.#ask(letter, operation);
      if (letter === 'a') await this.#compare(operation, reply);
    }
  }

  async #ask(letter: string, operation: Operation): Promise<string> {
    const body = filled(this.#world, letter, operation.body);
    this.#markers.noteSaid(letter, body);
    if (this.#hasForeign(letter, body)) this.#foreign += 1;
    const reply = await this.#world.send(letter, { ...operation, body });
    this.#count(letter, operation, reply);
    const leaks = this.#markers.leaksIn(letter, reply.whole);
    if (leaks.length > 0) {
      this.#leak(letter, operation, `${leaks.join(', ')} in ${reply.whole.slice(0, shown)}`);
    }
    return this.#comparable(this.#world, letter, reply);
  }

  /** A bad key is no tenant's; what it says is the same for all. */
  async #compare(operation: Operation, answer: string): Promise<void> {
    const body = filled(this.#alone, 'a', operation.body);
    const twin = this.#comparable(this.#alone, 'a', await this.#alone.send('a', { ...operation, body }));
    this.#compared += 1;
    if (answer !== twin) {
      this.#leak(
        'a',
        operation,
        `differs from its twin\n  ${answer.slice(0, shown)}\n  ${twin.slice(0, shown)}`,
      );
    }
  }

  #comparable(world: World, letter: string, { status, body }: Reply): string {
    const isForeign = (id: string) => (this.#markers.ownerOf(id) ?? letter) !== letter;
    return `${status} ${world.comparable(letter, body, isForeign)}`;
  }

  #hasForeign(letter: string, body: string): boolean {
    return [...this.#makers.keys()].some((other) => other !== letter && body.includes(`zq${other}`));
  }

  #count(letter: string, { kind }: Operation, { status, body }: Reply): void {
    const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
    add(this.#kinds, `${letter} ${kind}`);
    add(this.#statuses, String(status));
    if (body.includes('"errors":')) this.#refused += 1;
    else this.#answered += 1;
  }

  #leak(letter: string, { kind, body }: Operation, what: string): void {
    this.#leaks.push(
      `Tenant ${letter}, "${kind}" (seed ${this.#options.seed}): ${what}\n  ${body.slice(0, shown)}`,
    );
  }

  /** Reads of all tenants whose clients do not wait, and writes of those without a twin. */
  async #noise(isDone: () => boolean): Promise<void> {
    const random = new Random(this.#options.seed + 1000);
    const reads = [
      '{ __typename a: nodes(ids: []) { id } }',
      '{ buyers(first: 50) { nodes { id orders { totalCount } } totalCount } }',
    ];
    while (!isDone()) {
      const letter = random.pick(['a', 'b', 'c', 'd']);
      const write = `mutation { createBuyer(input: { name: "${this.#markers.fresh('b')}" }) { buyer { id } } }`;
      const query = letter === 'b' && random.chance(0.5) ? write : random.pick(reads);
      this.#leaving += 1;
      await this.#world.sendAndLeave(letter, JSON.stringify({ query }), 1 + random.below(12));
      await new Promise((resolve) => setTimeout(resolve, random.below(20)));
    }
  }

  /** What a tenant was given is what the tables say is its own. */
  async #checkOwners(): Promise<void> {
    const { rows } = await asAdmin(this.#world.harness.database, (admin) =>
      admin.query<{ id: string; slug: string }>(
        'select r.id, t.slug from formwork.records r join formwork.tenants t on t.id = r.tenant_id',
      ),
    );
    for (const { id, slug } of rows) {
      const owner = this.#markers.ownerOf(id);
      if (owner !== undefined && slug !== `fighter-${owner}`)
        this.#leaks.push(`${slug} has ${id}, which ${owner} was given`);
    }
  }
}

/** With the ids and cursors that stand for placeholders in this world. */
function filled(world: World, letter: string, body: string): string {
  return body
    .replace(/#(\d+)#/g, (_, place: string) => world.id(letter, Number(place)))
    .replace(/@(\d+)@/g, (_, place: string) => world.cursor(letter, Number(place)));
}
