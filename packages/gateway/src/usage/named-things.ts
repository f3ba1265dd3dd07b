import {
  deriveAggregateField,
  deriveEntityNames,
  deriveKeyNames,
  deriveRootNames,
  deriveTypeNames,
  type Entity,
  type EntityNames,
  type Field,
  type Registry,
  type UniqueKey,
} from '@formwork/registry';

/** A field or, where that is empty, an entity, by storage keys; `name`: the key of the name that was written. */
export interface NamedThing {
  readonly entityType: string;
  readonly field: string;
  readonly name: string;
  readonly way: string;
}

/** A type of the schema that belongs to an entity. */
interface TypeOfEntity {
  readonly entity: Entity;
  /** The key that the type's name comes from, today's or an alias. */
  readonly called: string;
  readonly way: string;
}

const known = new WeakMap<Registry, NameIndex>();

/** The index of a registry as a role sees it; for as long as that is held. */
export function nameIndexOf(registry: Registry): NameIndex {
  const index = known.get(registry) ?? new NameIndex(registry);
  known.set(registry, index);
  return index;
}

/** What an entity is called, by one of its names. */
interface Called {
  readonly entity: Entity;
  readonly key: string;
  readonly names: EntityNames;
  /** What every name of the schema that comes from these has in it, in lower case. */
  readonly parts: readonly string[];
}

/**
 * From names of the schema to what of the registry they are, former names among them. Operations name few of the
 * hundreds that there are, so those of an entity are derived when one is asked for that may be among them.
 */
export class NameIndex {
  readonly registry: Registry;
  readonly #types = new Map<string, TypeOfEntity>();
  readonly #roots = new Map<string, readonly NamedThing[]>();
  readonly #found = new Map<string, readonly NamedThing[]>();
  /** Whose names are not derived yet. */
  readonly #left: Set<Called>;

  constructor(registry: Registry) {
    this.registry = registry;
    this.#left = new Set(registry.entities.flatMap(calledOf));
  }

  /** "Flight.number", "Query.flights", "FlightFilter"; none for what belongs to no entity. */
  find(name: string): readonly NamedThing[] {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const found = this.#find(name);
    // Names that a client has made up are not kept: there is no end of them.
    if (found.length > 0) this.#found.set(name, found);
    return found;
  }

  #find(name: string): readonly NamedThing[] {
    const [typeName = '', fieldName] = name.split('.');
    this.#derive(typeName, fieldName ?? '');
    if (fieldName === undefined) {
      const type = this.#types.get(typeName);
      return type ? [ofEntity(type.entity, type.called, type.way)] : [];
    }
    if (typeName === 'Query' || typeName === 'Mutation') return this.#roots.get(fieldName) ?? [];
    const type = this.#types.get(typeName);
    if (type === undefined) return [];
    const { entity, way } = type;
    // Reached over a link nobody wrote the entity's name.
    return [ofEntity(entity, '', way), ...this.#member(entity, fieldName, way)];
  }

  #member(entity: Entity, name: string, way: string): readonly NamedThing[] {
    const field = entity.fieldByName.get(name);
    if (field) return [ofField(entity, field, name, way)];
    const inverse = entity.inverses.find(
      (one) => one.name === name || deriveAggregateField(one.name) === name,
    );
    if (inverse) {
      return [{ entityType: inverse.source, field: inverse.field, name: '', way }];
    }
    const linked = entity.fields.find((one) => deriveAggregateField(one.name) === name);
    if (linked) return [ofField(entity, linked, linked.name, way)];
    const key = entity.keys.find((one) => [one, ...one.aliases].some((each) => each.name === name));
    return key ? ofKey(entity, key, name) : [];
  }

  #derive(...names: readonly string[]): void {
    const given = names.map((name) => name.toLowerCase());
    for (const called of this.#left) {
      if (!called.parts.some((part) => given.some((name) => name.includes(part)))) continue;
      this.#left.delete(called);
      this.#add(called);
    }
  }

  #add({ entity, key: called, names }: Called): void {
    const { single, plural, aggregate } = deriveRootNames(names).query;
    const { mutation } = deriveRootNames(names);
    for (const root of [single, plural, aggregate])
      this.#roots.set(root, [ofEntity(entity, called, 'selection')]);
    for (const root of Object.values(mutation)) this.#roots.set(root, [ofEntity(entity, called, 'input')]);
    this.#types.set(names.type, { entity, called, way: 'selection' });
    for (const [kind, typeName] of Object.entries(deriveTypeNames(names))) {
      this.#types.set(typeName, { entity, called, way: wayOf(kind) });
    }
    for (const key of entity.keys) {
      for (const one of [key, ...key.aliases]) {
        const { name, rootName, input } = deriveKeyNames(names, one.key);
        this.#roots.set(rootName, [ofEntity(entity, called, 'key'), ...ofKey(entity, key, name)]);
        this.#types.set(input, { entity, called, way: 'key' });
      }
    }
  }
}

function calledOf(entity: Entity): readonly Called[] {
  const own = { key: entity.key, names: deriveEntityNames(entity.key, entity.plural) };
  return [...entity.aliases, own].map(({ key, names }) => {
    const parts = [names.type, names.single, names.plural].map((name) => name.toLowerCase());
    return { entity, key, names, parts: [...new Set(parts)] };
  });
}

function ofEntity({ storageKey }: Entity, name: string, way: string): NamedThing {
  return { entityType: storageKey, field: '', name, way };
}

function ofField(entity: Entity, field: Field, written: string, way: string): NamedThing {
  const called = [...field.aliases, field].find(({ name }) => name === written)?.key ?? '';
  return { entityType: entity.storageKey, field: field.storageKey, name: called, way };
}

/** The name of a key of one field is that field's; of several, each part is named by itself. */
function ofKey(entity: Entity, key: UniqueKey, written: string): readonly NamedThing[] {
  const isOne = key.fields.length === 1;
  return key.fields.map((field) => ofField(entity, field, isOne ? written : '', 'key'));
}

function wayOf(kind: string): string {
  if (/order/i.test(kind)) return 'order';
  if (/filter/i.test(kind)) return 'filter';
  if (kind === 'uniqueKey') return 'key';
  if (/input/i.test(kind)) return 'input';
  return kind === 'groupBy' ? 'group' : 'selection';
}
