import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import {
  type Entity,
  type Field,
  fieldTypeRule,
  keyColumn,
  resultType,
  showsData,
  type UniqueKey,
  uniqueColumn,
  valueColumn,
} from '@formwork/registry';
import { isReadFromData } from './stored-value.ts';
import { type ValueKind, valueKinds } from './value-kind.ts';

/** A column of a view with a value of a record. */
export interface ViewColumn {
  /** GraphQL name. */
  readonly name: string;
  readonly column: string;
  readonly kind: ValueKind;
  readonly key: KeyColumn | null;
  /** The unique key over this field alone that can be looked up, if there is one. */
  readonly uniqueKey?: UniqueKey;
  /** Null for what every record has: id, version, createdAt … */
  readonly field: Field | null;
  /** Storage key of a value that is read out of the data itself, for less than the column takes (see `stored-value.ts`). */
  readonly stored?: string;
}

/** The column with the search key of a value: indexed, never null (see sql/005), leakproof to compare. */
export interface KeyColumn {
  readonly column: string;
  /** Equal keys mean equal values. */
  readonly lossless: boolean;
}

/** What reading needs to know of an entity: its view, and a column for each GraphQL name. */
export interface EntityView {
  readonly entity: Entity;
  /** What stands behind `from`: the view, or its rows that the caller may see. */
  readonly name: SqlFragment;
  readonly columns: ReadonlyMap<string, ViewColumn>;
}

const systemColumns: readonly ViewColumn[] = [
  { name: 'id', column: 'id', kind: 'id', key: null, field: null },
  { name: 'version', column: 'version', kind: 'int', key: null, field: null },
  { name: 'createdAt', column: 'created_at', kind: 'datetime', key: null, field: null },
  { name: 'createdBy', column: 'created_by', kind: 'text', key: null, field: null },
  { name: 'updatedAt', column: 'updated_at', kind: 'datetime', key: null, field: null },
  { name: 'updatedBy', column: 'updated_by', kind: 'text', key: null, field: null },
];

const views = new WeakMap<Entity, EntityView>();

/**
 * The view of an entity; the same object for the same entity, as tenants of one shape share their registry. Throws for
 * an entity with a row rule that was not bound to a caller (see `bindRegistry`): nothing reads past a rule.
 */
export function entityView(entity: Entity): EntityView {
  const known = views.get(entity);
  if (known !== undefined) return known;
  if (entity.access?.read) throw new Error(`"${entity.key}" has a row rule and is read without it`);
  return keep(entity, sql.identifier('formwork_views', entity.viewName));
}

/** Has an entity read from `rows`, a sub-select that stands for its view, from now on. */
export function restrictView(entity: Entity, rows: SqlFragment): void {
  keep(entity, rows);
}

function keep(entity: Entity, name: SqlFragment): EntityView {
  const view: EntityView = {
    entity,
    name,
    columns: new Map(
      [...systemColumns, ...fieldColumns(entity)].flatMap(withAliases).map((column) => [column.name, column]),
    ),
  };
  views.set(entity, view);
  return view;
}

/** The column under the field's former names too: values are read by the name that they are asked for. */
function withAliases(column: ViewColumn): readonly ViewColumn[] {
  return [column, ...(column.field?.aliases ?? []).map(({ name }) => ({ ...column, name }))];
}

/** The column of a GraphQL name that is known to exist. */
export function getColumn(view: EntityView, name: string): ViewColumn {
  const column = view.columns.get(name);
  if (column === undefined) throw new Error(`The entity "${view.entity.key}" has no column "${name}"`);
  return column;
}

function fieldColumns(entity: Entity): ViewColumn[] {
  return entity.fields.flatMap((field): ViewColumn[] => {
    const kind = valueKinds[resultType(field)];
    if (kind === null) return [];
    const key = keyColumn(field);
    const stored = showsData(entity) && isReadFromData(field, kind) ? field.storageKey : null;
    const uniqueKey = entity.keys.find(
      (candidate) =>
        candidate.fields.length === 1 && candidate.fields[0] === field && uniqueColumn(candidate),
    );
    return [
      {
        name: field.name,
        column: valueColumn(field),
        kind,
        ...(uniqueKey === undefined ? {} : { uniqueKey }),
        ...(stored === null ? {} : { stored }),
        key: key === null ? null : { column: key, lossless: fieldTypeRule(resultType(field)).lossless },
        field,
      },
    ];
  });
}
