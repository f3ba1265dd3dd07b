import type { Deadline } from './deadline.ts';
import { DatabaseError } from './errors.ts';

interface Turns {
  taken: number;
  readonly waiting: Set<() => void>;
}

export interface TurnsOptions {
  readonly maxPerTenant: number;
  /** Callers of one tenant that may wait. */
  readonly maxWaiting: number;
  /** Milliseconds. */
  readonly waitTimeout: number;
}

/**
 * How many connections of a pool one tenant may hold at once, so that whatever it does there is one for the others.
 * Those of a tenant that has its share wait among themselves, in the order they came, and not in the pool's queue.
 */
export class TenantTurns {
  readonly #most: number;
  readonly #maxWaiting: number;
  readonly #waitTimeout: number;
  readonly #tenants = new Map<string, Turns>();

  constructor({ maxPerTenant, maxWaiting, waitTimeout }: TurnsOptions) {
    this.#most = maxPerTenant;
    this.#maxWaiting = maxWaiting;
    this.#waitTimeout = waitTimeout;
  }

  /**
   * Begins a turn, which `end` ends; nothing to wait for where one is free.
   *
   * @throws DatabaseError OVERLOADED when too many of the tenant wait, or the deadline's error
   */
  take(tenant: string, deadline: Deadline): Promise<void> | undefined {
    let turns = this.#tenants.get(tenant);
    if (turns === undefined) {
      turns = { taken: 0, waiting: new Set() };
      this.#tenants.set(tenant, turns);
    }
    if (turns.taken >= this.#most) return this.#wait(turns, deadline);
    turns.taken += 1;
    return undefined;
  }

  end(tenant: string): void {
    const turns = this.#tenants.get(tenant);
    if (turns === undefined) return;
    this.#pass(turns);
    if (turns.taken === 0) this.#tenants.delete(tenant);
  }

  /** The turn comes from whoever ends theirs, so `taken` stays as it is. */
  async #wait(turns: Turns, deadline: Deadline): Promise<void> {
    if (turns.waiting.size >= this.#maxWaiting) {
      throw new DatabaseError(
        'OVERLOADED',
        `The tenant uses its ${this.#most} connections, and ${this.#maxWaiting} callers wait already`,
      );
    }
    let come = (): void => {};
    let timer: NodeJS.Timeout | undefined;
    const turn = new Promise<void>((resolve, reject) => {
      come = resolve;
      timer = setTimeout(() => reject(this.#waitedTooLong()), this.#waitTimeout);
    });
    turns.waiting.add(come);
    try {
      await deadline.race(turn);
    } catch (error) {
      // Should the turn have come in the same moment, it goes on to the next.
      if (!turns.waiting.delete(come)) this.#pass(turns);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #waitedTooLong(): DatabaseError {
    return new DatabaseError(
      'OVERLOADED',
      `No connection of the tenant's came free within ${this.#waitTimeout} ms`,
    );
  }

  #pass(turns: Turns): void {
    const [next] = turns.waiting;
    if (next === undefined) {
      turns.taken -= 1;
      return;
    }
    turns.waiting.delete(next);
    next();
  }
}
