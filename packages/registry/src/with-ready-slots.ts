import { buildRegistry } from './load-registry.ts';
import type { Registry, Slot } from './model.ts';
import { type Steps, toEnd } from './steps.ts';
import { toStoredRegistry } from './stored-registry.ts';
import { viewNameOf } from './view-name.ts';

/**
 * The registry once the slots of these entities (by storage key; without a list, of all) are filled: what was
 * `filling` is `ready`, with the view and the shapes that follow from it.
 */
export function withReadySlots(registry: Registry, entities?: ReadonlySet<string>): Registry {
  return toEnd(withReadySlotsInSteps(registry, entities));
}

/** The same in steps. */
export function* withReadySlotsInSteps(registry: Registry, entities?: ReadonlySet<string>): Steps<Registry> {
  const stored = toStoredRegistry(registry);
  const ready = <Row extends { readonly entityType: string; readonly slotState: Slot['state'] }>(
    row: Row,
  ): Row => (!entities || entities.has(row.entityType) ? { ...row, slotState: 'ready' } : row);
  yield;
  return yield* buildRegistry(
    { ...stored, fields: stored.fields.map(ready), uniqueKeys: stored.uniqueKeys.map(ready) },
    viewNameOf,
  );
}
