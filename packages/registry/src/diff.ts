import { canonicalJson } from './canonical-json.ts';
import {
  propertiesOfEntity,
  propertiesOfField,
  propertiesOfKey,
  propertiesOfRole,
} from './diff-properties.ts';
import type { Entity, Registry, UniqueKey } from './model.ts';
import { capitalise } from './names.ts';
import { mapInSteps, type Steps, toEnd } from './steps.ts';
import { toDocument } from './to-document.ts';

/** One thing that a change of the registry does. */
export interface RegistryChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly what: 'registry' | 'entity' | 'field' | 'key' | 'role';
  /** Its place by keys: "flight", "flight.status", "flight.by_number"; empty for the registry itself. */
  readonly name: string;
  /** Of a change: what of it ("label", "options.max"), and its value before and after. */
  readonly property?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** All of that as a sentence: `Field "flight.status" added.` */
  readonly message: string;
}

/**
 * What differs between two registries, in the designer's words: storage keys and slots are not told. Entities and
 * fields are the same when their storage keys are, so a rename is a change of the property "key".
 */
export function diffRegistries(before: Registry | null, after: Registry): readonly RegistryChange[] {
  return toEnd(diffRegistriesInSteps(before, after));
}

/** The same in steps. */
export function* diffRegistriesInSteps(
  before: Registry | null,
  after: Registry,
): Steps<readonly RegistryChange[]> {
  const inEntities = yield* mapInSteps(after.entities, (entity) => {
    const was = before?.entityByStorageKey.get(entity.storageKey);
    return was === undefined ? [] : diffEntities(was, entity);
  });
  return [
    ...diffLists(
      'entity',
      '',
      before?.entities ?? [],
      after.entities,
      (entity) => entity.storageKey,
      propertiesOfEntity,
    ),
    ...inEntities.flat(),
    ...diffLists(
      'role',
      '',
      before ? (toDocument(before).roles ?? []) : [],
      toDocument(after).roles ?? [],
      ({ key }) => key,
      propertiesOfRole,
    ),
  ];
}

function diffEntities(before: Entity, after: Entity): readonly RegistryChange[] {
  const prefix = `${after.key}.`;
  return [
    ...diffLists(
      'field',
      prefix,
      before.allFields,
      after.allFields,
      (field) => field.storageKey,
      propertiesOfField,
    ),
    ...diffLists('key', prefix, listedKeys(before), listedKeys(after), (key) => key.key, propertiesOfKey),
  ];
}

/** Keys that come with a unique field are told with the field. */
function listedKeys(entity: Entity): readonly UniqueKey[] {
  return entity.keys.filter((key) => !entity.fieldByKey.get(key.key)?.unique);
}

function diffLists<Thing extends { readonly key: string }>(
  what: RegistryChange['what'],
  prefix: string,
  before: readonly Thing[],
  after: readonly Thing[],
  identity: (thing: Thing) => string,
  propertiesOf: (thing: Thing) => Readonly<Record<string, unknown>>,
): readonly RegistryChange[] {
  const [was, is] = [before, after].map((things) => new Map(things.map((thing) => [identity(thing), thing])));
  const removed = before.filter((thing) => !is?.has(identity(thing)));
  const moved = orderOf(before, is, identity) !== orderOf(after, was, identity);
  return [
    ...removed.map((thing) => wholeChange('removed', what, prefix + thing.key)),
    ...after.flatMap((thing) => {
      const old = was?.get(identity(thing));
      const name = prefix + thing.key;
      return old === undefined
        ? wholeChange('added', what, name)
        : diffProperties(what, name, propertiesOf(old), propertiesOf(thing));
    }),
    ...(moved ? [diffOrder(what, prefix, before.map(keyOf), after.map(keyOf))] : []),
  ];
}

function keyOf({ key }: { readonly key: string }): string {
  return key;
}

/** The things that are on both sides, in their order on this one. */
function orderOf<Thing>(
  things: readonly Thing[],
  others: ReadonlyMap<string, Thing> | undefined,
  identity: (thing: Thing) => string,
): string {
  return things
    .map(identity)
    .filter((one) => others?.has(one))
    .join();
}

const listNames = {
  registry: 'registries',
  entity: 'entities',
  field: 'fields',
  key: 'keys',
  role: 'roles',
} as const;

function diffOrder(
  what: RegistryChange['what'],
  prefix: string,
  before: readonly string[],
  after: readonly string[],
): RegistryChange {
  const owner = prefix === '' ? 'registry' : 'entity';
  return propertyChange(owner, prefix.slice(0, -1), `order of ${listNames[what]}`, before, after);
}

function diffProperties(
  what: RegistryChange['what'],
  name: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly RegistryChange[] {
  const properties = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...properties]
    .filter((property) => canonicalJson(before[property]) !== canonicalJson(after[property]))
    .map((property) => propertyChange(what, name, property, before[property], after[property]));
}

function wholeChange(kind: 'added' | 'removed', what: RegistryChange['what'], name: string): RegistryChange {
  return { kind, what, name, message: `${capitalise(what)} "${name}" ${kind}.` };
}

function propertyChange(
  what: RegistryChange['what'],
  name: string,
  property: string,
  before: unknown,
  after: unknown,
): RegistryChange {
  const who = name === '' ? 'The registry' : `${capitalise(what)} "${name}"`;
  const values = isShort(before) && isShort(after) ? ` from ${show(before)} to ${show(after)}` : '';
  return {
    kind: 'changed',
    what,
    name,
    property,
    before,
    after,
    message: `${who}: ${property} changed${values}.`,
  };
}

function isShort(value: unknown): boolean {
  return show(value).length <= 60;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : canonicalJson(value);
}
