import { jsonAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';

export const boolean: StoredType = {
  fromData: (key) => `case ${jsonAt(key)} when 'true' then true when 'false' then false end`,
  fromSlot: (slot) => `case ${slot} when 1 then true when 0 then false end`,
  condition: (path) => `${path}.type() == "boolean"`,
};
