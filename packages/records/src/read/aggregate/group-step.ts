import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type Entity, quote } from '@formwork/registry';
import { RecordError } from '../../contract.ts';
import { badInput } from '../bad-input.ts';
import { columnOf } from '../comparable.ts';
import { entityView, type ViewColumn } from '../entity-view.ts';
import { findLinkPath } from '../link-path.ts';
import { onlyEntry } from '../only-entry.ts';
import { noTextKey } from '../text-key.ts';
import type { AggregateSource } from './aggregate-source.ts';
import { calendarPart } from './calendar.ts';

/** What records are grouped by, or distinct values are counted of: a value of each record. */
export interface GroupStep {
  /** Of the group. */
  readonly value: SqlFragment;
  /** A column of the source, which tells the groups apart. */
  readonly by: SqlFragment;
  /** What the value is; of a part of the calendar a date. */
  readonly column: ViewColumn;
  /** The links to the field and the field, by storage keys; parts of the calendar of one field have one way. */
  readonly way: string;
}

/** A step such as `{ status: true }`, `{ origin: { city: true } }` or `{ departsAt: { part: "MONTH" } }`. */
export function compileGroupStep(source: AggregateSource, step: unknown, path: string): GroupStep {
  const { alias, column, way, leaf, leafPath } = findPlace(source, step, path);
  const value = columnOf(alias, column.column);
  switch (column.kind) {
    case 'json':
    case 'multi_select':
    case 'duration':
      throw badInput(leafPath, `cannot be grouped by: it is of the type ${quote(column.kind)}.`);
    case 'date':
    case 'datetime': {
      const day = calendarPart(column, value, leaf, leafPath);
      const by = source.column(day);
      return { value: by, by, column: { ...column, kind: 'date', key: null }, way };
    }
    default:
      if (leaf !== true) throw badInput(leafPath, 'must be true.');
      return { ...groupOf(source, alias, column), column, way };
  }
}

function groupOf(source: AggregateSource, alias: SqlFragment, { column, kind, key }: ViewColumn) {
  // By the slot itself, which is never null in a record that is there: an index may have all that is asked.
  if (kind === 'select' && key !== null && alias === source.alias) {
    const by = source.column(columnOf(alias, key.column));
    return { by, value: sql`nullif(${by}, ${noTextKey})` };
  }
  const value = columnOf(alias, column);
  // Equal decimals may be written differently; a group shows one of them, always the same.
  const by = source.column(kind === 'decimal' ? sql`trim_scale(${value})` : value);
  return { by, value: by };
}

/** A field that a step leads to through links to one, and what the step says about it. */
export interface Place {
  readonly alias: SqlFragment;
  readonly column: ViewColumn;
  readonly way: string;
  readonly leaf: unknown;
  readonly leafPath: string;
}

export function findPlace(source: AggregateSource, step: unknown, path: string): Place {
  return walk(source, source.entity, source.alias, step, path, '', 0);
}

function walk(
  source: AggregateSource,
  entity: Entity,
  alias: SqlFragment,
  step: unknown,
  path: string,
  way: string,
  depth: number,
): Place {
  const { scope } = source;
  if (depth > scope.limits.depth) {
    const limit = scope.limits.depth;
    throw new RecordError('LIMIT_EXCEEDED', `${quote(path)} leads over more than ${limit} links.`, { limit });
  }
  const [name, leaf] = onlyEntry(step, path);
  const leafPath = `${path}.${name}`;
  const column = entityView(entity).columns.get(name);
  if (column === undefined) {
    const isMany = findLinkPath(scope, entity, name) !== null;
    throw badInput(
      leafPath,
      isMany
        ? 'leads to many records, and groups are made of one value of each record.'
        : `is unknown: "${entity.names.type}" has no such field.`,
    );
  }
  const further = `${way}${column.column}`;
  if (column.field?.type !== 'link') return { alias, column, way: further, leaf, leafPath };
  const target = scope.entity(column.field.options.target);
  const [first] = onlyEntry(leaf, leafPath);
  // The record itself holds the id of what it links to, which the caller may see if it may see all of those.
  if (first === 'id' && !target.access?.read) {
    const id = (leaf as { readonly id: unknown }).id;
    return { alias, column, way: `${further}>id`, leaf: id, leafPath: `${leafPath}.id` };
  }
  const linked = source.join(target, columnOf(alias, column.column), further);
  return walk(source, target, linked, leaf, leafPath, `${further}>`, depth + 1);
}
