import type { Entity, Field } from '@formwork/registry';

/** A field and the one that takes its place in another type, while both are written. */
export interface ConvertedPair {
  readonly entity: Entity;
  readonly source: Field;
  readonly target: Field;
  readonly state: 'filling' | 'ready';
  readonly allowLoss: boolean;
}

/** By storage key, so that tenants of one shape share what is compiled of them. */
export function conversionsOf(entity: Entity): readonly ConvertedPair[] {
  const byStorageKey = new Map(entity.allFields.map((field) => [field.storageKey, field]));
  return [...byStorageKey.keys()].sort().flatMap((key): readonly ConvertedPair[] => {
    const target = byStorageKey.get(key);
    const { from = '', state, allowLoss = false } = target?.conversion ?? {};
    const source = byStorageKey.get(from);
    if (!target || !source || state === undefined || state === 'contracted') return [];
    return [{ entity, source, target, state, allowLoss }];
  });
}
