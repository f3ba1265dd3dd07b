import type { StoredType } from '../stored-type.ts';
import { readMoment } from './read-moment.ts';

const form = '^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{0,5}[1-9])?$';

/** Read from `data` even where there is a slot: the slot is text too, and would need the same conversion. */
export const time: StoredType = {
  fromData: (key) => `${readMoment(key, '"HH24:MI:SS"', '"HH24:MI:SS.US"')}::time`,
  condition: (path) => `${path}.type() == "string" && ${path} like_regex "${form}"`,
};
