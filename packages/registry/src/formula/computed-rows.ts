import type { FieldOptions } from '../document.ts';
import { groupBy } from '../group-by.ts';
import type { StoredEntityType, StoredField } from '../stored-registry.ts';
import { type ComputedScope, isComputed, type ScopeField } from './computed-scope.ts';
import { type Renaming, renameReferences } from './rename-references.ts';
import { ComputedResolver } from './resolve-computed.ts';
import type { ResolvedField } from './resolved-field.ts';

interface Rows {
  readonly entityTypes: readonly Pick<StoredEntityType, 'key' | 'storageKey'>[];
  readonly fields: readonly StoredField[];
}

/** The rows with what computed fields refer to by storage keys. */
export function withStorageKeys<R extends Rows>(rows: R): R {
  return renameRows(rows, byKey, byStorageKey);
}

/** The options of the fields in the rows, with what computed fields refer to by the keys of today. */
export function optionsByKeys(rows: Rows): (row: StoredField) => FieldOptions {
  const renamed = renameRows(rows, byStorageKey, byKey);
  const options = new Map(
    rows.fields.map((row, index) => [row, renamed.fields[index]?.options ?? row.options]),
  );
  return (row) => options.get(row) ?? row.options;
}

function renameRows<R extends Rows>(rows: R, from: Names, to: Names): R {
  if (!rows.fields.some(isComputed)) {
    return rows;
  }
  const keyOf = new Map(rows.entityTypes.map(({ storageKey, key }) => [storageKey, key]));
  const waysBack = groupBy(rows.fields.filter(hasWayBack), ({ options }) => options.target ?? '');
  const fieldsOf = groupBy(rows.fields, (row) => keyOf.get(row.entityType) ?? '');
  const renaming: Renaming = new Map(
    [...keyOf.values()].map((entity) => {
      const fields = (fieldsOf.get(entity) ?? []).map((row) => {
        const many = row.type === 'links' ? row.options.target : undefined;
        return [from.field(row), { name: to.field(row), target: targetOf(row), many }] as const;
      });
      const inverses = (waysBack.get(entity) ?? []).map((row) => {
        const many = keyOf.get(row.entityType);
        return [from.inverse(row), { name: to.inverse(row), target: undefined, many }] as const;
      });
      return [entity, new Map([...inverses, ...fields])];
    }),
  );
  const fields = rows.fields.map((row) => {
    const entity = keyOf.get(row.entityType) ?? '';
    return isComputed(row)
      ? { ...row, options: renameReferences(row.type, row.options, entity, renaming) }
      : row;
  });
  return { ...rows, fields };
}

interface Names {
  readonly field: (row: StoredField) => string;
  /** Of the way back over a link. */
  readonly inverse: (row: StoredField) => string;
}

const byKey: Names = { field: ({ key }) => key, inverse: ({ options }) => options.inverse ?? '' };
/** A way back has no storage key of its own; with its point this can be that of no field. */
const byStorageKey: Names = {
  field: ({ storageKey }) => storageKey,
  inverse: ({ entityType, storageKey }) => `${entityType}.${storageKey}`,
};

function hasWayBack({ options }: StoredField): boolean {
  return options.target !== undefined && typeof options.inverse === 'string';
}

function targetOf({ type, options }: StoredField): string | undefined {
  return type === 'link' ? options.target : undefined;
}

/** What the computed fields of the rows come to; null for the other fields. */
export function resolveRows(rows: Rows): (row: StoredField) => ResolvedField | null {
  if (!rows.fields.some(isComputed)) {
    return () => null;
  }
  const fieldsOf = groupBy(rows.fields, (row) => row.entityType);
  const scoped = new Map(rows.fields.map((row) => [row, scopeField(row)]));
  const keyOf = new Map(rows.entityTypes.map(({ key, storageKey }) => [storageKey, key]));
  const waysBack = groupBy(rows.fields.filter(hasWayBack), ({ options }) => options.target ?? '');
  const entities = rows.entityTypes.map(({ key, storageKey }) => {
    const fields = (fieldsOf.get(storageKey) ?? []).map(
      (row) => [row.storageKey, scoped.get(row) as ScopeField] as const,
    );
    const inverses = (waysBack.get(key) ?? []).map(
      (row) =>
        [
          byStorageKey.inverse(row),
          { source: keyOf.get(row.entityType) ?? '', field: row.storageKey },
        ] as const,
    );
    return { key, name: storageKey, fields: new Map(fields), inverses: new Map(inverses) };
  });
  const scope: ComputedScope = { entities: new Map(entities.map((entity) => [entity.key, entity])) };
  const entityOf = new Map(entities.map((entity) => [entity.name, entity]));
  const resolver = new ComputedResolver(scope, (_, field, { message }) => {
    throw new Error(`The stored field "${field.key}" was not checked. ${message}`);
  });
  return (row) => {
    const [entity, field] = [entityOf.get(row.entityType), scoped.get(row)];
    return isComputed(row) && entity && field ? resolver.resolve(entity, field) : null;
  };
}

function scopeField({ key, storageKey, type, options, slot, slotState }: StoredField): ScopeField {
  const ready = slotState === 'ready' ? slot : null;
  const linkSlot = type === 'link' ? slot : null;
  return { key, name: storageKey, type, options, choices: options.choices ?? [], slot: ready, linkSlot };
}
