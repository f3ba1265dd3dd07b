import type { Entity, Field } from './model.ts';

/** The field that is written together with this one, while one of them takes the place of the other in another type. */
export function twinOf({ fieldByStorageKey }: Entity, field: Field): Field | undefined {
  const { replacedBy, conversion } = field;
  const key = replacedBy ?? (conversion?.state === 'ready' ? conversion.from : null);
  return key === null ? undefined : fieldByStorageKey.get(key);
}
