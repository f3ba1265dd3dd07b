import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { badInput } from './bad-input.ts';
import { columnOf } from './comparable.ts';
import { entityView, type ViewColumn } from './entity-view.ts';
import { type FilterTarget, filterEntries } from './filter-target.ts';
import { findLinkPath } from './link-path.ts';
import { listOperand } from './operand-list.ts';
import { compileColumnFilter } from './where-column.ts';
import { compileConnectionFilter } from './where-connection.ts';
import { compileLinkFilter } from './where-link.ts';
import { booleanOperand } from './where-scalar.ts';

/**
 * A filter as one condition in SQL. Conditions side by side must all hold. In the end a record matches or it does
 * not: `ne`, `notIn` and `not` match records without the value, so `not: X` is exactly what X leaves out, and `every`
 * is that there is no counter-example. Throws BAD_USER_INPUT with the path for null, for an empty object and for
 * what it does not know, because a slip must never match everything.
 */
export function compileWhere(target: FilterTarget, filter: unknown, path: string): SqlFragment {
  target.scope.countCondition(target.depth);
  const conditions = filterEntries(filter, path).map(([name, operand]) =>
    compileEntry(target, name, operand, `${path}.${name}`),
  );
  return conditions.length === 1 ? (conditions[0] as SqlFragment) : sql`(${sql.join(conditions, ' and ')})`;
}

function compileEntry(target: FilterTarget, name: string, operand: unknown, path: string): SqlFragment {
  const deeper = { ...target, depth: target.depth + 1 };
  switch (name) {
    case 'and':
      return combine(deeper, operand, path, ' and ');
    case 'or':
      return combine(deeper, operand, path, ' or ');
    case 'isNull':
      // Whether there is no record; and here there is one. (See `compileLinkFilter` for where there may be none.)
      return booleanOperand(operand, path) ? sql`false` : sql`true`;
    case 'not':
      // What is not known is not true, so nothing falls between a condition and its opposite.
      return sql`(${compileWhere(deeper, operand, path)}) is not true`;
    default:
      return compileMember(deeper, name, operand, path);
  }
}

function compileMember(target: FilterTarget, name: string, operand: unknown, path: string): SqlFragment {
  const view = entityView(target.entity);
  const column = view.columns.get(name);
  if (column?.field?.type === 'link') return compileLink(target, column, operand, path);
  if (column !== undefined) return compileColumnFilter(target, column, operand, path);
  const link = findLinkPath(target.scope, target.entity, name);
  if (link !== null) return compileConnectionFilter(target, link, operand, path);
  throw badInput(path, `is unknown: "${target.entity.names.type}" has no such field.`);
}

function compileLink(target: FilterTarget, column: ViewColumn, operand: unknown, path: string): SqlFragment {
  const id = columnOf(target.alias, column.column);
  return compileLinkFilter(target, target.scope.entity(column.field?.options.target), id, operand, path);
}

function combine(target: FilterTarget, operand: unknown, path: string, separator: string): SqlFragment {
  const filters = listOperand(operand, path);
  if (filters.length === 0)
    throw badInput(path, 'is an empty list. Leave it out, or give at least one filter.');
  const conditions = filters.map((filter, index) => compileWhere(target, filter, `${path}[${index}]`));
  return sql`(${sql.join(conditions, separator)})`;
}
