import { jsonAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';
import { fitsFloat } from './float-range.ts';

/** The slot is a float8 and not exact; all digits are in `data`. */
export const decimal: StoredType = {
  fromData: (key) => `case when jsonb_typeof(${jsonAt(key)}) = 'number' then (${jsonAt(key)})::numeric end`,
  condition: (path) => `${path}.type() == "number" && ${fitsFloat(path)}`,
};
