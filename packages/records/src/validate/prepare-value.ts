import type { Entity, Field, Registry } from '@formwork/registry';
import { targetOf } from './link-schema.ts';
import { findKey, ownParts } from './own-names.ts';
import { isPlainObject } from './plain-object.ts';

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
    const own = isPlainObject(parts) && key.fields.length > 1 ? ownParts(key, parts) : parts;
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

/** The object without what is null or absent, each value mapped. */
function mapPresent(
  value: Readonly<Record<string, unknown>>,
  map: (name: string, item: unknown) => unknown,
): Readonly<Record<string, unknown>> {
  const present = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(present.map(([name, item]) => [name, map(name, item)]));
}
