import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity, Field, Inverse } from '@formwork/registry';
import { columnOf } from './comparable.ts';
import { type EntityView, entityView, getColumn } from './entity-view.ts';
import type { StatementScope } from './statement-scope.ts';

/** How to get from a record to those on the other side of a link. */
export interface LinkPath {
  readonly entity: Entity;
  /** False where there is at most one. */
  readonly many: boolean;
  /** `from …` over the records on the other side: `near` is the id of this one, `far` the alias to give to those. */
  readonly from: (near: SqlFragment, far: SqlFragment) => FarSide;
  /** `from … where …` of what stands for them in a condition on the record `near`: all, or those that match. */
  readonly matching: (near: SqlFragment, condition: FarCondition | null) => SqlFragment;
}

/** A condition on records on the other side. */
export interface FarCondition {
  readonly alias: SqlFragment;
  readonly sql: SqlFragment;
  /**
   * It holds for few records and an index finds them, so the planner may begin with those. Else the condition is put
   * where no index can serve it: one entity of one tenant always looks small to the planner, who would go through all
   * of them again for each record instead of going from a record to its links.
   */
  readonly pinned: boolean;
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
    many: true,
    from: (near, far) => ({
      tables: sql`${view.name} ${far}`,
      join: sql`${columnOf(far, column)} = ${near}`,
    }),
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
  const ofField = (link: SqlFragment, near: SqlFragment) => sql`${columnOf(link, ends.near)} = ${near}
    and ${link}.entity_type = ${source.storageKey} and ${link}.field = ${field.storageKey}`;
  return {
    entity,
    many: true,
    from: (near, far) => {
      const link = scope.alias();
      return {
        tables: sql`formwork.record_links ${link} join ${view.name} ${far} on ${far}.id = ${columnOf(link, ends.far)}`,
        join: ofField(link, near),
      };
    },
    matching: (near, condition) => {
      const link = scope.alias();
      const far = condition?.alias ?? scope.alias();
      const record = sql`from ${view.name} ${far} where ${far}.id = ${columnOf(link, ends.far)}${andFar(condition)}`;
      const rows = sql`from formwork.record_links ${link} where ${ofField(link, near)}`;
      return sql`${rows} and ${existsIn(record, condition?.pinned ?? false)}`;
    },
  };
}

function andFar(condition: FarCondition | null): SqlFragment {
  if (condition === null) return sql``;
  return condition.pinned ? sql` and ${condition.sql}` : sql` and (${condition.sql}) is true`;
}

/** Whether `from … where …` has rows; only where `joinable` may the planner make a join of it. */
export function existsIn(source: SqlFragment, joinable: boolean): SqlFragment {
  return joinable ? sql`exists (select ${source})` : sql`(exists (select ${source})) is true`;
}
