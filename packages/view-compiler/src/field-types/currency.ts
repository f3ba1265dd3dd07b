import { jsonAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';
import { fitsFloat } from './float-range.ts';

/** One column, the object as it is: whoever reads it may rely on a number in "amount" and a code in "currency". */
export const currency: StoredType = {
  fromData: (key) =>
    `case when jsonb_typeof(${jsonAt(key)} -> 'amount') = 'number' ` +
    `and jsonb_typeof(${jsonAt(key)} -> 'currency') = 'string' then ${jsonAt(key)} end`,
  condition: (path) =>
    `${path}.type() == "object" && ${path}."amount".type() == "number" && ${fitsFloat(`${path}."amount"`)} ` +
    `&& ${path}."currency".type() == "string" && ${path}."currency" like_regex "^[A-Z]{3}$"`,
};
