import { textAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';

/** Text, so any form of ISO 8601 is safe to store; which of them a client may send is the validator's business. */
const form = '^[+-]?P([0-9.,]+[YMWD])*(T([0-9.,]+[HMS])+)?$';

export const duration: StoredType = {
  fromData: textAt,
  condition: (path) =>
    `${path}.type() == "string" && ${path} like_regex "${form}" && ${path} like_regex "[0-9]"`,
};
