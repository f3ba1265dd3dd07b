import { jsonAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';
import { isChoice } from './select.ts';

/** Lax mode unwraps arrays within arrays, except for `.type()`: so types are looked at first. */
export const multiSelect: StoredType = {
  fromData: (key) => `case when jsonb_typeof(${jsonAt(key)}) = 'array' then ${jsonAt(key)} end`,
  condition: (path, { choices }) =>
    `${path}.type() == "array" && !exists(${path}[*].type() ? (@ != "string")) ` +
    `&& !exists(${path}[*] ? (!(${isChoice('@', choices)})))`,
};
