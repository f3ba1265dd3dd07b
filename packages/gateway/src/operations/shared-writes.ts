import {
  type BatchOptions,
  DatabaseError,
  type DataPlane,
  type Row,
  type TenantVersions,
} from '@formwork/pg';
import {
  areAlike,
  type LoneWrite,
  type PreparedWrite,
  resultsOfEach,
  sizeOf,
  writeTogether,
} from '@formwork/records';

/** Messages with single records of one tenant that may be on their way before others wait for them. */
const mostOnTheWay = 2;

/** How long, in milliseconds, one waits for those on their way: they may themselves be waiting for somebody. */
const patience = 10;

/** Records of one message, and characters of their JSON: of a hundred of the largest no text could be made. */
const mostTogether = { records: 100, characters: 4_000_000 };

/** Whoever waits for a lock has all others wait: each by itself then. */
const impatiently = { text: "select set_config('lock_timeout', '50ms', true)", values: [] };

/** Null where nothing was done. */
type Outcome = readonly (readonly Row[])[] | null;

/** A write, whose it is, and what it was prepared for. */
export interface SentWrite {
  readonly tenantId: string;
  readonly expected: TenantVersions;
  readonly write: PreparedWrite;
  readonly options: BatchOptions;
}

interface Waiting {
  readonly sent: SentWrite;
  readonly since: number;
  readonly lone: LoneWrite;
  readonly resolve: (outcome: Outcome | Promise<Outcome>) => void;
  readonly reject: (error: unknown) => void;
}

interface Tenant {
  onTheWay: number;
  waiting: Waiting[];
  timer: NodeJS.Timeout | undefined;
}

/**
 * Sends writes that are known beforehand. Single records of one tenant that are made, or changed, while others of it are being
 * written go together, in one statement of one transaction, as soon as those are: a record among many costs Postgres a third
 * of a single one. Where any of them is refused, nothing of them was done, and each goes by itself. Nobody waits where nobody
 * writes. Two changes of one record never go together.
 */
export class SharedWrites {
  readonly #dataPlane: DataPlane;
  readonly #tenants = new Map<string, Tenant>();

  constructor(dataPlane: DataPlane) {
    this.#dataPlane = dataPlane;
  }

  /** As `DataPlane.writeWhole`. */
  send(sent: SentWrite): Promise<Outcome> {
    const { lone } = sent.write;
    if (lone === null) return this.#alone(sent);
    const tenant = this.#tenantOf(sent.tenantId);
    if (tenant.onTheWay < mostOnTheWay) return this.#through(tenant, sent.tenantId, () => this.#alone(sent));
    return new Promise((resolve, reject) => {
      tenant.waiting.push({ sent, since: performance.now(), lone, resolve, reject });
      tenant.timer ??= setTimeout(() => this.#flush(tenant, sent.tenantId), patience);
    });
  }

  #tenantOf(tenantId: string): Tenant {
    let tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) {
      tenant = { onTheWay: 0, waiting: [], timer: undefined };
      this.#tenants.set(tenantId, tenant);
    }
    return tenant;
  }

  async #through<T>(tenant: Tenant, tenantId: string, send: () => Promise<T>): Promise<T> {
    tenant.onTheWay += 1;
    try {
      return await send();
    } finally {
      tenant.onTheWay -= 1;
      if (tenant.waiting.length > 0) this.#flush(tenant, tenantId);
      else if (tenant.onTheWay === 0) this.#tenants.delete(tenantId);
    }
  }

  /** Those that wait go now. */
  #flush(tenant: Tenant, tenantId: string): void {
    clearTimeout(tenant.timer);
    tenant.timer = undefined;
    let waiting = tenant.waiting;
    tenant.waiting = [];
    while (waiting.length > 0) {
      const group = groupOf(waiting as [Waiting, ...Waiting[]]);
      waiting = waiting.filter((one) => !group.includes(one));
      void this.#through(tenant, tenantId, () => this.#together(group));
    }
  }

  /** Settles all of them, and never rejects. */
  async #together(all: readonly Waiting[]): Promise<void> {
    const [first, ...others] = all as [Waiting, ...Waiting[]];
    try {
      const outcome = others.length === 0 ? null : await this.#writeTogether(first.sent, all);
      if (outcome === null) await this.#eachAlone(all);
      else settle(all, outcome);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  async #writeTogether({ tenantId, expected }: SentWrite, all: readonly Waiting[]): Promise<Outcome> {
    const statements = [impatiently, ...writeTogether(all.map(({ lone }) => lone))];
    const budgets = all.map(({ sent }) => sent.options.budget ?? Number.POSITIVE_INFINITY);
    const options = { budget: Math.min(...budgets) };
    const outcome = await this.#dataPlane
      .writeWhole(tenantId, expected, statements, options)
      .catch(outOfTime);
    return outcome?.slice(1) ?? null;
  }

  async #eachAlone(all: readonly Waiting[]): Promise<void> {
    await Promise.allSettled(
      all.map((one) => {
        const outcome = this.#alone(withTimeLeft(one));
        one.resolve(outcome);
        return outcome;
      }),
    );
  }

  #alone({ tenantId, expected, write, options }: SentWrite): Promise<Outcome> {
    return this.#dataPlane.writeWhole(tenantId, expected, write.statements, options);
  }
}

/** It was the time of one of them that was over; nothing was done then, and the others may have some left. */
function outOfTime(error: unknown): null {
  if (error instanceof DatabaseError && error.code === 'TIMEOUT') return null;
  throw error;
}

function withTimeLeft({ sent, since }: Waiting): SentWrite {
  const { budget } = sent.options;
  if (budget === undefined) return sent;
  const left = Math.max(1, Math.ceil(budget - (performance.now() - since)));
  return { ...sent, options: { ...sent.options, budget: left } };
}

/** The first one and those that can go with it, each of a record of its own, as many as one message may hold. */
function groupOf(waiting: readonly [Waiting, ...Waiting[]]): readonly Waiting[] {
  const [first, ...others] = waiting;
  const byRecord = new Map([[first.lone.id, first]]);
  let characters = sizeOf(first.lone);
  for (const one of others) {
    if (byRecord.has(one.lone.id) || !isWith(first, one)) continue;
    characters += sizeOf(one.lone);
    if (byRecord.size >= mostTogether.records || characters > mostTogether.characters) break;
    byRecord.set(one.lone.id, one);
  }
  return [...byRecord.values()];
}

function settle(all: readonly Waiting[], outcome: NonNullable<Outcome>): void {
  const results = resultsOfEach(
    all.map(({ lone }) => lone),
    outcome,
  );
  for (const [index, { resolve }] of all.entries()) resolve(results[index] ?? []);
}

function isWith(one: Waiting, other: Waiting): boolean {
  const [left, right] = [one.sent.expected, other.sent.expected];
  return left.registry === right.registry && left.access === right.access && areAlike(one.lone, other.lone);
}
