import { createLogger, type Logger } from '@formwork/gateway';

interface Batch {
  readonly tenantId: string;
  readonly statements: readonly string[];
}

/** Of more the plans are not looked at: a run of a million operations has to fit into memory. */
const mostTexts = 20_000;

/** What a gateway sends to Postgres. */
export class SentStatements {
  /** Every distinct text, with the tenant that it was sent for first. */
  readonly texts = new Map<string, string>();
  readonly #followed = new Map<string, string[]>();

  /** From now on `take` gives what is sent for this tenant. */
  follow(tenantId: string): void {
    this.#followed.set(tenantId, []);
  }

  /**
   * What was sent for a tenant since it was last asked, sorted, as batches may overtake each other. Without the
   * statements that ask for its keys: when they are asked for is a matter of time.
   */
  take(tenantId: string): string[] {
    const taken = this.#followed.get(tenantId) ?? [];
    if (taken.length > 0) this.#followed.set(tenantId, []);
    return taken.filter((text) => !text.includes('api_keys')).sort();
  }

  /** For a gateway; it hears of batches as they are, where a log would make lines of them. */
  get logger(): Logger {
    const debug = (said: unknown, message?: unknown) => {
      if (message === 'batch') this.#hear(said as Batch);
    };
    return Object.assign(createLogger({ logLevel: 'silent' }), { debug, isLevelEnabled: () => true });
  }

  #hear({ tenantId, statements }: Batch): void {
    for (const text of statements) {
      if (!this.texts.has(text) && this.texts.size < mostTexts) this.texts.set(text, tenantId);
    }
    this.#followed.get(tenantId)?.push(...statements);
  }
}
