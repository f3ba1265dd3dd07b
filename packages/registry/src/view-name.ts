import { hashOf } from './canonical-json.ts';
import { fieldTypeRule } from './field-types.ts';
import type { Entity } from './model.ts';

/** Raise this when the text of views changes for the same content, so that new views get new names. */
export const viewFormat = 1;

/**
 * Name of the generated view: derived from what determines its text, so that tenants of one shape share it, a rename
 * makes no new view, and a view never has to be replaced.
 */
export function viewNameOf(entity: Pick<Entity, 'storageKey' | 'fields' | 'keys' | 'softDelete'>): string {
  const columns = entity.fields
    .filter(({ type }) => fieldTypeRule(type).json !== null)
    .map(({ storageKey, type, slot }) => [storageKey, type, slot?.state === 'ready' ? slot.column : null])
    .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  const keys = entity.keys.flatMap(({ slot }) => (slot.state === 'ready' ? slot.column : [])).sort();
  return `v_${hashOf([viewFormat, entity.storageKey, entity.softDelete, columns, keys]).slice(0, 24)}`;
}
