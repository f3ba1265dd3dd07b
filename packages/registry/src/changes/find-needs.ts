import type { Removed } from './change-context.ts';
import { mapReferences } from './map-references.ts';
import type { WorkingDocument } from './working-document.ts';

/** Who in the document, as the whole list leaves it, still speaks of what was removed. */
export function findNeeds(
  document: WorkingDocument,
  removed: readonly Removed[],
): ReadonlyMap<Removed, readonly string[]> {
  const needs = new Map<Removed, Set<string>>();
  const note = (entity: string, field: string | null, user: string) => {
    const one = removed.find((item) => item.entity === entity && item.field === field);
    if (one === undefined || user === '') return;
    const users = needs.get(one) ?? new Set();
    needs.set(one, users.add(user));
  };
  mapReferences(document, {
    entity: (key, user) => {
      note(key, null, user);
      return key;
    },
    field: (entity, key, user) => {
      note(entity, key, user);
      return key;
    },
  });
  return new Map([...needs].map(([one, users]) => [one, [...users]]));
}
