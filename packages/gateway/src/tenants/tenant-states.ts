import { Cache, countIn, type Memory } from '@formwork/records';
import { inSteps, type Registry, registryForRoleInSteps } from '@formwork/registry';
import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { registryBytes, schemaBytes } from './sizes.ts';

/** What a request runs on: one version of one tenant's registry. Lives as long as the request. */
export interface TenantState {
  readonly tenantId: string;
  readonly version: number;
  readonly registry: Registry;
  readonly schema: GraphQLSchema;
  /** The same as a role sees it; null where the registry has no such role. Nothing to wait for where it is at hand. */
  as(role: string): TenantState | null | Promise<TenantState | null>;
}

/** A registry as it was read, with the version that the same batch proved. */
export interface LoadedRegistry {
  readonly version: number;
  readonly registry: Registry;
}

export interface TenantStatesOptions {
  readonly load: (tenantId: string) => Promise<LoadedRegistry>;
  readonly build: (registry: Registry) => GraphQLSchema;
  /** Where registries and schemas count. */
  readonly memory: Memory;
}

/** All that is kept of a tenant itself: by what to find the rest, which tenants of one shape share. */
interface Held {
  readonly version: number;
  readonly shape: Shape;
}

interface Shape {
  readonly api: string;
  /** API and plan shape: equal SDL does not mean equal SQL. */
  readonly both: string;
}

/** Entries are some hundred bytes each, so they are bounded by number. */
const mostTenants = 100_000;

/**
 * The registry and schema of each tenant, cached by content: the same shape gives the same objects, whoever asks.
 * Nothing here is trusted to be current. A request proves the version that it ran on, and comes back with
 * `atVersion` when the tenant has moved on; announcements only make that rare.
 */
export class TenantStates {
  readonly #options: TenantStatesOptions;
  readonly #held = new LRUCache<string, Held>({ max: mostTenants });
  readonly #registries: Cache<string, Registry>;
  readonly #schemas: Cache<string, GraphQLSchema>;
  /** Each registry as its roles see it, for as long as the registry is kept. */
  readonly #projected = new WeakMap<Registry, Map<string, Registry>>();
  /** Those that are being made: whoever asks meanwhile waits for the same. */
  readonly #projecting = new WeakMap<Registry, Map<string, Promise<Registry | null>>>();
  /** The same two strings for all tenants of a shape. */
  readonly #shapes = new WeakMap<Registry, Shape>();
  readonly #loading = new Map<string, Promise<TenantState>>();
  readonly #derivations: Derivations = {
    schemaOf: (registry) => this.#schema(registry),
    project: (registry, role) => this.#project(registry, role),
  };

  constructor(options: TenantStatesOptions) {
    this.#options = options;
    this.#registries = new Cache(options.memory, (registry) =>
      registryBytes(registry, this.#views(registry)),
    );
    this.#schemas = new Cache(options.memory, schemaBytes);
  }

  /** The state as it was last seen. Rejects with whatever loading or building failed with, for this tenant alone. */
  async get(tenantId: string): Promise<TenantState> {
    return this.find(tenantId) ?? this.#load(tenantId);
  }

  /** The same where it is at hand; else null. */
  find(tenantId: string): TenantState | null {
    const held = this.#held.get(tenantId);
    const registry = held && this.#registries.get(held.shape.both);
    return registry ? this.#state(tenantId, held.version, registry) : null;
  }

  /** The state at a version that the database has just named, or a later one. */
  async atVersion(tenantId: string, version: number): Promise<TenantState> {
    const state = await this.get(tenantId);
    if (state.version >= version) return state;
    this.drop(tenantId);
    return this.#load(tenantId);
  }

  /** Forgets what version a tenant is at, as when its registry was changed. Shared objects stay for the others. */
  drop(tenantId: string): void {
    this.#held.delete(tenantId);
    // A load under way may have read before the change: nobody else may join it.
    this.#loading.delete(tenantId);
  }

  /** Forgets all versions, as when announcements may have been lost. */
  dropAll(): void {
    this.#held.clear();
    this.#loading.clear();
  }

  /** Types of the schema of a shape may have been made: what it takes is looked at again. */
  weighSchema(shape: string): void {
    this.#schemas.weigh(shape);
  }

  /** For metrics. */
  get sizes(): Readonly<
    Record<'tenants' | 'registries' | 'schemas' | 'registryBytes' | 'schemaBytes', number>
  > {
    return {
      tenants: this.#held.size,
      registries: this.#registries.size,
      schemas: this.#schemas.size,
      registryBytes: this.#registries.bytes,
      schemaBytes: this.#schemas.bytes,
    };
  }

  /** Single-flight: requests that arrive while a tenant is being loaded wait for the same load. */
  #load(tenantId: string): Promise<TenantState> {
    const underway = this.#loading.get(tenantId);
    if (underway) return underway;
    const load: Promise<TenantState> = this.#loadOnce(
      tenantId,
      () => this.#loading.get(tenantId) === load,
    ).finally(() => {
      if (this.#loading.get(tenantId) === load) this.#loading.delete(tenantId);
    });
    this.#loading.set(tenantId, load);
    return load;
  }

  async #loadOnce(tenantId: string, isCurrent: () => boolean): Promise<TenantState> {
    const loaded = await this.#options.load(tenantId);
    const known = this.#registries.get(shapeOf(loaded.registry).both);
    const registry = known ?? loaded.registry;
    const state = this.#state(tenantId, loaded.version, registry);
    if (isCurrent()) {
      const shape = this.#shapes.get(registry) ?? this.#keep(registry);
      this.#held.set(tenantId, { version: loaded.version, shape });
    }
    return state;
  }

  #keep(registry: Registry): Shape {
    const shape = shapeOf(registry);
    countIn(this.#options.memory, registry);
    this.#shapes.set(registry, shape);
    this.#registries.set(shape.both, registry);
    return shape;
  }

  #state(tenantId: string, version: number, registry: Registry): TenantState {
    return new State(tenantId, version, registry, this.#derivations);
  }

  /** The same object for the same role of the same registry: what is compiled for it hangs on it. */
  #project(registry: Registry, role: string): Registry | null | Promise<Registry | null> {
    const known = this.#projected.get(registry)?.get(role);
    if (known !== undefined) return known;
    const underway = ofEach(this.#projecting, registry);
    const joined = underway.get(role);
    if (joined !== undefined) return joined;
    const steps = registryForRoleInSteps(registry, role);
    const first = steps.next();
    if (first.done) return this.#keepProjected(registry, role, first.value);
    const projecting = inSteps(steps)
      .then((projected) => this.#keepProjected(registry, role, projected))
      .finally(() => underway.delete(role));
    underway.set(role, projecting);
    return projecting;
  }

  /** The names of keys' roles are no names of roles for ever: what is not there is not kept. */
  #keepProjected(registry: Registry, role: string, projected: Registry | null): Registry | null {
    if (projected === null) return null;
    ofEach(this.#projected, registry).set(role, projected);
    this.#registries.weigh(shapeOf(registry).both);
    return projected;
  }

  /** Roles that see less than all of it. */
  #views(registry: Registry): number {
    const seen = [...(this.#projected.get(registry)?.values() ?? [])];
    return seen.filter((projected) => projected !== registry).length;
  }

  /** Built in one go, so no second build of a shape can begin while one is under way. */
  #schema(registry: Registry): GraphQLSchema {
    const known = this.#schemas.get(registry.apiShape);
    if (known) return known;
    const schema = this.#options.build(registry);
    this.#schemas.set(registry.apiShape, schema);
    return schema;
  }
}

/** What states get from the caches. */
interface Derivations {
  readonly schemaOf: (registry: Registry) => GraphQLSchema;
  readonly project: (registry: Registry, role: string) => Registry | null | Promise<Registry | null>;
}

/** Holds its schema for as long as the request: what it was prepared with it runs with, whatever the caches let go of. */
class State implements TenantState {
  readonly tenantId: string;
  readonly version: number;
  readonly registry: Registry;
  readonly #derivations: Derivations;
  #schema: GraphQLSchema | undefined;
  /** A visit asks for its one role. */
  #seen: { readonly role: string; readonly state: TenantState | null } | undefined;

  constructor(tenantId: string, version: number, registry: Registry, derivations: Derivations) {
    this.tenantId = tenantId;
    this.version = version;
    this.registry = registry;
    this.#derivations = derivations;
  }

  /** Built for whom it is asked for: those of a role may never need the whole one. */
  get schema(): GraphQLSchema {
    this.#schema ??= this.#derivations.schemaOf(this.registry);
    return this.#schema;
  }

  as(role: string): TenantState | null | Promise<TenantState | null> {
    if (this.#seen?.role === role) return this.#seen.state;
    const registry = this.#derivations.project(this.registry, role);
    if (registry instanceof Promise) return registry.then((projected) => this.#see(role, projected));
    return this.#see(role, registry);
  }

  #see(role: string, registry: Registry | null): TenantState | null {
    const state = registry && new State(this.tenantId, this.version, registry, this.#derivations);
    this.#seen = { role, state };
    return state;
  }
}

function ofEach<Value>(maps: WeakMap<Registry, Map<string, Value>>, registry: Registry): Map<string, Value> {
  const map = maps.get(registry) ?? new Map<string, Value>();
  maps.set(registry, map);
  return map;
}

function shapeOf(registry: Registry): Shape {
  return { api: registry.apiShape, both: `${registry.apiShape}:${registry.planShape}` };
}
