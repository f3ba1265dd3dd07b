import type { StoredType } from '../stored-type.ts';
import { dateDigits } from './date.ts';
import { readMoment } from './read-moment.ts';

/** Without and with a fraction: a template fits one of the two. */
const templates = ['', '.US'].map((fraction) => `"YYYY-MM-DD\\"T\\"HH24:MI:SS${fraction}\\"Z\\""`);
const form = `^${dateDigits}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{0,5}[1-9])?Z$`;

/** Digits by the expression, the lengths of months and the clock by `.datetime()`. */
export const datetime: StoredType = {
  fromData: (key) => `${readMoment(key, ...templates)}::timestamp at time zone 'UTC'`,
  fromSlot: (slot) => `nullif(${slot}, 'infinity')`,
  condition: (path) => {
    const exists = templates.map((template) => `exists(${path}.datetime(${template}))`).join(' || ');
    return (
      `${path}.type() == "string" && ${path} like_regex "${form}" && !(${path} starts with "0000") ` +
      `&& (${exists})`
    );
  },
};
