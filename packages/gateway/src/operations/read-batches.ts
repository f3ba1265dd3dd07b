import {
  type BatchOptions,
  DatabaseError,
  type DataPlane,
  type ReadOutcome,
  type Statement,
  type TenantVersions,
} from '@formwork/pg';

/** Thrown into an operation whose tenant has moved on: what it would find is thrown away, so it need not go on. */
export class MovedError extends Error {
  constructor() {
    super('the tenant has moved to another version');
    this.name = 'MovedError';
  }
}

/** Postgres' "undefined_table": a view that was swept away because no registry uses it any more. */
const viewIsGone = '42P01';

export interface ReadBatchesOptions {
  readonly dataPlane: DataPlane;
  readonly tenantId: string;
  /** The versions that the query was planned for. */
  readonly expected: TenantVersions;
  readonly batchOptions: () => BatchOptions;
  /** Whether a view that is gone counts as having moved: once it was read again, it is an error like any other. */
  readonly mindsMissingViews: boolean;
}

/** Where a tenant is, and whether that is elsewhere than the query was planned for. */
export interface Proof {
  readonly versions: TenantVersions;
  readonly moved: boolean;
}

/**
 * The batches of one query. Each brings the tenant's versions along; when they are not those that the query was
 * planned for, it stops, and `versions` says where the tenant is now.
 */
export class ReadBatches {
  readonly #options: ReadBatchesOptions;
  #seen: TenantVersions | null = null;
  #moved = false;

  constructor(options: ReadBatchesOptions) {
    this.#options = options;
  }

  readonly run = (statements: readonly Statement[]): Promise<ReadOutcome['results']> => {
    if (this.#moved) return Promise.reject(new MovedError());
    const { dataPlane, tenantId, batchOptions } = this.#options;
    return dataPlane.read(tenantId, statements, batchOptions()).then((outcome) => this.#take(outcome));
  };

  /** The versions as the database has them. Asks for them alone where nothing else was read. */
  prove(): Proof | Promise<Proof> {
    return this.#seen === null ? this.#ask() : { versions: this.#seen, moved: this.#moved };
  }

  async #ask(): Promise<Proof> {
    await this.run([]).catch(ignoreMoved);
    if (this.#seen === null) throw new MovedError();
    return { versions: this.#seen, moved: this.#moved };
  }

  #take({ versions, results }: ReadOutcome): ReadOutcome['results'] {
    const { expected, mindsMissingViews } = this.#options;
    this.#seen = versions;
    this.#moved ||= versions.registry !== expected.registry || versions.access !== expected.access;
    this.#moved ||= mindsMissingViews && results.some(isMissingView);
    if (this.#moved) throw new MovedError();
    return results;
  }
}

function isMissingView(result: ReadOutcome['results'][number]): boolean {
  return result instanceof DatabaseError && result.sqlstate === viewIsGone;
}

function ignoreMoved(error: unknown): void {
  if (!(error instanceof MovedError)) throw error;
}
