import { type Entity, type Field, quote, type Registry, twinOf } from '@formwork/registry';
import { subject } from './describe-error.ts';
import { isPlainObject } from './plain-object.ts';
import { prepareValue } from './prepare-value.ts';
import type { InputPath, Violation } from './violation.ts';

/** An input with absent and null set apart, and each value in the one form that the engine's schema knows. */
export interface PreparedInput {
  /** By GraphQL field name; no nulls. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of fields whose value is null. */
  readonly cleared: ReadonlySet<string>;
  /** Former names that were given, by the name of today. */
  readonly givenAs: ReadonlyMap<string, string>;
}

/** Items of one list in an input: of links to add, of choices. */
const longestList = 10_000;

/** What cannot be left to the schema, because it would cost too much there, is reported here. */
export function prepareInput(
  registry: Registry,
  entity: Entity,
  path: InputPath,
  input: Readonly<Record<string, unknown>>,
  report: (violation: Violation) => void,
): PreparedInput {
  return prepareOwn(registry, entity, input) ?? prepareAny(registry, entity, path, input, report);
}

const noNames: ReadonlyMap<string, string> = new Map();
const nothing: ReadonlySet<string> = new Set();

/** The same where fields are given by their names of today, and none could be told by another; else null. */
function prepareOwn(
  registry: Registry,
  entity: Entity,
  input: Readonly<Record<string, unknown>>,
): PreparedInput | null {
  const values: Record<string, unknown> = {};
  let cleared: Set<string> | undefined;
  for (const name of Object.keys(input)) {
    const value = input[name];
    if (value === undefined) continue;
    const field = entity.fieldByName.get(name);
    if (field === undefined || field.name !== name || twinOf(entity, field) !== undefined) return null;
    if (value === null) {
      cleared ??= new Set();
      cleared.add(name);
    } else if (isTooLong(field, value)) return null;
    else values[name] = prepareValue(registry, field, value);
  }
  return { values, cleared: cleared ?? nothing, givenAs: noNames };
}

function prepareAny(
  registry: Registry,
  entity: Entity,
  path: InputPath,
  input: Readonly<Record<string, unknown>>,
  report: (violation: Violation) => void,
): PreparedInput {
  const values: [string, unknown][] = [];
  const cleared = new Set<string>();
  const givenAs = new Map<string, string>();
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const field = entity.fieldByName.get(name);
    const own = field?.name ?? name;
    const other = seen.get(own);
    if (other !== undefined) {
      report(givenTwice(path, name, other));
      continue;
    }
    const twin = field && seen.get(twinOf(entity, field)?.name ?? '');
    if (twin !== undefined) {
      report(givenInBoth(path, name, twin));
      continue;
    }
    seen.set(own, name);
    if (own !== name) givenAs.set(own, name);
    if (value === null && field !== undefined) cleared.add(own);
    else if (field !== undefined && isTooLong(field, value)) report(tooMany(entity, path, name));
    else values.push([own, field === undefined ? value : prepareValue(registry, field, value)]);
  }
  // fromEntries defines properties, so that a name "__proto__" is a name like any other, and unknown.
  return { values: Object.fromEntries(values), cleared, givenAs };
}

/** A field under two of its names: whoever meant one of them should say so. */
function givenTwice(path: InputPath, name: string, other: string): Violation {
  const message = `${quote(name)} and ${quote(other)} are names of one field. Give one of them.`;
  return { path: [...path, name], code: 'DUPLICATE', message };
}

function givenInBoth(path: InputPath, name: string, other: string): Violation {
  const message = `${quote(name)} and ${quote(other)} are one value, in two types. Give one of them.`;
  return { path: [...path, name], code: 'DUPLICATE', message };
}

function isTooLong({ type }: Field, value: unknown): boolean {
  if (type === 'json' || typeof value !== 'object') return false;
  if (!isPlainObject(value)) return isLong(value);
  return isLong(value['add']) || isLong(value['remove']) || isLong(value['set']);
}

function isLong(list: unknown): boolean {
  return Array.isArray(list) && list.length > longestList;
}

function tooMany(entity: Entity, path: InputPath, name: string): Violation {
  const message = `${subject(entity, [name])} has too many items: at most ${longestList} fit in one list. Send several.`;
  return { path: [...path, name], code: 'TOO_MANY', message };
}
