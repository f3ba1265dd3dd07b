import crypto from 'node:crypto';
import type { Caller } from '@formwork/directory';
import { LRUCache } from 'lru-cache';

export interface CallersOptions {
  /** Looks the key up; null for one that is unknown, revoked or expired. */
  readonly authenticate: (key: string) => Promise<Caller | null>;
  readonly keyCacheSeconds: number;
}

/** Of what is remembered: an issuer may give out any number of tokens, with many claims each. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Verified keys and tokens, remembered for a while under their hash. Every batch brings the tenant's access version along, so
 * a key that was revoked is found out by the very request that uses it.
 */
export class Callers {
  readonly #options: CallersOptions;
  readonly #known: LRUCache<string, Caller>;

  constructor(options: CallersOptions) {
    this.#options = options;
    const ttl = Math.max(1, options.keyCacheSeconds * 1000);
    this.#known = new LRUCache({
      maxSize: mostBytes,
      sizeCalculation: ({ claims }) => 500 + 2 * JSON.stringify(claims).length,
      ttl,
      // For so long it holds what the clock said, and sets a timer to forget it: it would do so each millisecond.
      ttlResolution: Math.max(1, Math.floor(ttl / 100)),
    });
  }

  /** At once where it is remembered. */
  find(key: string): Caller | null | Promise<Caller | null> {
    const known = this.#known.get(hashOf(key));
    if (known === undefined) return this.verify(key);
    return known.expiresAt === null || known.expiresAt.getTime() > Date.now() ? known : null;
  }

  /** Asks the database, whatever is remembered. */
  async verify(key: string): Promise<Caller | null> {
    const caller = await this.#options.authenticate(key);
    if (caller === null) this.#known.delete(hashOf(key));
    else this.#known.set(hashOf(key), caller);
    return caller;
  }

  /** Forgets a tenant's keys, as when one was revoked. */
  drop(tenantId: string): void {
    for (const [hash, caller] of this.#known.entries()) {
      if (caller.tenant.id === tenantId) this.#known.delete(hash);
    }
  }

  dropAll(): void {
    this.#known.clear();
  }

  get size(): number {
    return this.#known.size;
  }
}

/** Half the cost, where Node has it (20.12). */
const { hash } = crypto as Partial<typeof crypto>;

/** The memory of a gateway holds no keys, only this. */
function hashOf(key: string): string {
  if (hash !== undefined) return hash('sha256', key, 'base64');
  return crypto.createHash('sha256').update(key).digest('base64');
}
