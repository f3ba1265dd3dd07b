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
    const one =
      removed.find((item) => item.entity.key === entity && item.field === field) ??
      (field === null ? undefined : findWayBack(document, removed, entity, field));
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

/** The removal of a link that this was the way back of, unless another link has taken the name. */
function findWayBack(
  { entities }: WorkingDocument,
  removed: readonly Removed[],
  entity: string,
  key: string,
): Removed | undefined {
  const leadsBack = ({ options }: Removed['links'][number]) =>
    options?.target === entity && options.inverse === key;
  const isThere = entities.some(({ fields }) => fields.some(leadsBack));
  return isThere ? undefined : removed.find(({ links }) => links.some(leadsBack));
}
