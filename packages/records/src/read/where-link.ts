import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { Values } from '../contract.ts';
import { badInput } from './bad-input.ts';
import { entityView, type ViewColumn } from './entity-view.ts';
import { type FilterTarget, filterEntries } from './filter-target.ts';
import { existsIn, type LinkPath } from './link-path.ts';
import { isPinned } from './pinned.ts';
import { compileWhere } from './where.ts';
import { compileComparableFilter } from './where-column.ts';
import { booleanOperand } from './where-scalar.ts';

/** A filter on the record that a link to one leads to; `isNull` in it asks whether the link leads anywhere. */
export function compileLinkFilter(
  target: FilterTarget,
  entity: Entity,
  id: SqlFragment,
  filter: unknown,
  path: string,
): SqlFragment {
  const entries = filterEntries(filter, path);
  const conditions = entries
    .filter(([name]) => name === 'isNull')
    .map(([, operand]) =>
      booleanOperand(operand, `${path}.isNull`) ? sql`${id} is null` : sql`${id} is not null`,
    );
  const rest = entries.filter(([name]) => name !== 'isNull');
  if (rest.length > 0) {
    const alias = target.scope.alias();
    const inner = compileWhere({ ...target, entity, alias }, Object.fromEntries(rest), path);
    const pinned = isPinned(entity, filter);
    const matches = pinned ? inner : sql`(${inner}) is true`;
    conditions.push(
      ...idConditions(target, id, Object.fromEntries(rest), path),
      existsIn(
        sql`from ${entityView(entity).name} ${alias} where ${alias}.id = ${id} and ${matches}`,
        pinned,
      ),
    );
  }
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}

/** What the filter asks of the id itself can be asked of the link, whose index then serves. */
function idConditions(target: FilterTarget, id: SqlFragment, filter: Values, path: string): SqlFragment[] {
  const column: ViewColumn = { name: 'id', column: 'id', kind: 'id', key: null, field: null };
  return filter['id'] === undefined
    ? []
    : [
        compileComparableFilter(
          target,
          { column, kind: 'id', value: id, key: null },
          filter['id'],
          `${path}.id`,
        ),
      ];
}

/**
 * A filter on the records that a link to many or a way back leads to. `every` is that none of them fails; so it
 * matches a record that has none. `count` compares how many there are.
 */
export function compileListFilter(
  target: FilterTarget,
  link: LinkPath,
  filter: unknown,
  path: string,
): SqlFragment {
  const conditions = filterEntries(filter, path).map(([name, operand]) =>
    compileQuantifier(target, link, name, operand, `${path}.${name}`),
  );
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}

function compileQuantifier(
  target: FilterTarget,
  link: LinkPath,
  name: string,
  operand: unknown,
  path: string,
): SqlFragment {
  const near = sql`${target.alias}.id`;
  const matching = (negated: boolean) => {
    const alias = target.scope.alias();
    const inner = compileWhere({ ...target, entity: link.entity, alias }, operand, path);
    const pinned = !negated && isPinned(link.entity, operand);
    return existsIn(
      link.matching(near, { alias, sql: negated ? sql`(${inner}) is not true` : inner, pinned }),
      pinned,
    );
  };
  switch (name) {
    case 'some':
      return matching(false);
    case 'none':
      return sql`not (${matching(false)})`;
    case 'every':
      return sql`not (${matching(true)})`;
    case 'count': {
      const count = counted(sql`(select count(*) ${link.matching(near, null)})`);
      return compileComparableFilter(target, count, operand, path);
    }
    case 'isNull': {
      const any = existsIn(link.matching(near, null), false);
      return booleanOperand(operand, path) ? sql`not (${any})` : any;
    }
    default:
      throw badInput(path, 'is unknown. Ask for "some", "every", "none", "count" or "isNull" of them.');
  }
}

function counted(value: SqlFragment) {
  const column: ViewColumn = { name: 'count', column: 'count', kind: 'int', key: null, field: null };
  return { column, kind: 'int', value, key: null } as const;
}
