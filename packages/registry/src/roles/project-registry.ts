import { hashOf } from '../canonical-json.ts';
import type { Computation, Computed } from '../formula/computation.ts';
import { freeze } from '../freeze.ts';
import { fieldsByName, mapEntities } from '../lookups.ts';
import type { Entity, Field, Registry } from '../model.ts';
import { apiShapeOf } from '../shape.ts';
import { mapInSteps, type Steps, toEnd } from '../steps.ts';
import { isGivenByClients } from './rights.ts';
import type { EntityAccess, Permission, Right, Role, WriteRight } from './role.ts';
import { builtInRoles, everyEntity } from './role-document.ts';

/** Reads everything and writes nothing. The other built-in roles read and write everything. */
const viewer: Role = freeze({
  key: 'viewer',
  label: 'Viewer',
  description: '',
  permissions: [
    { entity: everyEntity, read: { fields: null, where: null }, create: null, update: null, delete: null },
  ],
});

/** The registry as a role sees it, by the role's key; null where there is no such role. */
export function registryForRole(registry: Registry, role: string): Registry | null {
  return toEnd(registryForRoleInSteps(registry, role));
}

/** The same in steps; in none where there is nothing to be left out, or no such role. */
export function* registryForRoleInSteps(registry: Registry, role: string): Steps<Registry | null> {
  if (role === viewer.key) {
    return yield* projectInSteps(registry, viewer);
  }
  if (builtInRoles.some((name) => name === role)) {
    return registry;
  }
  const own = registry.roles.find(({ key }) => key === role);
  return own ? yield* projectInSteps(registry, own) : null;
}

/**
 * The registry as a role sees it: entities, fields, keys and ways back that it may not read are not in it, computed
 * fields neither that are made of such, and each entity says what may be done with its records. A GraphQL schema built
 * of it is the role's; `whole` is the registry that it was made of.
 */
export function projectRegistry(registry: Registry, role: Role): Registry {
  return toEnd(projectInSteps(registry, role));
}

function* projectInSteps(registry: Registry, role: Role): Steps<Registry> {
  const maps = mapEntities(yield* seenEntities(registry, role));
  const planShape = hashOf([registry.planShape, role.permissions]);
  yield;
  const apiShape = yield* apiShapeOf(maps);
  return freeze({ ...maps, roles: registry.roles, whole: registry, apiShape, planShape });
}

/** The entities that a role sees, as it sees them. */
export function* seenEntities(registry: Registry, role: Role): Steps<readonly Entity[]> {
  yield;
  const sight = new Sight(registry, role);
  const seen = yield* mapInSteps(registry.entities, (entity) => {
    const permission = sight.permissionOf(entity);
    return permission?.read ? [freeze(projectEntity(sight, entity, permission))] : [];
  });
  return seen.flat();
}

function projectEntity(sight: Sight, entity: Entity, permission: Permission): Entity {
  const fields = entity.fields.filter((field) => sight.sees(entity, field));
  const fieldByKey = new Map(fields.map((field) => [field.key, field]));
  const inverses = entity.inverses.filter(({ source, field }) => sight.seesByStorageKey(source, field));
  // A search would tell by its hits what is in a field that may not be read.
  const searchable = entity.searchable.every((key) => fieldByKey.has(key)) ? entity.searchable : [];
  return {
    ...entity,
    fields,
    fieldByKey,
    fieldByName: fieldsByName(fields),
    fieldByStorageKey: new Map(fields.map((field) => [field.storageKey, field])),
    keys: entity.keys.filter((key) => key.fields.every((field) => sight.mayLookUp(entity, field))),
    inverses,
    inverseByName: new Map(inverses.map((inverse) => [inverse.name, inverse])),
    searchable,
    access: accessOf(fields, permission),
  };
}

function accessOf(fields: readonly Field[], { read, ...rights }: Permission): EntityAccess {
  const given = fields.filter(isGivenByClients).map(({ storageKey }) => storageKey);
  const write = (right: Right | null): WriteRight | null =>
    right && {
      fields: new Set(given.filter((key) => right.fields?.includes(key) ?? true)),
      where: right.where,
    };
  return {
    read: read?.where ?? null,
    create: write(rights.create),
    update: write(rights.update),
    delete: write(rights.delete),
  };
}

/** What a role can see of a registry. */
class Sight {
  readonly #registry: Registry;
  readonly #permissions: ReadonlyMap<string, Permission>;
  readonly #seesAll: boolean;

  constructor(registry: Registry, role: Role) {
    this.#registry = registry;
    this.#permissions = new Map(role.permissions.map((permission) => [permission.entity, permission]));
    this.#seesAll = registry.entities.every((entity) => {
      const read = this.permissionOf(entity)?.read;
      return read && read.fields === null && read.where === null;
    });
  }

  permissionOf({ storageKey }: Entity): Permission | undefined {
    return this.#permissions.get(storageKey) ?? this.#permissions.get(everyEntity);
  }

  sees(entity: Entity, field: Field): boolean {
    if (this.#seesAll) {
      return true;
    }
    const read = this.permissionOf(entity)?.read;
    if (!read || (read.fields?.includes(field.storageKey) ?? true) === false) {
      return false;
    }
    const target = this.#targetOf(field);
    if (target !== undefined) {
      return Boolean(this.permissionOf(target)?.read);
    }
    return field.computed === null ? !isComputed(field) : this.#seesAllBehind(entity, field.computed);
  }

  seesByStorageKey(entityKey: string, fieldKey: string): boolean {
    const entity = this.#registry.entityByStorageKey.get(entityKey);
    const field = entity?.fieldByStorageKey.get(fieldKey);
    return entity !== undefined && field !== undefined && this.sees(entity, field);
  }

  /** A key that holds a link would tell that it leads to a record which may not be seen. */
  mayLookUp(entity: Entity, field: Field): boolean {
    const target = this.#targetOf(field);
    return this.sees(entity, field) && (target === undefined || this.#seesAllRecordsOf(target));
  }

  #targetOf({ options }: Field): Entity | undefined {
    return this.#registry.entityByKey.get(options.target ?? '');
  }

  #seesAllRecordsOf(entity: Entity): boolean {
    const read = this.permissionOf(entity)?.read;
    return read !== null && read !== undefined && read.where === null;
  }

  /** What is stored tells of what it was made of, as what is computed on reading does. */
  #seesAllBehind(entity: Entity, { value, stored }: Computed): boolean {
    if (stored === null) {
      return this.#seesAllOf(entity, value);
    }
    if (stored.kind === 'formula') {
      return this.#seesAllOf(entity, stored.value);
    }
    const { way, rolled, filter } = stored;
    const source = this.#registry.entityByStorageKey.get(way.source);
    return (
      source !== undefined &&
      this.seesByStorageKey(way.kind === 'out' ? entity.storageKey : source.storageKey, way.field) &&
      this.#seesAllRecordsOf(source) &&
      (rolled === null || this.seesByStorageKey(source.storageKey, rolled.field)) &&
      (filter === null || this.#seesAllOf(source, filter))
    );
  }

  /** Whether all that a value is made of may be read. What is not known here may not. */
  #seesAllOf(entity: Entity, computation: Computation): boolean {
    switch (computation.kind) {
      case 'constant':
        return true;
      case 'field':
        return this.seesByStorageKey(entity.storageKey, computation.field);
      case 'call':
        return computation.arguments.every((argument) => this.#seesAllOf(entity, argument));
      case 'through': {
        const target = this.#registry.entityByStorageKey.get(computation.target);
        return (
          target !== undefined &&
          this.seesByStorageKey(entity.storageKey, computation.link) &&
          this.#seesAllRecordsOf(target) &&
          this.#seesAllOf(target, computation.value)
        );
      }
      default:
        return false;
    }
  }
}

function isComputed({ type }: Field): boolean {
  return type === 'lookup' || type === 'formula' || type === 'rollup';
}
