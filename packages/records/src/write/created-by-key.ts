import type { Entity, UniqueKey } from '@formwork/registry';
import { readyKeys } from '../validate/link-schema.ts';
import { ownValue } from '../validate/plain-object.ts';
import { encodeValue } from './encode-value.ts';
import { keyText } from './key-text.ts';
import type { LinkReference } from './link-reference.ts';
import type { ResolvedLinks } from './resolved-links.ts';
import type { WritePlan } from './write-plan.ts';

/**
 * Ids of records that are about to be created, by their unique keys: so that records of one input can lead to each
 * other, in a circle (a department and its head) or as a tree. Call it again when links that are part of keys have
 * been resolved.
 */
export function createdByKey(
  created: readonly WritePlan[],
  links: ResolvedLinks,
): (reference: LinkReference) => string | null {
  const ids = new Map<string, string>();
  for (const plan of created) {
    for (const key of readyKeys(plan.entity)) {
      const name = nameOf(plan.entity, key, partsOf(plan, key, links));
      // The first, as it is the one that goes in where two have the same key.
      if (name !== null && !ids.has(name)) ids.set(name, plan.id);
    }
  }
  return ({ target, by }) => {
    if (by === null) return null;
    const parts = by.key.fields.map((field) => {
      const value = ownValue(by.values, field.name) ?? null;
      return value === null ? null : encodeValue(field, value);
    });
    const name = nameOf(target, by.key, parts);
    return name === null ? null : (ids.get(name) ?? null);
  };
}

/** JSON text of each part of a record's key; null for none, and for a link that is not resolved yet. */
function partsOf({ values, links: planned }: WritePlan, { fields }: UniqueKey, links: ResolvedLinks) {
  return fields.map(({ storageKey }) => {
    const to = planned.find(({ field }) => field.storageKey === storageKey)?.to;
    const id = to === undefined ? null : links.idOf(to);
    if (to !== undefined) return id === null ? undefined : JSON.stringify(id);
    return values.find(({ key }) => key === storageKey)?.text ?? null;
  });
}

/** Null where the key is not checked, or cannot be told yet. */
function nameOf(
  entity: Entity,
  key: UniqueKey,
  parts: readonly (string | null | undefined)[],
): string | null {
  if (parts.includes(undefined) || (!key.nullsEqual && parts.includes(null))) return null;
  const texts = key.fields.map((field, index) => {
    const part = parts[index] ?? null;
    return part && keyText(field, part, key.caseInsensitive);
  });
  return JSON.stringify([entity.storageKey, key.name, ...texts]);
}
