import type { EntityAlias, EntityAliasDocument } from './aliases/alias.ts';
import { BrokenRegistryError } from './broken-registry-error.ts';
import type { Choice } from './document.ts';
import type { Computed } from './formula/computation.ts';
import { optionsByKeys, resolveRows } from './formula/computed-rows.ts';
import type { ResolvedField } from './formula/resolved-field.ts';
import { freeze } from './freeze.ts';
import { groupBy } from './group-by.ts';
import { fieldsByName, mapEntities } from './lookups.ts';
import type { Entity, Field, Inverse, NamedChoice, Registry, UniqueKey } from './model.ts';
import {
  camelName,
  choiceName,
  deriveEntityNames,
  deriveKeyNames,
  proposeLabel,
  proposePlural,
} from './names.ts';
import { apiShapeOf, planShapeOf } from './shape.ts';
import { mapInSteps, type Steps, toEnd } from './steps.ts';
import type { StoredEntityType, StoredField, StoredRegistry, StoredUniqueKey } from './stored-registry.ts';

/**
 * Makes the registry that the rows describe, in any order of rows. The rows are trusted: they were checked once. Throws
 * BrokenRegistryError where they make none all the same.
 */
export function loadRegistry(stored: StoredRegistry): Registry {
  return toEnd(loadRegistryInSteps(stored));
}

/** The same in steps. */
export function* loadRegistryInSteps(stored: StoredRegistry): Steps<Registry> {
  try {
    const registry = yield* buildRegistry(stored, (_, row) => row.viewName);
    assertTargets(registry);
    return registry;
  } catch (cause) {
    throw new BrokenRegistryError(stored, cause);
  }
}

/** Nothing else of a registry needs them to be made. */
function assertTargets({ entities, entityByKey }: Registry): void {
  for (const entity of entities) {
    for (const { key, type, options } of entity.allFields) {
      if (type !== 'link' && type !== 'links') continue;
      if (!entityByKey.has(options.target ?? ''))
        throw new Error(`"${entity.key}.${key}" leads to no entity.`);
    }
  }
}

/** @internal `viewName` says what the view of an entity is called, which is known only once the entity is there. */
export function* buildRegistry(
  stored: StoredRegistry,
  viewName: (entity: Entity, row: StoredEntityType) => string,
): Steps<Registry> {
  const [optionsOf, resolve] = [optionsByKeys(stored), resolveRows(stored)];
  const build = (row: StoredField) => buildField(row, optionsOf(row), resolve(row));
  yield;
  const fieldsOf = groupBy(inOrder(stored.fields), (row) => row.entityType);
  const keysOf = groupBy(inOrder(stored.uniqueKeys), (row) => row.entityType);
  const waysBack = findInverses(stored);
  yield;
  const entities = yield* mapInSteps(inOrder(stored.entityTypes), (row) => {
    const fields = withReplacements((fieldsOf.get(row.storageKey) ?? []).map(build));
    const entity = buildEntity(row, fields, keysOf.get(row.storageKey) ?? [], waysBack.get(row.key) ?? []);
    return freeze({ ...entity, viewName: viewName(entity, row) });
  });
  const maps = mapEntities(entities);
  const { roles = [] } = stored;
  const shapes = { apiShape: yield* apiShapeOf(maps), planShape: yield* planShapeOf(maps, roles) };
  return freeze({ ...maps, roles, whole: null, ...shapes });
}

function buildEntity(
  row: StoredEntityType,
  allFields: readonly Field[],
  keyRows: readonly StoredUniqueKey[],
  inverses: readonly Inverse[],
): Entity {
  const aliases = (row.options.aliases ?? []).map(buildEntityAlias);
  const fields = allFields.filter(({ conversion }) => conversion?.state !== 'filling');
  const names = aliases.find(({ later }) => !later)?.names ?? deriveEntityNames(row.key, row.plural);
  const fieldByStorageKey = new Map(fields.map((field) => [field.storageKey, field]));
  const { storageKey, key, plural, label, description } = row;
  return {
    ...{
      key,
      plural,
      label,
      description,
      storageKey,
      viewName: row.viewName,
      names,
      fields,
      allFields,
      inverses,
    },
    fieldByKey: new Map(fields.map((field) => [field.key, field])),
    fieldByName: fieldsByName(fields),
    fieldByStorageKey,
    keys: keyRows.map((keyRow) => buildKey(keyRow, names, fieldByStorageKey)),
    inverseByName: new Map(inverses.map((inverse) => [inverse.name, inverse])),
    softDelete: row.options.softDelete ?? false,
    searchable: row.options.searchable ?? [],
    aliases,
    deprecated: row.options.deprecated ?? null,
    access: null,
  };
}

function buildField(
  row: StoredField,
  { aliases = [], deprecated, conversion, ...options }: StoredField['options'],
  resolved: ResolvedField | null,
): Field {
  const computed = resolved && computedOf(resolved);
  return {
    key: row.key,
    name: camelName(row.key),
    label: row.label,
    description: row.description,
    type: row.type,
    required: row.required,
    unique: row.isUnique,
    indexed: row.indexed,
    default: row.defaultValue ?? undefined,
    options,
    computed,
    choices: (resolved?.choices ?? options.choices ?? []).map(buildChoice),
    storageKey: row.storageKey,
    slot: row.slot === null ? null : { column: row.slot, state: row.slotState },
    aliases: aliases.map(({ key, since = null }) => ({ key, name: camelName(key), since })),
    deprecated: deprecated ?? null,
    conversion: conversion ?? null,
    replacedBy: null,
  };
}

/** Fields whose place another one takes know of that one. */
function withReplacements(fields: readonly Field[]): readonly Field[] {
  const ready = fields.filter(({ conversion }) => conversion?.state === 'ready');
  if (ready.length === 0) return fields;
  const replacements = new Map(ready.map(({ conversion, storageKey }) => [conversion?.from, storageKey]));
  return fields.map((field) => ({ ...field, replacedBy: replacements.get(field.storageKey) ?? null }));
}

function computedOf({ type, value, source, stored }: ResolvedField): Computed {
  return { type, value, source, stored };
}

function buildChoice({ key, label = proposeLabel(key), description = '', deprecated }: Choice): NamedChoice {
  return { key, name: choiceName(key), label, description, ...(deprecated && { deprecated }) };
}

function buildKey(
  row: StoredUniqueKey,
  names: Entity['names'],
  fieldByStorageKey: ReadonlyMap<string, Field>,
): UniqueKey {
  const { name, rootName } = deriveKeyNames(names, row.key);
  const fields = row.fields.flatMap((storageKey) => fieldByStorageKey.get(storageKey) ?? []);
  const [only] = fields;
  return {
    key: row.key,
    name,
    rootName,
    fields,
    nullsEqual: row.options.nullsEqual ?? false,
    caseInsensitive: row.options.caseInsensitive ?? false,
    slot: { column: row.slot, state: row.slotState },
    aliases: only?.unique && only.key === row.key ? only.aliases : [],
  };
}

function buildEntityAlias({
  key,
  plural = proposePlural(key),
  since,
  later = false,
}: EntityAliasDocument): EntityAlias {
  return { key, plural, names: deriveEntityNames(key, plural), since: since ?? null, later };
}

/** By key of the target, in the order of the linking entities and fields. */
function findInverses(stored: StoredRegistry): ReadonlyMap<string, readonly Inverse[]> {
  const position = new Map(stored.entityTypes.map((row) => [row.storageKey, row.position]));
  const rows = inOrder(stored.fields).sort(
    (a, b) => (position.get(a.entityType) ?? 0) - (position.get(b.entityType) ?? 0),
  );
  const inverses = rows.flatMap(({ options: { target, inverse }, entityType, storageKey }) =>
    target !== undefined && typeof inverse === 'string'
      ? [{ target, key: inverse, name: camelName(inverse), source: entityType, field: storageKey }]
      : [],
  );
  const grouped = groupBy(inverses, (inverse) => inverse.target);
  return new Map(
    [...grouped].map(([target, list]) => [target, list.map(({ target: _, ...inverse }) => inverse)]),
  );
}

/** @internal */
export function inOrder<Row extends { readonly position: number }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.position - b.position);
}
