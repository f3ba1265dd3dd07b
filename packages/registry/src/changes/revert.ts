import type { AliasDocument } from '../aliases/alias.ts';
import type { Continued } from '../aliases/identities.ts';
import type { EntityDocument, FieldDocument, RegistryDocument } from '../document.ts';
import type { Entity, Field, Registry } from '../model.ts';
import type { Problem } from '../problem.ts';
import { nameOf } from './change-log.ts';

/** Where a registry keeps what it calls otherwise: key → storage key, without those that are the same. */
export interface StorageNames {
  readonly entities: Readonly<Record<string, string>>;
  /** By key of the entity. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Of fields that have taken the place of others, by key of the entity: whose, for what those had must never come back. */
  readonly contracted?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function storageNamesOf({ entities }: Registry): StorageNames {
  const renamed = <Thing extends { readonly key: string; readonly storageKey: string }>(
    things: readonly Thing[],
  ) =>
    Object.fromEntries(
      things.filter((one) => one.key !== one.storageKey).map(({ key, storageKey }) => [key, storageKey]),
    );
  const ofEach = (namesOf: (entity: Entity) => Readonly<Record<string, string>>) => {
    const all = entities.map((entity) => [entity.key, namesOf(entity)] as const);
    return Object.fromEntries(all.filter(([, names]) => Object.keys(names).length > 0));
  };
  const contracted = ofEach(({ allFields }) =>
    Object.fromEntries(
      allFields.flatMap(({ key, conversion }) =>
        conversion?.state === 'contracted' ? [[key, conversion.from]] : [],
      ),
    ),
  );
  return {
    entities: renamed(entities),
    fields: ofEach(({ allFields }) => renamed(allFields)),
    ...(Object.keys(contracted).length > 0 && { contracted }),
  };
}

/**
 * The document that makes a former registry the one of today again, with what it had. Names that came since stay as
 * aliases, so that who has moved on is not left behind. Refused where a name of then has been given up since: that
 * was the contract; and where values were let go of.
 */
export function revertTo(
  current: Registry,
  former: RegistryDocument,
  storage: StorageNames,
):
  | { readonly document: RegistryDocument; readonly continued: Continued }
  | { readonly problems: readonly Problem[] } {
  const revert = new Revert(current, storage);
  const entities = former.entities.map((entity) => revert.entity(entity, former));
  const { problems, continued } = revert;
  return problems.length > 0 ? { problems } : { document: { ...former, entities }, continued };
}

class Revert {
  readonly problems: Problem[] = [];
  readonly #current: Registry;
  readonly #storage: StorageNames;
  readonly #entities = new Map<string, string>();
  readonly #fields = new Map<string, ReadonlyMap<string, string>>();
  readonly #contracted = new Map<string, ReadonlyMap<string, string>>();

  constructor(current: Registry, storage: StorageNames) {
    this.#current = current;
    this.#storage = storage;
  }

  get continued(): Continued {
    return { entities: this.#entities, fields: this.#fields, contracted: this.#contracted };
  }

  entity(then: EntityDocument, former: RegistryDocument): EntityDocument {
    const storageKey = own(this.#storage.entities, then.key) ?? then.key;
    const names = own(this.#storage.fields, then.key) ?? {};
    const keptAs = ({ key }: FieldDocument) => own(names, key) ?? key;
    this.#entities.set(then.key, storageKey);
    this.#fields.set(then.key, new Map(then.fields.map((field) => [field.key, keptAs(field)])));
    const contracted = Object.entries(own(this.#storage.contracted ?? {}, then.key) ?? {});
    this.#contracted.set(then.key, new Map(contracted));
    const now = this.#current.entityByStorageKey.get(storageKey);
    const fields = then.fields.map((field) => this.#field(then, field, keptAs(field), now));
    if (!now) return { ...then, fields };
    this.#checkContract(then.key, now, nameOf(then.key));
    const taken = new Set(former.entities.map(({ key }) => key));
    return { ...then, fields, ...withAliases(then, now, taken) };
  }

  #field(
    entity: EntityDocument,
    then: FieldDocument,
    storageKey: string,
    entityNow: Entity | undefined,
  ): FieldDocument {
    const name = nameOf(entity.key, then.key);
    const now = entityNow?.allFields.find((field) => field.storageKey === storageKey);
    if (!now) {
      this.#checkReturn(then, name);
      this.#checkSuccessor(storageKey, name, entityNow);
      return then;
    }
    this.#checkContract(then.key, now, name);
    return { ...then, ...withAliases(then, now, new Set(entity.fields.map(({ key }) => key))) };
  }

  #checkContract(key: string, now: Entity | Field, name: string): void {
    if ([now, ...now.aliases].some((one) => one.key === key)) return;
    this.#refuse(
      `${name} is called "${now.key}" by now, and its old name was given up since, so this cannot be undone. Rename it back.`,
    );
  }

  /** Values of what is removed stay where they are, but for links to many, whose rows go with it, and counters. */
  #checkReturn({ type }: FieldDocument, name: string): void {
    if (type !== 'links' && type !== 'autonumber') return;
    const gone = type === 'links' ? 'its links were deleted when it was removed' : 'its counter went with it';
    this.#refuse(`The field ${name} cannot come back: ${gone}. Add it as a new field.`);
  }

  /** Its values are those of the day on which the other took its place. */
  #checkSuccessor(storageKey: string, name: string, entityNow: Entity | undefined): void {
    const successor = entityNow?.allFields.find(({ conversion }) => conversion?.from === storageKey);
    if (successor?.conversion?.state !== 'contracted') return;
    this.#refuse(
      `The field ${name} was given up for "${successor.key}", which has its values since, so it cannot come back. Change the type of "${successor.key}" instead.`,
    );
  }

  #refuse(message: string): void {
    this.problems.push({ code: 'NOT_REVERTIBLE', path: 'version', message });
  }
}

/** An entity may be called "constructor". */
function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The aliases of then, and the names of now that are none of those of then. */
function withAliases(then: EntityDocument | FieldDocument, now: Entity | Field, taken: ReadonlySet<string>) {
  const before: readonly AliasDocument[] = then.aliases ?? [];
  const known = new Set([then.key, ...before.map(({ key }) => key)]);
  const since = [...now.aliases, now]
    .filter(({ key }) => !known.has(key) && !taken.has(key))
    .map((one): AliasDocument => ({ key: one.key, ...('plural' in one && { plural: one.plural }) }));
  const aliases = [...before, ...since];
  return aliases.length > 0 ? { aliases } : {};
}
