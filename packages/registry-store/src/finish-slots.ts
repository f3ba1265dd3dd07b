import { loadRegistry, type Registry, toStoredRegistry, viewNameOf } from '@formwork/registry';

/** The registry once all of its slots are filled: views have the columns of slots that are ready, and new names. */
export function finishSlots(registry: Registry): Registry {
  const stored = toStoredRegistry(registry);
  const { entityTypes, fields, uniqueKeys } = stored;
  const ready = {
    ...stored,
    fields: fields.map((field) => ({ ...field, slotState: 'ready' as const })),
    uniqueKeys: uniqueKeys.map((key) => ({ ...key, slotState: 'ready' as const })),
  };
  const viewNames = new Map(
    loadRegistry(ready).entities.map((entity) => [entity.storageKey, viewNameOf(entity)]),
  );
  return loadRegistry({
    ...ready,
    entityTypes: entityTypes.map((row) => ({
      ...row,
      viewName: viewNames.get(row.storageKey) ?? row.viewName,
    })),
  });
}
