import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity, Field, Inverse } from '@formwork/registry';
import { columnOf } from './comparable.ts';
import { type EntityView, entityView, getColumn } from './entity-view.ts';
import type { StatementScope } from './statement-scope.ts';

/** How to get from a record to those on the other side of a link. */
export interface LinkPath {
  readonly entity: Entity;
  /** Which link it is, and in which direction, by storage keys. */
  readonly signature: string;
  /** False where there is at most one. */
  readonly many: boolean;
  /**
   * `from …` over the records on the other side: `near` is the id of this one, `far` the alias to give to those.
   * `fenced`: the link's index is the only way to them. That is right for many parents, for whom the planner may else go
   * through an index of the ordering from its start each time; and wrong for one that has very many.
   */
  readonly from: (near: SqlFragment, far: SqlFragment, fenced?: boolean) => FarSide;
  /** `from … where …` over what stands for them in a condition on the record `near`: all, or those that match. */
  readonly matching: (near: SqlFragment, condition: FarCondition | null) => SqlFragment;
  /** `select …` of the ids of the records that are linked with records for which the condition holds. */
  readonly nearIds: (condition: FarCondition) => SqlFragment;
}

/** A condition on records on the other side. */
export interface FarCondition {
  readonly alias: SqlFragment;
  readonly sql: SqlFragment;
}

/** Two pieces of a select: `from <tables> where <join>`. */
export interface FarSide {
  readonly tables: SqlFragment;
  readonly join: SqlFragment;
}

/** The way that a field of links or a way back leads, by GraphQL name; null for a name that is neither. */
export function findLinkPath(scope: StatementScope, entity: Entity, name: string): LinkPath | null {
  const field = entity.fieldByName.get(name);
  if (field?.type === 'links') return forwardMany(scope, entity, field);
  const inverse = entity.inverseByName.get(name);
  return inverse === undefined ? null : backward(scope, inverse);
}

/** Over rows of record_links, from their source to their target. */
function forwardMany(scope: StatementScope, entity: Entity, field: Field): LinkPath {
  const target = scope.entity(field.options.target);
  return manyToMany(scope, entity, field, target, { near: 'source_id', far: 'target_id' });
}

function backward(scope: StatementScope, inverse: Inverse): LinkPath {
  const source = scope.entityByStorageKey(inverse.source);
  const field = source.fieldByStorageKey.get(inverse.field);
  if (field === undefined) throw new Error(`The way back "${inverse.key}" is over an unknown field`);
  if (field.type === 'links') {
    return manyToMany(scope, source, field, source, { near: 'target_id', far: 'source_id' });
  }
  const view = entityView(source);
  const { column } = getColumn(view, field.name);
  return {
    entity: source,
    signature: `<${source.storageKey}.${field.storageKey}`,
    many: true,
    from: (near, far, fenced = false) =>
      fenced
        ? {
            tables: sql`(select * from ${view.name} v where v.${sql.identifier(column)} = ${near} offset 0) ${far}`,
            join: sql`true`,
          }
        : { tables: sql`${view.name} ${far}`, join: sql`${columnOf(far, column)} = ${near}` },
    nearIds: ({ alias, sql: condition }) =>
      sql`select ${columnOf(alias, column)} from ${view.name} ${alias} where ${condition}`,
    matching: (near, condition) => {
      const far = condition?.alias ?? scope.alias();
      return sql`from ${view.name} ${far} where ${columnOf(far, column)} = ${near}${andFar(condition)}`;
    },
  };
}

function manyToMany(
  scope: StatementScope,
  source: Entity,
  field: Field,
  entity: Entity,
  ends: { readonly near: string; readonly far: string },
): LinkPath {
  const view: EntityView = entityView(entity);
  const ofField = (link: SqlFragment) =>
    sql`${link}.entity_type = ${source.storageKey} and ${link}.field = ${field.storageKey}`;
  const ofRecord = (link: SqlFragment, near: SqlFragment) =>
    sql`${columnOf(link, ends.near)} = ${near} and ${ofField(link)}`;
  return {
    entity,
    signature: `${ends.near === 'source_id' ? '' : '<'}${source.storageKey}.${field.storageKey}`,
    many: true,
    from: (near, far) => {
      const link = scope.alias();
      return {
        tables: sql`formwork.record_links ${link} cross join lateral (
          select * from ${view.name} v where v.id = ${columnOf(link, ends.far)} offset 0) ${far}`,
        join: ofRecord(link, near),
      };
    },
    nearIds: ({ alias, sql: condition }) => {
      const link = scope.alias();
      const far = sql`select ${alias}.id from ${view.name} ${alias} where ${condition}`;
      return sql`select ${columnOf(link, ends.near)} from formwork.record_links ${link}
        where ${columnOf(link, ends.far)} = any (array(${far})) and ${ofField(link)}`;
    },
    matching: (near, condition) => {
      const link = scope.alias();
      const far = condition?.alias ?? scope.alias();
      const record = sql`from ${view.name} ${far} where ${far}.id = ${columnOf(link, ends.far)}${andFar(condition)}`;
      const rows = sql`from formwork.record_links ${link} where ${ofRecord(link, near)}`;
      return sql`${rows} and ${existsIn(record)}`;
    },
  };
}

/** `is true` keeps the condition from the indexes, so that the way from record to record is the only one. */
function andFar(condition: FarCondition | null): SqlFragment {
  return condition === null ? sql`` : sql` and (${condition.sql}) is true`;
}

/**
 * Whether `from … where …` has rows. Written so that the planner makes no join of it: to the planner one entity of one
 * tenant may look like a single record, and a join planned so goes through all records again for each record. As it
 * stands it is looked up for each record, or hashed once; where few records are asked for, see `pinnedIds`.
 */
export function existsIn(source: SqlFragment): SqlFragment {
  return sql`(exists (select ${source})) is true`;
}
