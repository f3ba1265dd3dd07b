import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import { badInput } from './bad-input.ts';
import { entityView, type ViewColumn } from './entity-view.ts';
import { type FilterTarget, filterEntries } from './filter-target.ts';
import type { LinkPath } from './link-path.ts';
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
    conditions.push(
      sql`exists (select from ${entityView(entity).name} ${alias} where ${alias}.id = ${id} and ${inner})`,
    );
  }
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
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
  const alias = target.scope.alias();
  const { tables, join } = link.from(sql`${target.alias}.id`, alias);
  const inner = () => compileWhere({ ...target, entity: link.entity, alias }, operand, path);
  switch (name) {
    case 'some':
      return sql`exists (select from ${tables} where ${join} and ${inner()})`;
    case 'none':
      return sql`not exists (select from ${tables} where ${join} and ${inner()})`;
    case 'every':
      return sql`not exists (select from ${tables} where ${join} and (${inner()}) is not true)`;
    case 'count':
      return compileComparableFilter(
        target,
        counted(sql`(select count(*) from ${tables} where ${join})`),
        operand,
        path,
      );
    case 'isNull':
      return booleanOperand(operand, path)
        ? sql`not exists (select from ${tables} where ${join})`
        : sql`exists (select from ${tables} where ${join})`;
    default:
      throw badInput(path, 'is unknown. Ask for "some", "every", "none", "count" or "isNull" of them.');
  }
}

function counted(value: SqlFragment) {
  const column: ViewColumn = { name: 'count', column: 'count', kind: 'int', key: null, field: null };
  return { column, kind: 'int', value, key: null } as const;
}
