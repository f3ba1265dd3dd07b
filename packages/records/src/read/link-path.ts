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
  return {
    entity,
    many: true,
    from: (near, far) => {
      const link = scope.alias();
      return {
        tables: sql`formwork.record_links ${link} join ${view.name} ${far} on ${far}.id = ${columnOf(link, ends.far)}`,
        join: sql`${columnOf(link, ends.near)} = ${near}
          and ${link}.entity_type = ${source.storageKey} and ${link}.field = ${field.storageKey}`,
      };
    },
  };
}
