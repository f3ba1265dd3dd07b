import type { Deadline } from './deadline.ts';
import { DatabaseError } from './errors.ts';
import { WaitingLine } from './waiting-line.ts';

interface Turns {
  taken: number;
  readonly waiting: WaitingLine<void>;
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
      turns = { taken: 0, waiting: new WaitingLine() };
      this.#tenants.set(tenant, turns);
    }
    if (turns.taken >= this.#most) return this.#wait(turns, deadline);
    turns.taken += 1;
    return undefined;
  }

  end(tenant: string): void {
    const turns = this.#tenants.get(tenant);
    if (turns === undefined) return;
    if (turns.waiting.give()) return;
    turns.taken -= 1;
    if (turns.taken === 0) this.#tenants.delete(tenant);
  }

  /** The turn comes from whoever ends theirs, so `taken` stays as it is. */
  async #wait({ waiting }: Turns, deadline: Deadline): Promise<void> {
    if (waiting.size >= this.#maxWaiting) {
      throw new DatabaseError(
        'OVERLOADED',
        `The tenant uses its ${this.#most} connections, and ${this.#maxWaiting} callers wait already`,
      );
    }
    const tooLong = () =>
      new DatabaseError(
        'OVERLOADED',
        `No connection of the tenant's came free within ${this.#waitTimeout} ms`,
      );
    return waiting.wait({ deadline, timeout: this.#waitTimeout, tooLong });
  }
}
