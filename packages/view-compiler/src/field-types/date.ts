import type { StoredType } from '../stored-type.ts';
import { readMoment } from './read-moment.ts';

const template = '"YYYY-MM-DD"';

/** Digits by the expression, the calendar by `.datetime()`, which by itself would take "2026-1-1" as well. */
export const date: StoredType = {
  fromData: (key) => `${readMoment(key, template)}::date`,
  fromSlot: (slot) => `(nullif(${slot}, 'infinity') at time zone 'UTC')::date`,
  condition: (path) =>
    `${path}.type() == "string" && ${path} like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" ` +
    `&& !(${path} starts with "0000") && exists(${path}.datetime(${template}))`,
};
