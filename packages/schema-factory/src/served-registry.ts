import {
  deprecationReason,
  deriveEntityNames,
  deriveKeyNames,
  deriveRootNames,
  type Entity,
  type EntityNames,
  type Field,
  type Registry,
  type UniqueKey,
} from '@formwork/registry';

/** What is on its way out says so, by this property of entities, fields, keys and choices. */
export interface Served {
  readonly deprecationReason?: string | null;
  /** Of the root fields of an entity or a key, by their names. */
  readonly rootReasons?: ReadonlyMap<string, string>;
}

/** A field under a former name. */
interface AliasField extends Field, Served {
  readonly isAlias: true;
}

export function isAlias(field: Field): boolean {
  return 'isAlias' in field;
}

/**
 * The registry as it is served: a field that was renamed stands there under its former names too, and so does an
 * entity, as one more with the same key. Only root fields, inputs and connections can have two names; the type of the
 * records has one. Until the alias is dropped that is the oldest, and the new ones are interfaces that it implements,
 * so that fragments on either fit. Found by its key an entity has its oldest names: what leads to it stays as it was.
 */
export function serveAliases(registry: Registry): Registry {
  if (!registry.entities.some(hasHistory)) return registry;
  const served = registry.entities.map((entity) => serveEntity(registry, entity));
  const bases = served.map(({ base }) => base);
  return {
    ...registry,
    entities: served.flatMap(({ base, others }) => [...others, base]),
    entityByKey: new Map(bases.map((entity) => [entity.key, entity])),
    entityByStorageKey: new Map(bases.map((entity) => [entity.storageKey, entity])),
  };
}

function hasHistory({ aliases, deprecated, fields }: Entity): boolean {
  return (
    aliases.length > 0 ||
    deprecated !== null ||
    fields.some(
      (field) =>
        field.aliases.length > 0 ||
        field.deprecated !== null ||
        field.replacedBy !== null ||
        field.choices.some((choice) => choice.deprecated),
    )
  );
}

function serveEntity(
  registry: Registry,
  entity: Entity,
): { readonly base: Entity; readonly others: readonly Entity[] } {
  if (!hasHistory(entity)) return { base: entity, others: [] };
  const own = deriveEntityNames(entity.key, entity.plural);
  const gone = retirementOf(registry, entity);
  const renamed: Retirement = gone ?? {
    successor: { names: own, keys: entity.keys },
    tell: (name) => `Renamed to "${name}".`,
  };
  const called = [
    { names: own, why: gone },
    ...entity.aliases.map(({ names }) => ({ names, why: renamed })),
  ].map(({ names, why }) => callEntity(entity, names, why));
  const isBase = ({ names }: Entity) => names.type === entity.names.type;
  const others = called.filter((one) => !isBase(one));
  return { base: called.find(isBase) ?? entity, others };
}

/** Why an entity's root fields are on their way out. */
interface Retirement {
  /** The entity that takes their place; null where none does. */
  readonly successor: { readonly names: EntityNames; readonly keys: readonly UniqueKey[] } | null;
  /** What clients read, by the name of what takes the place of what they use. */
  readonly tell: (name: string | undefined) => string;
}

function retirementOf({ entityByKey }: Registry, { deprecated }: Entity): Retirement | null {
  if (!deprecated) return null;
  const other = entityByKey.get(deprecated.replacement ?? '');
  return {
    successor: other ? { names: deriveEntityNames(other.key, other.plural), keys: other.keys } : null,
    tell: (name) => deprecationReason(deprecated, () => name) ?? deprecated.reason,
  };
}

/** By the name of the root field, so that each tells of the one that takes its place. */
function rootReasons(
  names: EntityNames,
  keys: readonly UniqueKey[],
  { successor, tell }: Retirement,
): ReadonlyMap<string, string> {
  const theirs = successor && rootsOf(successor.names, successor.keys, (key) => key.key);
  const roots = [...rootsOf(names, keys, (_, called) => called)];
  return new Map(roots.map(([what, root]) => [root, tell(theirs?.get(what) ?? successor?.names.single)]));
}

/** By what they do, which is called alike for every entity; `nameOf` a key that is or was `called` so. */
function rootsOf(
  names: EntityNames,
  keys: readonly UniqueKey[],
  nameOf: (key: UniqueKey, called: string) => string,
): ReadonlyMap<string, string> {
  const { query, mutation } = deriveRootNames(names);
  const byKey = keys.flatMap((key) =>
    [key, ...key.aliases].map(
      ({ key: called }) => [`by ${called}`, deriveKeyNames(names, nameOf(key, called)).rootName] as const,
    ),
  );
  return new Map([...Object.entries(query), ...Object.entries(mutation), ...byKey]);
}

/** The entity under these names, all of its fields objects of their own: types are made once for each object. */
function callEntity(entity: Entity, names: EntityNames, why: Retirement | null): Entity & Served {
  const served = new Map(entity.fields.map((field) => [field, serveField(entity, field)]));
  const own = [...served.values()].flatMap(([first]) => first ?? []);
  const reasons = why && rootReasons(names, entity.keys, why);
  return {
    ...entity,
    names,
    fields: [...served.values()].flat(),
    fieldByKey: new Map(own.map((field) => [field.key, field])),
    fieldByStorageKey: new Map(own.map((field) => [field.storageKey, field])),
    keys: entity.keys.flatMap((key) => serveKey(names, key, served, reasons)),
    ...(why && reasons && { deprecationReason: why.tell(why.successor?.names.single), rootReasons: reasons }),
  };
}

/** The field itself, then what it is under its former names. */
function serveField(entity: Entity, field: Field): readonly Field[] {
  const reason =
    deprecationReason(field.deprecated, (key) => entity.fieldByKey.get(key)?.name) ??
    replacementReason(entity, field);
  const choices = field.choices.map((choice) => ({
    ...choice,
    deprecationReason: deprecationReason(
      choice.deprecated,
      (key) => field.choices.find((one) => one.key === key)?.name,
    ),
  }));
  const own: Field & Served = { ...field, choices, deprecationReason: reason };
  const aliases = field.aliases.map(
    ({ key, name }): AliasField => ({
      ...{ ...field, choices, key, name, aliases: [], isAlias: true },
      // One that is on its way out itself says what to use.
      deprecationReason: reason ?? `Renamed to "${field.name}".`,
    }),
  );
  return [own, ...aliases];
}

/** Of a field whose type changes. A role that may not see the new one only reads that there is one. */
function replacementReason(entity: Entity, { replacedBy }: Field): string | null {
  if (replacedBy === null) return null;
  const name = entity.fieldByStorageKey.get(replacedBy)?.name;
  return `Its type changes.${name === undefined ? '' : ` Use "${name}".`}`;
}

/**
 * A key of one unique field is called as the field is. One of several has its former names among its parts. `reasons` are those
 * of the entity's root fields, where that is on its way out.
 */
function serveKey(
  names: EntityNames,
  key: UniqueKey,
  served: ReadonlyMap<Field, readonly Field[]>,
  reasons: ReadonlyMap<string, string> | null,
): readonly UniqueKey[] {
  const fields = key.fields.map((field) => served.get(field)?.[0] ?? field);
  const parts = key.fields.flatMap((field) => served.get(field) ?? field);
  if (key.aliases.length === 0) return [{ ...key, ...nameKey(names, key.key), fields: parts }];
  const own = { ...key, ...nameKey(names, key.key), fields };
  const aliases = key.aliases.map((alias): UniqueKey & Served => {
    const named = nameKey(names, alias.key);
    const why = reasons?.get(named.rootName) ?? `Renamed to "${own.rootName}".`;
    return {
      ...{ ...key, ...named, key: alias.key },
      fields: parts.filter((part) => part.key === alias.key),
      deprecationReason: `Renamed to "${own.name}".`,
      rootReasons: new Map([[named.rootName, why]]),
    };
  });
  return [own, ...aliases];
}

function nameKey(names: EntityNames, key: string): Pick<UniqueKey, 'name' | 'rootName'> {
  const { name, rootName } = deriveKeyNames(names, key);
  return { name, rootName };
}

export function reasonOf(thing: object): string | null {
  return 'deprecationReason' in thing && typeof thing.deprecationReason === 'string'
    ? thing.deprecationReason
    : null;
}

/** Fields of the root that are there for an entity or a key, deprecated where that is, each for the one that takes its place. */
export function withDeprecation<Config extends object>(
  fields: Readonly<Record<string, Config>>,
  thing: Entity | UniqueKey,
): Record<string, Config> {
  const deprecationReason = reasonOf(thing);
  if (deprecationReason === null) return fields;
  const { rootReasons: reasons } = thing as Served;
  return Object.fromEntries(
    Object.entries(fields).map(([name, config]) => [
      name,
      { deprecationReason: reasons?.get(name) ?? deprecationReason, ...config },
    ]),
  );
}
