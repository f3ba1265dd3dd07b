import type { UsedThing } from './used-things.ts';

/** Who uses something: a client by the name that it gives, or a key. */
export interface UsingClient {
  readonly client: string;
  readonly clientVersion: string;
  readonly operation: string;
  /** The role that it acts in: its rules use fields too. */
  readonly role: string;
}

/** How often one operation of one client ran since the gateway last told of it. */
export interface Tally {
  readonly by: UsingClient;
  /** What the operation uses, whatever its variables are. */
  readonly things: readonly UsedThing[];
  uses: number;
  lastUsedAt: number;
  /** By names in variables, which need not be the same each time. */
  readonly given: Map<string, Given>;
}

interface Given {
  /** What the name stood for the last time. */
  things: readonly UsedThing[];
  count: number;
}

/**
 * Names times clients that are told apart, of one tenant and of all; see `note`. Whoever makes up names of clients
 * would else fill the memory of all tenants' gateway, and what is told to the database at once. It is some 20 MB at most.
 */
const mostNames = { tenant: 20_000, all: 200_000 };
/** What one client takes that runs one operation, in names. */
const tallyWeight = 10;
/** Most names are two things: a field, and the entity that it is of. */
const thingsOfName = 2;

interface TenantUsage {
  readonly clients: Map<string, Map<readonly UsedThing[], Tally>>;
  names: number;
}

/** Counts in memory who runs which operation: for each request that comes again a look into three maps. */
export class UsageLedger {
  #tenants = new Map<string, TenantUsage>();
  #names = 0;

  /**
   * `things`: the same list for the same operation; `given`: by names in variables. Beyond what is kept apart it stays known
   * that something was used, until this is told, and no longer by whom.
   */
  note(
    tenantId: string,
    client: UsingClient,
    things: readonly UsedThing[],
    given: Iterable<readonly [name: string, things: readonly UsedThing[]]>,
  ): void {
    const usage = this.#usageOf(tenantId);
    const tally = this.#add(usage, { by: client, things, uses: 1, lastUsedAt: Date.now() });
    for (const [name, named] of given) this.#give(usage, tally, name, named, 1);
  }

  /** All that was counted, by tenant; from now on it counts from the beginning. */
  take(): ReadonlyMap<string, readonly Tally[]> {
    const taken = this.#tenants;
    this.#tenants = new Map();
    this.#names = 0;
    return new Map(
      [...taken].map(([tenantId, { clients }]) => [
        tenantId,
        [...clients.values()].flatMap((tallies) => [...tallies.values()]),
      ]),
    );
  }

  /** What could not be told after all. Where others have come meanwhile, and it is too much, nobody is named any more. */
  putBack(tenantId: string, tallies: readonly Tally[]): void {
    const usage = this.#usageOf(tenantId);
    for (const counted of tallies) {
      const tally = this.#add(usage, counted);
      for (const [name, { things, count }] of counted.given) this.#give(usage, tally, name, things, count);
    }
  }

  /** Names times clients that are not told yet. */
  get size(): number {
    return this.#names;
  }

  /** Gives the tally that it is counted in. */
  #add(usage: TenantUsage, { by, things, uses, lastUsedAt }: Omit<Tally, 'given'>): Tally {
    const isFull = usage.names >= mostNames.tenant || this.#names >= mostNames.all;
    const tally = isFull
      ? this.#tally(usage, { ...unnamed, role: by.role }, nothing)
      : this.#tally(usage, by, things);
    tally.uses += uses;
    tally.lastUsedAt = Math.max(tally.lastUsedAt, lastUsedAt);
    if (isFull) for (const thing of things) this.#give(usage, tally, thing.id, [thing], uses);
    return tally;
  }

  #usageOf(tenantId: string): TenantUsage {
    return getOrMake(this.#tenants, tenantId, () => ({ clients: new Map(), names: 0 }));
  }

  #tally(usage: TenantUsage, by: UsingClient, things: readonly UsedThing[]): Tally {
    // None of them has a line break: headers cannot, and names of operations and roles are words.
    const key = `${by.client}\n${by.clientVersion}\n${by.operation}\n${by.role}`;
    const tallies = getOrMake(usage.clients, key, () => new Map<readonly UsedThing[], Tally>());
    return getOrMake(tallies, things, () => {
      this.#grow(usage, Math.ceil(things.length / thingsOfName) + tallyWeight);
      return { by, things, uses: 0, lastUsedAt: 0, given: new Map() };
    });
  }

  #give(
    usage: TenantUsage,
    { given }: Tally,
    name: string,
    things: readonly UsedThing[],
    count: number,
  ): void {
    const before = given.get(name);
    if (before === undefined) {
      this.#grow(usage, 1);
      given.set(name, { things, count });
      return;
    }
    before.things = things;
    before.count += count;
  }

  #grow(usage: TenantUsage, names: number): void {
    usage.names += names;
    this.#names += names;
  }
}

const unnamed = { client: '', clientVersion: '', operation: '' };
const nothing: readonly UsedThing[] = [];

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
