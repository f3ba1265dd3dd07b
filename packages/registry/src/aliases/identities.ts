import type { Draft, DraftEntity, DraftField } from '../draft.ts';
import type { Entity, Field, Registry } from '../model.ts';
import type { AliasDocument } from './alias.ts';

/**
 * What goes on under another name than its own, by storage keys: after a rename without an alias, and where a former
 * registry comes back with what it had.
 */
export interface Continued {
  /** Key in the document → storage key. */
  readonly entities: ReadonlyMap<string, string>;
  /** Key of the entity in the document → key of the field → storage key. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Of fields that come back, by key of the entity and their own: the storage key of the field whose place they had taken. */
  readonly contracted?: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/**
 * Which entity and field of today each of a document goes on with: the one that `continued` says; else that of the
 * same key; else one that has the key of an alias, for an alias that is new is a rename; else, for a document of before a
 * rename, the one that this key is an alias of.
 */
export class Identities {
  readonly #continued: Continued | undefined;
  readonly #entities: ReadonlyMap<string, Entity>;
  readonly #fields = new Map<string, ReadonlyMap<string, Field>>();

  constructor({ entities }: Draft, current: Registry | undefined, continued?: Continued) {
    this.#continued = continued;
    this.#entities = match(
      entities,
      ({ document }) => document.aliases,
      (key) => current?.entityByKey.get(key),
      continued ? () => undefined : (key) => current?.entities.find(isCalled(key)),
      (key) => {
        const storageKey = continued?.entities.get(key);
        return storageKey === undefined ? undefined : (current?.entityByStorageKey.get(storageKey) ?? null);
      },
    );
    for (const entity of entities) {
      if (!this.#fields.has(entity.key)) this.#fields.set(entity.key, this.#matchFields(entity));
    }
  }

  entityOf(key: string): Entity | undefined {
    return this.#entities.get(key);
  }

  fieldOf(entity: string, field: string): Field | undefined {
    return this.#fields.get(entity)?.get(field);
  }

  /** Where that is settled, whether or not it is in use today. */
  storageKeyOfEntity(key: string): string | undefined {
    return this.#continued?.entities.get(key) ?? this.entityOf(key)?.storageKey;
  }

  /** The storage key of a field that is in use no more and comes back. */
  returningFieldOf(entity: string, field: string): string | undefined {
    const storageKey = this.#continued?.fields.get(entity)?.get(field);
    const isThere = this.entityOf(entity)?.allFields.some((field) => field.storageKey === storageKey);
    return isThere ? undefined : storageKey;
  }

  /** The storage key of the field whose place one that comes back had taken. */
  contractedFrom(entity: string, field: string): string | undefined {
    return this.#continued?.contracted?.get(entity)?.get(field);
  }

  /** Whether a link that leads to `was` today leads to the same entity as one to `is` in the document. */
  isSameTarget(was: string | undefined, is: string | undefined): boolean {
    return was === is || (was !== undefined && is !== undefined && this.entityOf(is)?.key === was);
  }

  #matchFields(entity: DraftEntity): ReadonlyMap<string, Field> {
    const today = this.entityOf(entity.key);
    const settled = this.#continued?.fields.get(entity.key);
    return match<DraftField, Field>(
      entity.fields,
      ({ document }) => document?.aliases,
      (key) => today?.allFields.find((field) => field.key === key),
      this.#continued ? () => undefined : (key) => today?.allFields.find(isCalled(key)),
      (key) => {
        const storageKey = settled?.get(key);
        const known = today?.allFields.find((field) => field.storageKey === storageKey);
        return storageKey === undefined ? undefined : (known ?? null);
      },
    );
  }
}

/** `settled`: undefined where nothing is said; null where what is said is not there today. */
function match<Drafted extends { readonly key: string }, Known>(
  items: readonly Drafted[],
  aliasesOf: (item: Drafted) => readonly AliasDocument[] | undefined,
  find: (key: string) => Known | undefined,
  findByAlias: (key: string) => Known | undefined,
  settled: (key: string) => Known | null | undefined,
): ReadonlyMap<string, Known> {
  const matched = new Map<string, Known>();
  const taken = new Set<Known>();
  const take = ({ key }: Drafted, known: Known | null | undefined) => {
    if (known == null || taken.has(known) || matched.has(key)) return;
    matched.set(key, known);
    taken.add(known);
  };
  for (const item of items) take(item, settled(item.key));
  const open = items.filter(({ key }) => settled(key) === undefined);
  for (const item of open) take(item, find(item.key));
  for (const item of open) {
    for (const alias of aliasesOf(item) ?? []) take(item, find(alias.key));
  }
  for (const item of open) take(item, findByAlias(item.key));
  return matched;
}

function isCalled(key: string): (thing: Pick<Entity | Field, 'aliases'>) => boolean {
  return ({ aliases }) => aliases.some((alias) => alias.key === key);
}
