import { type SqlFragment, sql, textArray } from '@formwork/pg/sql-text';
import { quote } from '@formwork/registry';
import { findJsonFault } from '../validate/bounded-json.ts';
import { isPlainObject } from '../validate/plain-object.ts';
import { assertStorable, badInput } from './bad-input.ts';
import type { Comparable } from './comparable.ts';
import type { ViewColumn } from './entity-view.ts';
import { nullOperand } from './operand.ts';
import { listOperand } from './operand-list.ts';
import { booleanOperand } from './where-scalar.ts';

/**
 * One operator of a filter on json, or null where there is no such operator. `contains` is Postgres' `@>`: the given
 * structure is somewhere in the value. `at` goes to a place in the value by a path and compares what is there, if it
 * is of the type asked for.
 */
export function compileJsonOperator(
  value: SqlFragment,
  operator: string,
  operand: unknown,
  path: string,
  compileAt: (subject: Comparable, filter: unknown, path: string) => SqlFragment,
): SqlFragment | null {
  switch (operator) {
    case 'eq':
      return sql`${value} = ${jsonText(operand, path)}::jsonb`;
    case 'ne':
      return sql`${value} is distinct from ${jsonText(operand, path)}::jsonb`;
    case 'in':
      return sql`${value} = any (${jsonList(operand, path)})`;
    case 'notIn':
      return sql`(${value} = any (${jsonList(operand, path)})) is not true`;
    case 'contains':
      return sql`${value} @> ${jsonText(operand, path)}::jsonb`;
    case 'isNull':
      return booleanOperand(operand, path) ? sql`${value} is null` : sql`${value} is not null`;
    case 'at':
      return compilePlace(value, operand, path, compileAt);
    default:
      return null;
  }
}

const limits = { jsonDepth: 100, jsonLength: 100_000 };

function jsonText(operand: unknown, path: string): string {
  if (operand === null || operand === undefined) throw nullOperand(path);
  const fault = findJsonFault(operand, limits);
  if (fault !== null) throw badInput(path, fault.reason);
  return JSON.stringify(operand);
}

function jsonList(operand: unknown, path: string): SqlFragment {
  const items = listOperand(operand, path).map((item, index) => jsonText(item, `${path}[${index}]`));
  return sql`${textArray(items)}::jsonb[]`;
}

/** What each typed comparison wants to find at the place, and how it reads it. Never raises: other types are null. */
const places = {
  text: { kind: 'text', type: 'string', read: (at: SqlFragment) => sql`${at} #>> '{}'` },
  number: { kind: 'decimal', type: 'number', read: (at: SqlFragment) => sql`(${at})::numeric` },
  boolean: { kind: 'boolean', type: 'boolean', read: (at: SqlFragment) => sql`(${at})::boolean` },
} as const;

function compilePlace(
  value: SqlFragment,
  operand: unknown,
  path: string,
  compileAt: (subject: Comparable, filter: unknown, path: string) => SqlFragment,
): SqlFragment {
  if (!isPlainObject(operand)) throw badInput(path, 'must have a "path" and what to compare with.');
  const { path: steps, ...filters } = operand;
  const at = sql`(${value} #> ${textArray(pathSteps(steps, `${path}.path`))}::text[])`;
  const conditions = Object.entries(filters).map(([name, filter]) => {
    const inner = `${path}.${name}`;
    if (name === 'exists') {
      return booleanOperand(filter, inner) ? sql`${at} is not null` : sql`${at} is null`;
    }
    if (!isPlace(name))
      throw badInput(inner, 'is unknown. Compare with "text", "number", "boolean" or "exists".');
    const { kind, type, read } = places[name];
    const typed = sql`(case when jsonb_typeof(${at}) = ${sql.literal(type)} then ${read(at)} end)`;
    const column: ViewColumn = { name, column: name, kind, key: null, field: null };
    return compileAt({ column, kind, value: typed, key: null }, filter, inner);
  });
  if (conditions.length === 0) {
    throw badInput(
      path,
      'compares with nothing. Give "text", "number", "boolean" or "exists" beside "path".',
    );
  }
  return sql`(${sql.join(conditions, ' and ')})`;
}

function isPlace(name: string): name is keyof typeof places {
  return Object.hasOwn(places, name);
}

function pathSteps(operand: unknown, path: string): readonly string[] {
  return listOperand(operand, path).map((step, index) => {
    if (typeof step !== 'string')
      throw badInput(`${path}[${index}]`, `must be a text, and ${quote(step)} is not.`);
    return assertStorable(step, `${path}[${index}]`);
  });
}
