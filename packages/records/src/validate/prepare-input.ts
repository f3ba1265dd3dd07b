import { type Entity, type Field, quote, type Registry, twinOf } from '@formwork/registry';
import { subject } from './describe-error.ts';
import { targetOf } from './link-schema.ts';
import { findKey, ownPartName } from './own-names.ts';
import { isPlainObject } from './plain-object.ts';
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

/** A value in the one form that the engine's schema and the encoder know: choices by name, decimals as text. */
export function prepareValue(registry: Registry, field: Field, value: unknown): unknown {
  switch (field.type) {
    case 'decimal':
      return asText(value);
    case 'currency':
      return isPlainObject(value) && 'amount' in value
        ? { ...value, amount: asText(value['amount']) }
        : value;
    case 'select':
      return choiceName(field, value);
    case 'multi_select':
      return Array.isArray(value) ? value.map((item) => choiceName(field, item)) : value;
    case 'link':
      return prepareLink(registry, field, value);
    case 'links':
      return prepareLinks(registry, field, value);
    default:
      return value;
  }
}

function prepareLinks(registry: Registry, field: Field, value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return mapPresent(value, (_, list) =>
    Array.isArray(list) ? list.map((item: unknown) => prepareLink(registry, field, item)) : list,
  );
}

function prepareLink(registry: Registry, field: Field, value: unknown): unknown {
  if (!isPlainObject(value) || isReady(value)) return value;
  const target = targetOf(registry, field);
  return mapPresent(value, (way, content) => {
    if (way !== 'by' || !isPlainObject(content)) return content;
    return mapPresent(withOwnNames(target, content), (name, parts) => {
      const fields = target.keys.find((key) => key.name === name)?.fields ?? [];
      const [only] = fields;
      if (fields.length === 1 && only !== undefined) return prepareKeyPart(registry, only, parts);
      if (!isPlainObject(parts)) return parts;
      return mapPresent(parts, (part, item) => {
        const field = fields.find((candidate) => candidate.name === part);
        return field === undefined ? item : prepareKeyPart(registry, field, item);
      });
    });
  });
}

/** Whether a link is in its one form already, as by id: without a key, and nothing null or absent. */
function isReady(link: Readonly<Record<string, unknown>>): boolean {
  for (const way of Object.keys(link)) {
    const content = link[way];
    if (content === null || content === undefined || way === 'by') return false;
  }
  return true;
}

/** Keys, and their parts, by their names of today. */
function withOwnNames(
  target: Entity,
  content: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const renamed = Object.entries(content).map(([name, parts]) => {
    const key = findKey(target, name);
    if (key === undefined) return [name, parts] as const;
    const own =
      isPlainObject(parts) && key.fields.length > 1
        ? Object.fromEntries(Object.entries(parts).map(([part, value]) => [ownPartName(key, part), value]))
        : parts;
    return [key.name, own] as const;
  });
  return Object.fromEntries(renamed);
}

/** In a key a link is the id that it leads to. */
function prepareKeyPart(registry: Registry, field: Field, value: unknown): unknown {
  return field.type === 'link' ? value : prepareValue(registry, field, value);
}

/** GraphQL may hand over the enum's value (the key) or its name; they never meet, for keys are in lower case. */
function choiceName(field: Field, value: unknown): unknown {
  for (const choice of field.choices) if (choice.key === value) return choice.name;
  return value;
}

function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
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

/** The object without what is null or absent, each value mapped. */
function mapPresent(
  value: Readonly<Record<string, unknown>>,
  map: (name: string, item: unknown) => unknown,
): Readonly<Record<string, unknown>> {
  const present = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(present.map(([name, item]) => [name, map(name, item)]));
}
