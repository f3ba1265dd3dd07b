import { hashOf } from './canonical-json.ts';
import type { Entity, Field, Inverse, Registry, Slot, UniqueKey } from './model.ts';

type Entities = Pick<Registry, 'entities' | 'entityByKey' | 'entityByStorageKey'>;

/** sha256 of exactly what the SDL shows: tenants of one API shape share a `GraphQLSchema`. */
export function apiShapeOf(registry: Entities): string {
  return hashOf(registry.entities.map((entity) => apiOf(entity, registry)));
}

/** sha256 of what compiled SQL and validators depend on; labels and descriptions are no part of it. */
export function planShapeOf(registry: Entities): string {
  return hashOf(registry.entities.map((entity) => planOf(entity, registry)));
}

function apiOf(entity: Entity, registry: Entities): unknown {
  const { names, label, description, softDelete, searchable, keys, inverses } = entity;
  return {
    names,
    label,
    description,
    softDelete,
    searchable: searchable.length > 0,
    fields: entity.fields.map((field) => apiOfField(field, registry)),
    keys: keys.filter((key) => key.slot.state === 'ready').map(apiOfKey),
    inverses: inverses.map((inverse) => apiOfInverse(inverse, registry)),
  };
}

function apiOfField(field: Field, { entityByKey }: Entities): unknown {
  const { name, label, description, type, required, choices, options } = field;
  return {
    name,
    label,
    description,
    type,
    required,
    // An input may leave out what has a default.
    hasDefault: field.default !== undefined,
    choices: choices.map((choice) => [choice.name, choice.label, choice.description]),
    target: entityByKey.get(options.target ?? '')?.names.type,
  };
}

function apiOfInverse({ name, source, field }: Inverse, { entityByStorageKey }: Entities): unknown {
  const entity = entityByStorageKey.get(source);
  return [name, entity?.names.type, entity?.fieldByStorageKey.get(field)?.name];
}

function apiOfKey({ name, rootName, fields, nullsEqual }: UniqueKey): unknown {
  return { name, rootName, fields: fields.map((field) => field.name), nullsEqual };
}

function planOf(entity: Entity, registry: Entities): unknown {
  const { key, storageKey, viewName, names, softDelete, searchable, keys, inverses } = entity;
  return {
    key,
    storageKey,
    viewName,
    names,
    softDelete,
    searchable,
    fields: entity.fields.map((field) => planOfField(field, registry)),
    keys: keys.map(planOfKey),
    inverses: inverses.map((inverse) => [inverse.name, inverse.source, inverse.field]),
  };
}

function planOfField(field: Field, { entityByKey }: Entities): unknown {
  const { key, name, type, storageKey, required, indexed, choices, slot } = field;
  const { target, choices: _, inverse: __, ...options } = field.options;
  return {
    ...{ key, name, type, storageKey, required, indexed, options, slot: planOfSlot(slot) },
    default: field.default,
    choices: choices.map((choice) => choice.key),
    target: entityByKey.get(target ?? '')?.storageKey,
  };
}

function planOfKey({ key, name, rootName, fields, nullsEqual, caseInsensitive, slot }: UniqueKey): unknown {
  const parts = fields.map((field) => field.storageKey);
  return { key, name, rootName, parts, nullsEqual, caseInsensitive, slot: planOfSlot(slot) };
}

function planOfSlot(slot: Slot | null): unknown {
  return slot === null ? null : [slot.column, slot.state];
}
