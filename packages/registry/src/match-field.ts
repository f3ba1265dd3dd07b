import type { Identities } from './aliases/identities.ts';
import type { DraftField } from './draft.ts';
import type { Field, Registry } from './model.ts';
import type { ProblemList } from './problem-list.ts';
import { quote } from './quote.ts';

/**
 * The field of today that a field of the document goes on with, or null where it is a new one. Another type or target
 * makes it a new one, which is refused where records have values of the old.
 */
export function matchField(
  { document, path, key }: DraftField,
  entity: string,
  identities: Identities,
  current: Registry | undefined,
  populated: boolean,
  problems: ProblemList,
): Field | null {
  const today = identities.fieldOf(entity, key);
  if (today === undefined || document === null) {
    return null;
  }
  if (today.type !== document.type) {
    // What is computed is stored nowhere.
    if (populated && today.computed === null) {
      const message = `The field ${quote(key)} is of type "${today.type}" and has records, so it cannot become "${document.type}" in its place. Add a field of that type with "convertedFrom": { "field": ${JSON.stringify(key)} } beside it, as the change "changeType" does.`;
      problems.add('TYPE_CHANGED', `${path}.type`, message);
    }
    return null;
  }
  const [was, is] = [today.options.target, document.options?.target];
  if (is !== undefined && !identities.isSameTarget(was, is)) {
    if (populated) {
      const message = `The link ${quote(key)} leads to ${quote(was)} and has records, so it cannot lead to ${quote(is)}. Add a new field instead.`;
      problems.add('TARGET_CHANGED', `${path}.options.target`, message);
    }
    return null;
  }
  // An entity that was removed and made again under its old key is another one.
  return was === undefined || current?.entityByKey.has(was) ? today : null;
}
