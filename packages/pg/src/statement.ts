/** A statement with its parameters, in Postgres' text format; types are told by casts in the text. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
  /**
   * For a read: true where one plan is the best for every tenant and every value, as in a look-up by primary key. Any
   * other is planned for the tenant and the values at hand each time, unless the tenant is small (see `TenantSizes`),
   * because a plan that was made for a small tenant has been seen to take 40 ms for a large one instead of 1; a reused plan
   * saves 0.3 ms. In a batch one statement that needs a plan of its own decides for all.
   */
  readonly reusesPlan?: boolean;
}

/** A row as it came over the wire: the text of each column. What a text means is known to whoever asked. */
export type Row = readonly (string | null)[];

/** Versions of the tenant as the database had them when the batch or transaction began. */
export interface TenantVersions {
  /** Version of the registry. */
  readonly registry: number;
  /** Raised when an API key is made or revoked. */
  readonly access: number;
}

/** As much of an AbortSignal as a batch listens to: a request has something cheaper that does as well. */
export interface Cancellation {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface BatchOptions {
  /** Time for the whole batch, in milliseconds; then it is cancelled and fails with code "TIMEOUT". */
  readonly budget?: number;
  /** Cancels the batch, as when the client has gone away. */
  readonly signal?: Cancellation;
}

/** What a batch of reads gives: for each statement its rows or its error; one that fails leaves the others whole. */
export interface ReadOutcome {
  readonly versions: TenantVersions;
  readonly results: readonly (readonly Row[] | Error)[];
}

/** A transaction of one tenant on one connection. */
export interface TenantTransaction {
  /**
   * Begins, where nothing has been run yet, and gives the versions as they were then. The first statements that are run
   * begin it just as well, in one message with them; if they fail, the versions are known all the same.
   */
  begin(): Promise<TenantVersions>;
  /** Sends the statements in one message; resolves with the rows of each. After an error nothing more can be run. */
  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
}

/** Connections that there are, how many of them are lent, and callers that wait for one. */
export interface PoolLoad {
  readonly open: number;
  readonly busy: number;
  readonly waiting: number;
}

/**
 * The data plane: the only way from a request to Postgres. Nothing runs without a tenant, and no connection ever has
 * statements of two tenants in flight.
 */
export interface DataPlane {
  /**
   * Runs reads as one message with one Sync: the tenant is set, then each statement; one implicit transaction, one
   * round trip. If one fails, the others are run again, each by itself.
   */
  read(tenantId: string, statements: readonly Statement[], options?: BatchOptions): Promise<ReadOutcome>;
  /**
   * The same with the tenant named by its slug: for looking an API key up, which names its tenant. Under a slug that
   * is nobody's everything with a policy is empty, and the versions are 0.
   */
  readAs(slug: string, statements: readonly Statement[], options?: BatchOptions): Promise<ReadOutcome>;
  /**
   * Lends a transaction that is fenced by the registry version: fails with code "SCHEMA_CHANGED" when the tenant's
   * registry is not at `expectedVersion`, before any statement of `work` is run, and even where there is none. Commits
   * when `work` resolves, rolls back when it rejects, and is tried again (three times in all, the last time as the
   * tenant's only writer) after a deadlock or serialization failure (40P01, 40001, 55P03), then fails with "CONFLICT".
   * Only a COMMIT that answers COMMIT counts.
   */
  write<T>(
    tenantId: string,
    expectedVersion: number,
    work: (transaction: TenantTransaction) => Promise<T>,
    options?: BatchOptions,
  ): Promise<T>;
  /**
   * Runs writes as one message with one Sync, fenced by both versions: one round trip, for what needs no decision
   * between its statements. Gives the rows of each once all is committed; null where Postgres has refused any of it, or
   * the versions are others: then nothing was done, and `write` can tell why. Rejects where that is not certain.
   */
  writeWhole(
    tenantId: string,
    expected: TenantVersions,
    statements: readonly Statement[],
    options?: BatchOptions,
  ): Promise<readonly (readonly Row[])[] | null>;
  /** At this moment. */
  readonly load: PoolLoad;
  close(): Promise<void>;
}
