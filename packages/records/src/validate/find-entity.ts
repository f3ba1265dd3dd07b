import type { Entity, Registry } from '@formwork/registry';

/** The entity of that key, or that had it before: clients may still use former names of what was renamed. */
export function findEntity({ entityByKey, entities }: Registry, key: string): Entity | undefined {
  return entityByKey.get(key) ?? entities.find(({ aliases }) => aliases.some((alias) => alias.key === key));
}
