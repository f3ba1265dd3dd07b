import { asAdmin } from '@formwork/testkit';
import { Random } from '../differential/random.ts';
import { apart, lookalike, trade } from './designs.ts';
import { Markers } from './markers.ts';
import { type Operation, Operations } from './operations.ts';
import { Tally } from './tally.ts';
import { type Reply, World } from './world.ts';

export interface FuzzOptions {
  readonly operations: number;
  readonly seed: number;
  /** Whether Postgres tells its plans, for `inspect` to look at. */
  readonly plans?: boolean;
  /** Before the first operation: a protection is taken away, to see that it is missed. */
  readonly prepare?: (world: World) => Promise<void>;
}

/** A tenant's answers that said this much is what a leak is reported with. */
const shown = 1500;
const mostLeaks = 5;
/** So many operations to one client that goes away, and to one tenant's keys that change. */
const pace = { leaving: 10, keys: 500 };

/**
 * Four tenants at once over three connections, two of one shape. Each says in every place what the others have; beside
 * them clients go away in the middle. The first has a twin in a database of its own, which is asked the same: whatever
 * another tenant did to its answers, its counts and numbers included, is a difference, and so is a statement more or
 * less on the way to it.
 */
export async function runFuzz(
  options: FuzzOptions,
  inspect?: (world: World) => Promise<void>,
): Promise<Tally> {
  const world = await World.open(
    { a: trade, b: trade, c: lookalike('zqc'), d: apart('zqd') },
    { plans: options.plans ?? false },
  );
  const alone = await World.open({ a: trade });
  try {
    await options.prepare?.(world);
    const run = new Fuzz(world, alone, options);
    const hearing = await world.listen();
    await run.all();
    await hearing.stop();
    await inspect?.(world);
    return run.tally;
  } finally {
    await world.close();
    await alone.close();
  }
}

class Fuzz {
  readonly tally: Tally;
  readonly #world: World;
  readonly #alone: World;
  readonly #markers = new Markers();
  readonly #makers: ReadonlyMap<string, Operations>;
  readonly #random: Random;
  readonly #beside = new Set<Promise<void>>();
  #left: number;

  constructor(world: World, alone: World, { operations, seed }: FuzzOptions) {
    this.#world = world;
    this.#alone = alone;
    this.#left = operations;
    this.#random = new Random(seed + 1000);
    this.tally = new Tally(seed, operations);
    const texts = new Map<string, string[]>();
    this.#makers = new Map(
      [...world.fighters.keys()].map((letter, index) => [
        letter,
        new Operations(world, this.#markers, seed + index, letter, texts),
      ]),
    );
  }

  async all(): Promise<void> {
    for (const [letter, { tenant }] of this.#world.fighters) this.#markers.claim(letter, tenant.id);
    for (const one of [this.#world, this.#alone]) one.statements.follow(one.fighter('a').tenant.id);
    await Promise.all([...this.#makers.keys()].map((letter) => this.#fight(letter)));
    await Promise.all(this.#beside);
    await this.#checkOwners();
    this.#checkNotifications();
  }

  async #fight(letter: string): Promise<void> {
    const maker = this.#makers.get(letter) as Operations;
    while (this.#left > 0 && this.tally.leaks.length < mostLeaks) {
      this.#left -= 1;
      this.#disturb();
      const operation = maker.next();
      const reply = await this.#ask(letter, operation);
      if (letter === 'a' && !operation.isOfAll) await this.#compare(operation, reply);
    }
  }

  async #ask(letter: string, operation: Operation): Promise<string> {
    const body = filled(this.#world, letter, operation.body);
    this.#markers.noteSaid(letter, body);
    const reply = await this.#world.send(letter, { ...operation, body });
    this.tally.count(letter, operation.kind, reply, this.#hasForeign(letter, body));
    const leaks = this.#markers.leaksIn(letter, reply.whole);
    if (leaks.length > 0) {
      this.#leak(letter, operation, `${leaks.join(', ')} in ${reply.whole.slice(0, shown)}`);
    }
    if (operation.isOfAll && reply.body.includes('fighter-')) {
      this.#leak(letter, operation, `names a tenant: ${reply.body.slice(0, shown)}`);
    }
    return this.#comparable(this.#world, letter, reply);
  }

  /** Answers, and the statements that led to them: what another has is found as little as what nobody has. */
  async #compare(operation: Operation, answer: string): Promise<void> {
    const body = filled(this.#alone, 'a', operation.body);
    const twin = this.#comparable(this.#alone, 'a', await this.#alone.send('a', { ...operation, body }));
    const [sent, twinSent] = await this.#statements();
    this.tally.compared += 1;
    this.tally.comparedStatements += sent.length;
    const differs = (what: string, one: string, other: string) =>
      this.#leak('a', operation, `${what}\n  ${one.slice(0, shown)}\n  ${other.slice(0, shown)}`);
    if (answer !== twin) differs('differs from its twin', answer, twin);
    else if (String(sent) !== String(twinSent)) {
      const without = (all: string[], others: string[]) =>
        `${all.length}: ${all.filter((text) => !others.includes(text)).join('; ')}`;
      differs('sent other statements than its twin', without(sent, twinSent), without(twinSent, sent));
    }
  }

  /** Of both since they were last asked. One field that fails ends the answer while others are still asked for. */
  async #statements(): Promise<[string[], string[]]> {
    const take = (world: World) => world.statements.take(world.fighter('a').tenant.id);
    let [sent, twin] = [take(this.#world), take(this.#alone)];
    for (let tries = 0; String(sent) !== String(twin) && tries < 50; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      sent = [...sent, ...take(this.#world)].sort();
      twin = [...twin, ...take(this.#alone)].sort();
    }
    return [sent, twin];
  }

  #comparable(world: World, letter: string, { status, body }: Reply): string {
    const isForeign = (id: string) => (this.#markers.ownerOf(id) ?? letter) !== letter;
    return `${status} ${world.comparable(letter, body, isForeign)}`;
  }

  #hasForeign(letter: string, body: string): boolean {
    return [...this.#makers.keys()].some((other) => other !== letter && body.includes(`zq${other}`));
  }

  #leak(letter: string, { kind, body }: Operation, what: string): void {
    this.tally.leaks.push(
      `Tenant ${letter}, "${kind}" (seed ${this.tally.seed}): ${what}\n  ${body.slice(0, shown)}`,
    );
  }

  /** Beside the operations, of those without a twin: clients that do not wait for what they asked, and keys that end. */
  #disturb(): void {
    if (this.#left % pace.leaving === 0) this.#alongside(this.#leave());
    if (this.#left % pace.keys === 0)
      this.#alongside(this.#world.changeKeys(this.#random.pick(['b', 'c', 'd'])));
  }

  #alongside(work: Promise<void>): void {
    const done = work.finally(() => this.#beside.delete(done));
    this.#beside.add(done);
  }

  async #leave(): Promise<void> {
    const reads = [
      '{ __typename a: nodes(ids: []) { id } }',
      '{ buyers(first: 50) { nodes { id orders { totalCount } } totalCount } }',
    ];
    const letter = this.#random.pick(['b', 'c', 'd']);
    const write = `mutation { createBuyer(input: { name: "${this.#markers.fresh('b')}" }) { buyer { id } } }`;
    const query = letter === 'b' && this.#random.chance(0.5) ? write : this.#random.pick(reads);
    this.tally.left += 1;
    await this.#world.sendAndLeave(letter, JSON.stringify({ query }), 1 + this.#random.below(12));
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
        this.tally.leaks.push(`${slug} has ${id}, which ${owner} was given`);
    }
  }

  /** Whoever listens learns that a tenant changed, and to which version. */
  #checkNotifications(): void {
    for (const one of this.#world.notifications) {
      this.tally.notifications += 1;
      if (!/^formwork_(registry|access) \{"tenant" ?: ?"[0-9a-f-]{36}", ?"version" ?: ?\d+\}$/.test(one))
        this.tally.leaks.push(`a notification says ${one.slice(0, shown)}`);
    }
  }
}

/** With the ids and cursors that stand for placeholders in this world. */
function filled(world: World, letter: string, body: string): string {
  return body
    .replace(/#(\d+)#/g, (_, place: string) => world.id(letter, Number(place)))
    .replace(/@(\d+)@/g, (_, place: string) => world.cursor(letter, Number(place)));
}
