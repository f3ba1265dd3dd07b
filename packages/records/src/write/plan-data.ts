import { quote } from '@formwork/registry';
import { jsonText, objectText } from './encode-value.ts';
import type { ManyLinksChange } from './many-links.ts';
import type { ResolvedLinks } from './resolved-links.ts';
import { validationFailed } from './validation-failed.ts';
import type { PlannedManyLinks, WritePlan } from './write-plan.ts';

/** The values and links of a plan as JSON text. The links are resolved. */
export function dataText(plan: Pick<WritePlan, 'values' | 'links'>, links: ResolvedLinks): string {
  if (plan.links.length === 0) return objectText(plan.values);
  const ids = plan.links.map(({ field, to }) => ({ key: field.storageKey, text: jsonText(links.idOf(to)) }));
  return objectText([...plan.values, ...ids]);
}

/**
 * What the plan does to links to many. The links are resolved. Throws VALIDATION_FAILED where one is to be there and not to
 * be there: which of the two is meant nobody knows.
 */
export function manyLinksChanges(
  { entity, id, manyLinks }: WritePlan,
  links: ResolvedLinks,
): ManyLinksChange[] {
  return manyLinks.map((planned) => {
    assertNotBoth(planned, links);
    const { field, add, remove, replaces } = planned;
    return {
      entity,
      field,
      source: id,
      add: add.flatMap((target) => links.idOf(target) ?? []),
      remove: remove.flatMap((reference) => links.idOf({ reference }) ?? []),
      replaces,
    };
  });
}

function assertNotBoth({ field, add, remove }: PlannedManyLinks, links: ResolvedLinks): void {
  const coming = new Set(add.map((target) => links.idOf(target)));
  const violations = remove.flatMap((reference) => {
    const id = links.idOf({ reference });
    if (id === null || !coming.has(id)) return [];
    const message = `${quote(field.label)} is to lead to the record ${quote(id)} and not to lead there. Give it in "remove" or in the other list, not in both.`;
    return [{ path: reference.path, code: 'CONTRADICTORY' as const, message }];
  });
  if (violations.length > 0) throw validationFailed(violations);
}
