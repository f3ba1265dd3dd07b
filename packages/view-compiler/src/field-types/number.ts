import { jsonAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';
import { fitsFloat, largest, smallest } from './float-range.ts';

/** As for integers, the comparison of JSON values guards type and range at once. */
export const number: StoredType = {
  fromData: (key) => {
    const json = jsonAt(key);
    return (
      `case when ${json} between '${smallest}' and '${largest}' or ${json} between '-${largest}' and '-${smallest}' ` +
      `then (${json})::float8 when ${json} = '0' then 0 end`
    );
  },
  fromSlot: (slot) => `nullif(${slot}, 'NaN')`,
  condition: (path) => `${path}.type() == "number" && ${fitsFloat(path)}`,
};
