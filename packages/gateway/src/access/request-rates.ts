import { LRUCache } from 'lru-cache';
import { requestError } from '../request-error.ts';

interface Bucket {
  left: number;
  filledAt: number;
}

/**
 * Requests per second and tenant, in this gateway: each tenant has a bucket that fills evenly and holds what one second
 * brings, so that a burst of that size passes.
 */
export class RequestRates {
  readonly #perSecond: number;
  /** One that is forgotten is full again. */
  readonly #buckets = new LRUCache<string, Bucket>({ max: 100_000 });

  constructor({ tenantRequests }: { readonly tenantRequests: number }) {
    this.#perSecond = tenantRequests;
  }

  /** @throws OVERLOADED (429) that says when to come again */
  take(tenantId: string, now = performance.now()): void {
    const perSecond = this.#perSecond;
    let bucket = this.#buckets.get(tenantId);
    if (bucket === undefined) {
      bucket = { left: perSecond, filledAt: now };
      this.#buckets.set(tenantId, bucket);
    }
    bucket.left = Math.min(perSecond, bucket.left + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    if (bucket.left < 1) throw tooMany(perSecond);
    bucket.left -= 1;
  }
}

function tooMany(perSecond: number) {
  return requestError(
    'OVERLOADED',
    `This tenant sends more than the ${perSecond} requests per second that one gateway takes of it. Try again in a moment.`,
    { status: 429, details: { maximum: perSecond, setting: 'FORMWORK_TENANT_REQUESTS' } },
  );
}
