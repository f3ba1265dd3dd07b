import type { Alias, EntityAlias, EntityAliasDocument, StoredHistory } from './aliases/alias.ts';
import type { FieldOptions, FieldType } from './document.ts';
import { withStorageKeys } from './formula/computed-rows.ts';
import type { Conversion, Entity, Field, Registry, UniqueKey } from './model.ts';
import { proposePlural } from './names.ts';
import type { Role } from './roles/role.ts';

/** A registry as the rows of sql/004: tables entity_types, fields, unique_keys and roles, columns in camel case. */
export interface StoredRegistry {
  readonly entityTypes: readonly StoredEntityType[];
  readonly fields: readonly StoredField[];
  readonly uniqueKeys: readonly StoredUniqueKey[];
  /** In the designer's order; absent where there are none. */
  readonly roles?: readonly Role[];
}

export interface StoredEntityType {
  readonly storageKey: string;
  readonly key: string;
  readonly plural: string;
  readonly label: string;
  readonly description: string;
  readonly position: number;
  readonly options: StoredHistory & {
    readonly softDelete?: boolean;
    readonly searchable?: readonly string[];
  };
  readonly viewName: string;
}

export interface StoredField {
  /** Storage key of the entity. */
  readonly entityType: string;
  readonly storageKey: string;
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly type: FieldType;
  readonly required: boolean;
  readonly isUnique: boolean;
  readonly indexed: boolean;
  /** Null where there is none. */
  readonly defaultValue: unknown;
  /** What a lookup or formula refers to is named by storage keys, so that a rename leaves the row as it is. */
  readonly options: FieldOptions & StoredHistory & { readonly conversion?: Conversion };
  readonly position: number;
  readonly slot: string | null;
  readonly slotState: 'filling' | 'ready';
}

export interface StoredUniqueKey {
  readonly entityType: string;
  readonly key: string;
  /** Storage keys, in order. */
  readonly fields: readonly string[];
  readonly options: { readonly nullsEqual?: boolean; readonly caseInsensitive?: boolean };
  readonly slot: string;
  readonly slotState: 'filling' | 'ready';
  readonly position: number;
}

/** The rows of a registry; `loadRegistry` makes an equal registry of them. */
export function toStoredRegistry(registry: Registry): StoredRegistry {
  const { roles } = registry;
  return withStorageKeys({
    entityTypes: registry.entities.map(toStoredEntityType),
    fields: registry.entities.flatMap((entity) =>
      entity.allFields.map((field, position) => toStoredField(entity, field, position)),
    ),
    uniqueKeys: registry.entities.flatMap((entity) =>
      entity.keys.map((key, position) => toStoredUniqueKey(entity, key, position)),
    ),
    ...(roles.length > 0 && { roles }),
  });
}

function toStoredEntityType(entity: Entity, position: number): StoredEntityType {
  const { storageKey, key, plural, label, description, softDelete, searchable, viewName } = entity;
  const options = {
    ...(softDelete && { softDelete }),
    ...(searchable.length > 0 && { searchable }),
    ...storedHistory(entity),
  };
  return { storageKey, key, plural, label, description, position, options, viewName };
}

function toStoredField(entity: Entity, field: Field, position: number): StoredField {
  const { storageKey, key, label, description, type, required, indexed, options, slot, conversion } = field;
  return {
    entityType: entity.storageKey,
    storageKey,
    key,
    label,
    description,
    type,
    required,
    isUnique: field.unique,
    indexed,
    defaultValue: field.default ?? null,
    options: { ...options, ...storedHistory(field), ...(conversion && { conversion }) },
    position,
    slot: slot?.column ?? null,
    slotState: slot?.state ?? 'ready',
  };
}

function toStoredUniqueKey(entity: Entity, uniqueKey: UniqueKey, position: number): StoredUniqueKey {
  const { key, fields, nullsEqual, caseInsensitive, slot } = uniqueKey;
  return {
    entityType: entity.storageKey,
    key,
    fields: fields.map((field) => field.storageKey),
    options: { ...(nullsEqual && { nullsEqual }), ...(caseInsensitive && { caseInsensitive }) },
    slot: slot.column,
    slotState: slot.state,
    position,
  };
}

function storedHistory({ aliases, deprecated }: Entity | Field): StoredHistory {
  return {
    ...(aliases.length > 0 && { aliases: toAliasDocuments(aliases) }),
    ...(deprecated && { deprecated }),
  };
}

/** As documents and rows have them. */
export function toAliasDocuments(aliases: readonly (Alias | EntityAlias)[]): readonly EntityAliasDocument[] {
  return aliases.map(({ key, since, ...alias }) => ({
    key,
    ...('plural' in alias && alias.plural !== proposePlural(key) && { plural: alias.plural }),
    ...(since !== null && { since }),
    ...('later' in alias && alias.later && { later: true }),
  }));
}
