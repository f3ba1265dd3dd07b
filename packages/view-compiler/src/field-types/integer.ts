import { jsonAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';

const least = '-2147483648';
const most = '2147483647';

/**
 * JSON values of different types have an order in Postgres, so what lies between two numbers is a number: one guard
 * for type and range (0.5 µs a value; `jsonb_typeof` and a comparison of numerics took 1.0). NaN lies outside.
 */
export const integer: StoredType = {
  fromData: (key) =>
    `case when ${jsonAt(key)} between '${least}' and '${most}' then (${jsonAt(key)})::int end`,
  fromSlot: (slot) => `case when ${slot} between ${least} and ${most} then ${slot}::int end`,
  condition: (path) =>
    `${path}.type() == "number" && ${path} >= ${least} && ${path} <= ${most} && ${path}.floor() == ${path}`,
};
