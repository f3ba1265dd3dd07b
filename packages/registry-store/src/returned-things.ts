import type { Entity, Field, Registry, RetiredKeys } from '@formwork/registry';
import type { ChangeStep } from '@formwork/view-compiler';

/** Entities that the current registry has not, and that had records before: their slots were let go of. */
export function fillReturned(
  before: Registry | null,
  populated: ReadonlySet<string>,
  steps: readonly ChangeStep[],
): readonly ChangeStep[] {
  return steps.flatMap((step): ChangeStep | readonly ChangeStep[] => {
    if (step.do !== 'save_storage') return step;
    const { entityType } = step.row;
    const isReturned = populated.has(entityType) && !before?.entityByStorageKey.has(entityType);
    return isReturned ? [step, { do: 'fill', entityType }] : step;
  });
}

/** Links to one that were in use before, are not today, and come back: what they lead to may be gone. */
export function returnedLinks(
  before: Registry | null,
  after: Registry,
  retired: RetiredKeys,
): readonly { readonly entity: Entity; readonly field: Field }[] {
  return after.entities.flatMap((entity) => {
    const was = before?.entityByStorageKey.get(entity.storageKey);
    const known = retired.fields.get(entity.storageKey);
    return entity.fields
      .filter(
        ({ type, storageKey }) =>
          type === 'link' && known?.has(storageKey) && !was?.fieldByStorageKey.has(storageKey),
      )
      .map((field) => ({ entity, field }));
  });
}
