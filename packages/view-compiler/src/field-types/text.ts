import { textAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';

/** The slot has a folded prefix only, so the text itself always comes out of `data`. */
export const text: StoredType = {
  fromData: textAt,
  condition: (path) => `${path}.type() == "string"`,
};
