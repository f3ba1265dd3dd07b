import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity } from '@formwork/registry';
import type { Values } from '../contract.ts';
import { isPlainObject } from '../validate/plain-object.ts';
import { badInput } from './bad-input.ts';
import { entityView, type ViewColumn } from './entity-view.ts';
import { type FilterTarget, filterEntries } from './filter-target.ts';
import { existsIn, type FarCondition, type LinkPath } from './link-path.ts';
import { pinnedPart } from './pinned.ts';
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
    conditions.push(compileTarget(target, entity, id, Object.fromEntries(rest), path));
  }
  return allOf(conditions);
}

/** Whether the record with that id matches. Records that are pinned are found first, and the link compared to them. */
function compileTarget(
  target: FilterTarget,
  entity: Entity,
  id: SqlFragment,
  filter: Values,
  path: string,
): SqlFragment {
  const view = entityView(entity).name;
  const compile = (part: Values) => {
    const alias = target.scope.alias();
    return { alias, sql: compileWhere({ ...target, entity, alias }, part, path) };
  };
  const pins = pinnedPart(entity, filter);
  const conditions: SqlFragment[] = [];
  if (pins !== null) {
    const { alias, sql: pinned } = compile(pins);
    conditions.push(sql`${id} = any (array(select ${alias}.id from ${view} ${alias} where ${pinned}))`);
  }
  if (pins !== filter) {
    const { alias, sql: matches } = compile(filter);
    conditions.push(existsIn(sql`from ${view} ${alias} where ${alias}.id = ${id} and (${matches}) is true`));
  }
  return allOf(conditions);
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
  return allOf(conditions);
}

function compileQuantifier(
  target: FilterTarget,
  link: LinkPath,
  name: string,
  operand: unknown,
  path: string,
): SqlFragment {
  const near = sql`${target.alias}.id`;
  const compile = (filter: unknown, negated = false) => {
    const alias = target.scope.alias();
    const inner = compileWhere({ ...target, entity: link.entity, alias }, filter, path);
    return { alias, sql: negated ? sql`(${inner}) is not true` : inner };
  };
  const matching = (condition: FarCondition) => existsIn(link.matching(near, condition));
  switch (name) {
    case 'some':
      return compileSome(target, link, operand, compile);
    case 'none':
      return sql`not (${matching(compile(operand))})`;
    case 'every':
      return sql`not (${matching(compile(operand, true))})`;
    case 'count': {
      const count = counted(sql`(select count(*) ${link.matching(near, null)})`);
      return compileComparableFilter(target, count, operand, path);
    }
    case 'isNull': {
      const any = existsIn(link.matching(near, null));
      return booleanOperand(operand, path) ? sql`not (${any})` : any;
    }
    default:
      throw badInput(path, 'is unknown. Ask for "some", "every", "none", "count" or "isNull" of them.');
  }
}

function compileSome(
  { alias }: FilterTarget,
  link: LinkPath,
  filter: unknown,
  compile: (filter: unknown) => FarCondition,
): SqlFragment {
  const pins = isPlainObject(filter) ? pinnedPart(link.entity, filter) : null;
  const conditions: SqlFragment[] = [];
  if (pins !== null) conditions.push(sql`${alias}.id = any (array(${link.nearIds(compile(pins))}))`);
  if (pins === null || pins !== filter) {
    conditions.push(existsIn(link.matching(sql`${alias}.id`, compile(filter))));
  }
  return allOf(conditions);
}

function allOf(conditions: readonly SqlFragment[]): SqlFragment {
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}

function counted(value: SqlFragment) {
  const column: ViewColumn = { name: 'count', column: 'count', kind: 'int', key: null, field: null };
  return { column, kind: 'int', value, key: null } as const;
}
