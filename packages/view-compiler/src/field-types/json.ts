import { jsonAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';

export const json: StoredType = {
  fromData: jsonAt,
  condition: (path) => `${path}.type() != "null"`,
};
