import type { BrokenRegistryError } from './broken-registry-error.ts';
import { isObject } from './check-json.ts';
import { createRegistry } from './create-registry.ts';
import type { RegistryDocument } from './document.ts';
import { optionsByKeys } from './formula/computed-rows.ts';
import { inOrder } from './load-registry.ts';
import type { Problem } from './problem.ts';
import type { StoredField, StoredRegistry, StoredUniqueKey } from './stored-registry.ts';

/** What is wrong with the rows: what would be with a document that says the same, or what the error itself says. */
export function findBroken({ stored, cause }: BrokenRegistryError): readonly Problem[] {
  // createRegistry trusts nothing about the document, whatever its type says.
  const made = attempt(() => createRegistry(documentOf(stored) as RegistryDocument));
  if (made && 'problems' in made && made.problems.length > 0) return made.problems;
  const message = `It cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  return [{ code: 'REGISTRY_BROKEN', path: '', message }];
}

function documentOf({ entityTypes, fields, uniqueKeys }: StoredRegistry): unknown {
  const optionsOf = attempt(() => optionsByKeys({ entityTypes, fields })) ?? (({ options }) => options);
  const entities = inOrder(entityTypes).map(({ storageKey, key, plural, options }) => {
    const own = inOrder(fields).filter(({ entityType }) => entityType === storageKey);
    const keys = inOrder(uniqueKeys).filter(({ entityType }) => entityType === storageKey);
    const composed = keys.filter((one) => !own.some((field) => field.isUnique && field.key === one.key));
    return {
      ...{ key, plural, ...propertiesOf(options) },
      fields: own.map((field) => fieldOf(field, optionsOf(field))),
      keys: composed.map((one) => keyOf(one, own)),
    };
  });
  return { formwork: 1, entities };
}

function fieldOf(row: StoredField, stored: unknown): unknown {
  const { key, type, required, isUnique: unique, indexed, defaultValue } = row;
  const { aliases, deprecated, conversion: _, ...options } = propertiesOf(stored);
  return {
    ...{ key, type, required, unique, indexed, options: isObject(stored) ? options : stored },
    ...(defaultValue != null && { default: defaultValue }),
    ...(aliases !== undefined && { aliases }),
    ...(deprecated !== undefined && { deprecated }),
  };
}

function keyOf({ key, fields, options }: StoredUniqueKey, own: readonly StoredField[]): unknown {
  const today = new Map(own.map((field) => [field.storageKey, field.key]));
  return { key, fields: fields.map((name) => today.get(name) ?? name), ...propertiesOf(options) };
}

function propertiesOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function attempt<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch {
    return null;
  }
}
