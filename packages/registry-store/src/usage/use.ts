/** That an operation of a client used a field, or an entity, by one of its names. */
export interface Use {
  /** Storage keys; of the entity itself, `field` is empty. */
  readonly entityType: string;
  readonly field: string;
  /** The key of then that the client's name came from; empty where nobody wrote a name. */
  readonly name: string;
  readonly client: string;
  readonly clientVersion: string;
  readonly operation: string;
  /** "selection", "filter", "order", "input", "key", "rule", "formula" … */
  readonly ways: readonly string[];
  readonly uses: number;
}

/** As gateways tell of it. */
export interface CountedUse extends Use {
  /** Milliseconds since the last time. */
  readonly age: number;
}

/** As it is kept. */
export interface RecordedUse extends Use {
  readonly lastUsedAt: Date;
}

/** How many clients' operations are kept of one name of one field: the latest. */
export const mostClients = 200;

/** How many uses are kept of one tenant, of names that are gone too. */
export const mostUses = 20_000;

/** Longer names of clients, versions and operations are cut. */
export const longestName = 100;
