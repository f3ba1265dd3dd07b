import type { Registry } from '@formwork/registry';
import type { WrittenNames } from './written-names.ts';

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
  readonly written: WrittenNames;
  /** As the role saw it the last time. */
  registry: Registry;
  uses: number;
  lastUsedAt: number;
  /** Of names in variables, which need not be the same each time. */
  readonly given: Map<string, number>;
}

/** Beyond this many, clients are no longer told apart, until the gateway has told of them. */
const mostTallies = 20_000;

/** Counts in memory who runs which operation: for each request that comes again a look into three maps. */
export class UsageLedger {
  #tenants = new Map<string, Map<string, Map<WrittenNames, Tally>>>();
  #size = 0;

  note(
    tenantId: string,
    client: UsingClient,
    registry: Registry,
    written: WrittenNames,
    given: ReadonlySet<string>,
  ): void {
    const by =
      this.#size < mostTallies ? client : { ...client, client: '', clientVersion: '', operation: '' };
    const tally = this.#tally(tenantId, by, registry, written);
    tally.registry = registry;
    tally.uses += 1;
    tally.lastUsedAt = Date.now();
    for (const name of given) tally.given.set(name, (tally.given.get(name) ?? 0) + 1);
  }

  /** All that was counted, by tenant; from now on it counts from the beginning. */
  take(): ReadonlyMap<string, readonly Tally[]> {
    const taken = this.#tenants;
    this.#tenants = new Map();
    this.#size = 0;
    return new Map(
      [...taken].map(([tenantId, clients]) => [
        tenantId,
        [...clients.values()].flatMap((tallies) => [...tallies.values()]),
      ]),
    );
  }

  /** What could not be told after all. */
  putBack(tenantId: string, tallies: readonly Tally[]): void {
    for (const { by, written, registry, uses, lastUsedAt, given } of tallies) {
      const tally = this.#tally(tenantId, by, registry, written);
      tally.uses += uses;
      tally.lastUsedAt = Math.max(tally.lastUsedAt, lastUsedAt);
      for (const [name, count] of given) tally.given.set(name, (tally.given.get(name) ?? 0) + count);
    }
  }

  get size(): number {
    return this.#size;
  }

  #tally(tenantId: string, by: UsingClient, registry: Registry, written: WrittenNames): Tally {
    const clients = getOrMake(this.#tenants, tenantId, () => new Map<string, Map<WrittenNames, Tally>>());
    // None of them has a line break: headers cannot, and names of operations and roles are words.
    const key = `${by.client}\n${by.clientVersion}\n${by.operation}\n${by.role}`;
    const tallies = getOrMake(clients, key, () => new Map<WrittenNames, Tally>());
    return getOrMake(tallies, written, () => {
      this.#size += 1;
      return { by, written, registry, uses: 0, lastUsedAt: 0, given: new Map() };
    });
  }
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
