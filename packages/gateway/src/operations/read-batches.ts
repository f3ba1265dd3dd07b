import type { BatchOptions, DataPlane, ReadOutcome, Statement, TenantVersions } from '@formwork/pg';

/** Thrown into an operation whose tenant has moved on: what it would find is thrown away, so it need not go on. */
export class MovedError extends Error {
  constructor() {
    super('the tenant has moved to another version');
    this.name = 'MovedError';
  }
}

/** Postgres' "undefined_table": a view that was swept away because no registry uses it any more. */
const viewIsGone = '42P01';

/**
 * The batches of one query. Each brings the tenant's versions along; when they are not those that the query was
 * planned for, it stops, and `versions` says where the tenant is now.
 */
export class ReadBatches {
  readonly #dataPlane: DataPlane;
  readonly #tenantId: string;
  readonly #expected: TenantVersions;
  readonly #options: () => BatchOptions;
  #seen: TenantVersions | null = null;
  #moved = false;

  constructor(dataPlane: DataPlane, tenantId: string, expected: TenantVersions, options: () => BatchOptions) {
    this.#dataPlane = dataPlane;
    this.#tenantId = tenantId;
    this.#expected = expected;
    this.#options = options;
  }

  readonly run = async (statements: readonly Statement[]): Promise<ReadOutcome['results']> => {
    if (this.#moved) throw new MovedError();
    const { versions, results } = await this.#dataPlane.read(this.#tenantId, statements, this.#options());
    this.#seen = versions;
    this.#moved ||=
      versions.registry !== this.#expected.registry || versions.access !== this.#expected.access;
    this.#moved ||= results.some((result) => 'sqlstate' in result && result.sqlstate === viewIsGone);
    if (this.#moved) throw new MovedError();
    return results;
  };

  /** The versions as the database has them. Asks for them alone where nothing else was read. */
  async prove(): Promise<{ readonly versions: TenantVersions; readonly moved: boolean }> {
    if (this.#seen === null) await this.run([]).catch(ignoreMoved);
    if (this.#seen === null) throw new MovedError();
    return { versions: this.#seen, moved: this.#moved };
  }
}

function ignoreMoved(error: unknown): void {
  if (!(error instanceof MovedError)) throw error;
}
