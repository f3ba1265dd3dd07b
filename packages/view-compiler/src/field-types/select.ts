import { quoted, textAt } from '../data-access.ts';
import type { StoredType } from '../stored-type.ts';

/** Only choices are let in, because an enum of the API can hold nothing else. */
export const select: StoredType = {
  fromData: textAt,
  fromSlot: (slot) => `nullif(${slot}, formwork.text_null())`,
  condition: (path, { choices }) => `${path}.type() == "string" && (${isChoice(path, choices)})`,
};

/** jsonpath predicate for a text that is one of the choices' keys. */
export function isChoice(path: string, choices: readonly { readonly key: string }[]): string {
  return choices.map(({ key }) => `${path} == ${quoted(key)}`).join(' || ') || '1 == 0';
}
