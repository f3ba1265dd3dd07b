import type { StoredType } from '../stored-type.ts';
import { readMoment } from './read-moment.ts';

const template = '"YYYY-MM-DD"';

/** Digits of a date. `.datetime()` by itself takes "2026-1-1" as well, and a day or month 00 as the first. */
export const dateDigits = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';

/** Digits by the expression, the lengths of months by `.datetime()`. */
export const date: StoredType = {
  fromData: (key) => `${readMoment(key, template)}::date`,
  fromSlot: (slot) => `(nullif(${slot}, 'infinity') at time zone 'UTC')::date`,
  condition: (path) =>
    `${path}.type() == "string" && ${path} like_regex "^${dateDigits}$" ` +
    `&& !(${path} starts with "0000") && exists(${path}.datetime(${template}))`,
};
