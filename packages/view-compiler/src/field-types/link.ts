import { textAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';

const form = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

export const link: StoredType = {
  fromData: (key) => `case when ${textAt(key)} ~ '${form}' then (${textAt(key)})::uuid end`,
  fromSlot: (slot) => slot,
  condition: (path) => `${path}.type() == "string" && ${path} like_regex "${form}"`,
};
