import type { Values } from '../contract.ts';
import { isPlainObject } from '../validate/plain-object.ts';

/** Arguments with their values taken out: all that have the same shape share what is planned for it. */
export interface OpenArguments {
  readonly args: Values;
  /** Equal for equal shapes. */
  readonly shape: string;
}

/** Is given a value, and gives what is to stand in its place. */
export type Take = (value: unknown) => unknown;

/**
 * Takes the values out of arguments, in order; null where one stands in a place that decides what is read. Operands
 * of filters, words and cursors come out; names, directions, true and false, sizes of pages and parts of the calendar
 * stay. `fixed`: names of those that the document itself has, so all that they say may stay.
 */
export function openArguments(args: Values, take: Take, fixed: ReadonlySet<string>): OpenArguments | null {
  const opened: Record<string, unknown> = {};
  let shape = '';
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined) continue;
    const open = openArgument(name, value, take, fixed.has(name));
    if (open === null) return null;
    opened[name] = open.value;
    shape += `${name}:${open.shape} `;
  }
  return { args: opened, shape };
}

/** The same where all arguments are values, as of the fields of a key. */
export function openValues(args: Values, take: Take): OpenArguments {
  const opened: Record<string, unknown> = {};
  let shape = '';
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined) continue;
    opened[name] = value === null ? null : take(value);
    shape += value === null ? `${name}:null ` : `${name}:? `;
  }
  return { args: opened, shape };
}

interface Opened {
  readonly value: unknown;
  readonly shape: string;
}

function openArgument(name: string, value: unknown, take: Take, isFixed: boolean): Opened | null {
  if (value === null) return { value, shape: 'null' };
  if (name === 'after' || name === 'before' || name === 'search') return takeOut(value, take);
  if (isFixed) return { value, shape: '' };
  if (name === 'where' || name === 'having') return openFilter(value, take);
  if (typeof value === 'number' || name === 'orderBy' || name === 'groupBy') return stay(value);
  return null;
}

function takeOut(value: unknown, take: Take): Opened {
  return { value: take(value), shape: '?' };
}

/** The longest text of an argument that stays: of an ordering, or the name of a time zone. */
const longest = 1_000;

function stay(value: unknown): Opened | null {
  const shape = JSON.stringify(value);
  return shape.length > longest ? null : { value, shape };
}

/** Operators whose operand is a value, which changes nothing about what is asked. */
const operators = new Set([
  ...['eq', 'ne', 'in', 'notIn', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith'],
  ...['containsInsensitive', 'startsWithInsensitive', 'endsWithInsensitive'],
]);

/** Operands that say which stretch of time is meant. */
const spans = new Set([
  ...['period', 'timeZone', 'part', 'minutes', 'hours', 'days', 'weeks', 'months', 'years'],
]);

const graphqlName = /^\w+$/;

function openFilter(filter: unknown, take: Take): Opened | null {
  if (filter === null || typeof filter === 'boolean') return { value: filter, shape: String(filter) };
  if (Array.isArray(filter)) return openList(filter, take);
  if (!isPlainObject(filter)) return null;
  const opened: Record<string, unknown> = {};
  let shape = '{';
  for (const [name, operand] of Object.entries(filter)) {
    if (operand === undefined) continue;
    // Of a JSON value: its names could look like a shape.
    if (!graphqlName.test(name)) return null;
    const open = openOperand(name, operand, take);
    if (open === null) return null;
    opened[name] = open.value;
    shape += `${name}:${open.shape} `;
  }
  return { value: opened, shape: `${shape}}` };
}

function openOperand(name: string, operand: unknown, take: Take): Opened | null {
  if (operators.has(name) && isValue(operand)) return takeOut(operand, take);
  if (spans.has(name) && isScalar(operand)) return stay(operand);
  return openFilter(operand, take);
}

function openList(list: readonly unknown[], take: Take): Opened | null {
  const opened: unknown[] = [];
  let shape = '[';
  for (const filter of list) {
    const open = openFilter(filter, take);
    if (open === null) return null;
    opened.push(open.value);
    shape += `${open.shape} `;
  }
  return { value: opened, shape: `${shape}]` };
}

function isValue(operand: unknown): boolean {
  return isScalar(operand) || (Array.isArray(operand) && operand.every(isScalar));
}

function isScalar(operand: unknown): boolean {
  return typeof operand === 'string' || typeof operand === 'number';
}
