import type { FieldOptions } from '../document.ts';
import { groupBy } from '../group-by.ts';
import type { StoredEntityType, StoredField } from '../stored-registry.ts';
import type { ComputedScope, ScopeField } from './computed-scope.ts';
import { type Renaming, renameReferences } from './rename-references.ts';
import { ComputedResolver, isComputed, type ResolvedField } from './resolve-computed.ts';

interface Rows {
  readonly entityTypes: readonly Pick<StoredEntityType, 'key' | 'storageKey'>[];
  readonly fields: readonly StoredField[];
}

/** The rows with what computed fields refer to by storage keys. */
export function withStorageKeys<R extends Rows>(rows: R): R {
  return renameRows(
    rows,
    ({ key }) => key,
    ({ storageKey }) => storageKey,
  );
}

/** The options of the fields in the rows, with what computed fields refer to by the keys of today. */
export function optionsByKeys(rows: Rows): (row: StoredField) => FieldOptions {
  const renamed = renameRows(
    rows,
    ({ storageKey }) => storageKey,
    ({ key }) => key,
  );
  const options = new Map(
    rows.fields.map((row, index) => [row, renamed.fields[index]?.options ?? row.options]),
  );
  return (row) => options.get(row) ?? row.options;
}

function renameRows<R extends Rows>(rows: R, from: NameOf, to: NameOf): R {
  if (!rows.fields.some(isComputed)) {
    return rows;
  }
  const keyOf = new Map(rows.entityTypes.map(({ storageKey, key }) => [storageKey, key]));
  const renaming: Renaming = new Map(
    [...groupBy(rows.fields, (row) => keyOf.get(row.entityType) ?? '')].map(([entity, fields]) => [
      entity,
      new Map(fields.map((row) => [from(row), { name: to(row), target: targetOf(row) }])),
    ]),
  );
  const fields = rows.fields.map((row) => {
    const entity = keyOf.get(row.entityType) ?? '';
    return isComputed(row)
      ? { ...row, options: renameReferences(row.type, row.options, entity, renaming) }
      : row;
  });
  return { ...rows, fields };
}

type NameOf = (row: StoredField) => string;

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
  const entities = rows.entityTypes.map(({ key, storageKey }) => {
    const fields = (fieldsOf.get(storageKey) ?? []).map(
      (row) => [row.storageKey, scoped.get(row) as ScopeField] as const,
    );
    return { key, name: storageKey, fields: new Map(fields) };
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
  return { key, name: storageKey, type, options, choices: options.choices ?? [], slot: ready };
}
