import { hashOf } from './canonical-json.ts';
import { fieldTypeRule } from './field-types.ts';
import type { Entity } from './model.ts';

/**
 * Raise this when the text of views changes for the same content, so that new views get new names. A tenant reads through the
 * views of its last change, so the format stands in the name: `v_…` is the first, which had no column with the data itself.
 */
const viewFormat = 2;

/** The same for the text of lookups and formulas. */
const formulaFormat = 1;

/**
 * Name of the generated view: derived from what determines its text, so that tenants of one shape share it, a rename
 * makes no new view, and a view never has to be replaced.
 */
export function viewNameOf(entity: Pick<Entity, 'storageKey' | 'fields' | 'keys' | 'softDelete'>): string {
  const columns = entity.fields
    .filter(({ type }) => fieldTypeRule(type).json !== null)
    .map(({ storageKey, type, slot }) => [storageKey, type, slot?.state === 'ready' ? slot.column : null])
    .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  const computed = entity.fields
    .flatMap((field) =>
      field.computed ? [[field.storageKey, field.computed.type, field.computed.value]] : [],
    )
    .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  const keys = entity.keys.flatMap(({ slot }) => (slot.state === 'ready' ? slot.column : [])).sort();
  const content = [viewFormat, entity.storageKey, entity.softDelete, columns, keys];
  // Where nothing is computed, names are what they were before there were formulas.
  const all = computed.length > 0 ? [...content, formulaFormat, computed] : content;
  return `v${viewFormat}_${hashOf(all).slice(0, 24)}`;
}

/** Whether the view has the data of its records as a column, beside what is made of it. */
export function showsData({ viewName }: Pick<Entity, 'viewName'>): boolean {
  return !viewName.startsWith('v_');
}
