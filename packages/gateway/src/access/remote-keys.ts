import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';

export interface RemoteKeysOptions {
  readonly url: string;
  readonly cacheSeconds: number;
  readonly cooldownSeconds: number;
  /** Hears why a reading failed. */
  readonly onFailure: (error: unknown) => void;
}

/** The published keys cannot be had, so no token can be told from another: not the client's fault. */
export class KeysUnavailableError extends Error {
  constructor() {
    super('the keys that tokens are signed with cannot be read');
    this.name = 'KeysUnavailableError';
  }
}

const timeout = 5_000;
const largest = 1_000_000;

/**
 * A published JWK Set: kept for a while, read again when a token names a key that is not in it, which is how issuers
 * rotate, but not more often than the cool-down allows, for anybody can name keys. While the issuer is away, what
 * was read last is good. (jose's own remote set asks an issuer that is away again for each token, and keeps nothing.)
 */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  #keys: JWTVerifyGetKey | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
  }

  /** @throws KeysUnavailableError, or jose's errors where no key fits */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const { cacheSeconds } = this.#options;
    if (performance.now() - this.#readAt >= cacheSeconds * 1000) await this.#readIfCool();
    try {
      return await this.#known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#readIfCool())) throw error;
      return this.#known(header, token);
    }
  };

  get #known(): JWTVerifyGetKey {
    if (this.#keys === null) throw new KeysUnavailableError();
    return this.#keys;
  }

  /** Whether it has read; many that ask at once share one reading. */
  async #readIfCool(): Promise<boolean> {
    const isCool = performance.now() - this.#triedAt >= this.#options.cooldownSeconds * 1000;
    if (this.#reading === null && !isCool) return false;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
    return true;
  }

  async #read(): Promise<void> {
    this.#triedAt = performance.now();
    try {
      const response = await fetch(this.#options.url, {
        headers: { accept: 'application/jwk-set+json, application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
      });
      if (!response.ok) throw new Error(`the answer has status ${response.status}`);
      const text = await response.text();
      if (text.length > largest) throw new Error(`the answer has more than ${largest} characters`);
      this.#keys = createLocalJWKSet(JSON.parse(text));
      this.#readAt = performance.now();
    } catch (error) {
      this.#options.onFailure(error);
    }
  }
}
