import { randomUUID } from 'node:crypto';
import type { Caller } from '@formwork/directory';
import { type BatchOptions, type Cancellation, DatabaseError, type TenantVersions } from '@formwork/pg';
import { BrokenRegistryError } from '@formwork/registry';
import { unauthenticated } from './access/unauthenticated.ts';
import type { Logger } from './log.ts';
import { ReadBatches } from './operations/read-batches.ts';
import { RecordBudget } from './operations/record-budget.ts';
import { requestError } from './request-error.ts';
import type { Services } from './services.ts';
import type { TenantState } from './tenants/tenant-states.ts';

/** What a client says of itself: `x-client-name` and `x-client-version`. */
export interface ClientName {
  readonly name: string;
  readonly version: string;
}

export interface VisitOptions {
  readonly services: Services;
  readonly key: string;
  readonly caller: Caller;
  /** Null where it says nothing. */
  readonly client: ClientName | null;
  readonly exchange: Conversation;
}

/** As much of an HTTP exchange as a visit needs to know. */
interface Conversation {
  readonly log: Logger;
  /** Fires when the client has gone away. */
  readonly signal: Cancellation;
}

/**
 * One request of a caller whose key was verified: who asks, on which state of which tenant, how long there is left.
 * Both can turn out to be outdated; `catchUp` then brings them to where the database says the tenant is.
 */
export class Visit {
  readonly services: Services;
  readonly client: ClientName | null;
  readonly #exchange: Conversation;
  readonly #key: string;
  readonly #deadline: number;
  #caller: Caller;
  #state: TenantState | null = null;
  /** Of the state, for the caller's role. */
  #view: TenantState | null = null;

  constructor(options: VisitOptions) {
    this.services = options.services;
    this.#exchange = options.exchange;
    this.client = options.client;
    this.#key = options.key;
    this.#caller = options.caller;
    this.#deadline = performance.now() + options.services.options.requestTimeout;
  }

  get log(): Logger {
    return this.#exchange.log;
  }

  get signal(): Cancellation {
    return this.#exchange.signal;
  }

  get caller(): Caller {
    return this.#caller;
  }

  /**
   * Nothing to wait for where the registry is at hand.
   *
   * @throws when the tenant's registry cannot be loaded or built: an error of this tenant alone
   */
  state(): TenantState | Promise<TenantState> {
    this.#state ??= this.services.states.find(this.#caller.tenant.id);
    return this.#state ?? this.#load();
  }

  async #load(): Promise<TenantState> {
    this.#state = await this.services.states.get(this.#caller.tenant.id).catch((cause: unknown) => {
      throw this.#unloadable(cause);
    });
    return this.#state;
  }

  /**
   * The state as the caller's role sees it: the only one that operations run on.
   *
   * @throws FORBIDDEN where the registry does not have the role any more, once the database has said so
   */
  view(): TenantState | Promise<TenantState> {
    if (this.#view !== null) return this.#view;
    const state = this.state();
    if (state instanceof Promise) return this.#findView(state);
    const view = state.as(this.#caller.role);
    if (view instanceof Promise) return this.#findView(state);
    this.#view = this.#built(view);
    return this.#view ?? this.#findView(state);
  }

  /** Of the very state that is being loaded: loaded twice, it would fail once where nobody hears of it. */
  async #findView(state: TenantState | Promise<TenantState>): Promise<TenantState> {
    const { role } = this.#caller;
    const view = await this.#viewOf(role, await state);
    if (view === null)
      throw requestError('FORBIDDEN', noSuchRole(role), { details: { role: role.slice(0, 60) } });
    this.#view = view;
    return view;
  }

  async #viewOf(role: string, state: TenantState): Promise<TenantState | null> {
    const found = await state.as(role);
    if (found !== null) return this.#built(found);
    return this.#built((await this.prove()) ? await (await this.state()).as(role) : null);
  }

  /** With its schema, now, so that one that cannot be built is told of as such. */
  #built(found: TenantState | null): TenantState | null {
    try {
      return found?.schema ? found : null;
    } catch (cause) {
      throw this.#unloadable(cause);
    }
  }

  /** What the request has left of its time, for the next batch. */
  readonly batchOptions = (): BatchOptions => {
    const budget = Math.max(1, Math.ceil(this.#deadline - performance.now()));
    return { budget, signal: this.signal };
  };

  /** What one run of the operation may cost. */
  recordBudget(): RecordBudget {
    const { maxRecords } = this.services.options;
    return new RecordBudget({ maxRecords, deadline: this.#deadline, signal: this.signal });
  }

  /** Batches that prove the versions this visit holds. */
  reads({ mindsMissingViews = false } = {}): ReadBatches | Promise<ReadBatches> {
    const { dataPlane } = this.services;
    const { id: tenantId, accessVersion: access } = this.#caller.tenant;
    const { batchOptions } = this;
    const readsOf = ({ version: registry }: TenantState) =>
      new ReadBatches({
        dataPlane,
        tenantId,
        expected: { registry, access },
        batchOptions,
        mindsMissingViews,
      });
    const state = this.state();
    return state instanceof Promise ? state.then(readsOf) : readsOf(state);
  }

  /** Asks the database whether key and registry are what this visit holds, and catches up if not: then true. */
  async prove(): Promise<boolean> {
    const { versions, moved } = await (await this.reads()).prove();
    if (moved) await this.catchUp(versions);
    return moved;
  }

  /** Asks whether the key is still good, where the registry does not matter. */
  async proveAccess(): Promise<void> {
    const { versions } = await this.services.dataPlane.read(this.#caller.tenant.id, [], this.batchOptions());
    if (versions.access !== this.#caller.tenant.accessVersion) await this.#renew();
  }

  /** @throws UNAUTHENTICATED when the key is no longer good */
  async catchUp(versions: TenantVersions): Promise<void> {
    const { states, metrics } = this.services;
    metrics.count('reruns');
    this.#view = null;
    if (versions.access !== this.#caller.tenant.accessVersion) {
      await this.#renew();
      if (versions.registry === this.#state?.version) return;
    }
    // The same version, and yet something was not there any more: only reading it again can tell.
    if (versions.registry === this.#state?.version) states.drop(this.#caller.tenant.id);
    this.#state = await states
      .atVersion(this.#caller.tenant.id, versions.registry)
      .catch((cause: unknown) => {
        throw this.#unloadable(cause);
      });
  }

  async #renew(): Promise<void> {
    const caller = await this.services.callers.verify(this.#key);
    if (caller === null) throw unauthenticated();
    this.#caller = caller;
    this.#view = null;
  }

  #unloadable(cause: unknown): unknown {
    if (cause instanceof DatabaseError) return cause;
    const id = randomUUID();
    const tenant = this.#caller.tenant.slug;
    this.log.error({ errorId: id, err: cause, tenant }, 'the registry cannot be loaded');
    if (cause instanceof BrokenRegistryError) {
      // What of it is for those who may see it: whoever designs.
      const message = `The registry of tenant "${tenant}" is broken: its rows were changed other than by Formwork. A designer is told at /design what is wrong, and an operator by "formwork verify --tenant ${tenant}". The log has it under the id "${id}".`;
      return requestError(cause.code, message, { details: { id } });
    }
    const message = `The registry of tenant "${tenant}" cannot be loaded. The log has the reason under the id "${id}".`;
    return requestError('INTERNAL', message, { details: { id } });
  }
}

/** Keys are made for roles that there are, so theirs is gone; a token may name any. */
function noSuchRole(role: string): string {
  if (role === '') return 'The token names no role, so it may do nothing. Its issuer has to name one.';
  return `The registry has no role "${role.slice(0, 60)}" any more, or never had it: whoever has it may do nothing. Use another role.`;
}
