import { objectText } from './encode-value.ts';
import type { ManyLinksChange } from './many-links.ts';
import type { ResolvedLinks } from './resolved-links.ts';
import type { WritePlan } from './write-plan.ts';

/** The values and links of a plan as JSON text. The links are resolved. */
export function dataText(plan: Pick<WritePlan, 'values' | 'links'>, links: ResolvedLinks): string {
  const ids = plan.links.map(({ field, to }) => [field.storageKey, JSON.stringify(links.idOf(to))] as const);
  return objectText([...plan.values, ...ids]);
}

/** What the plan does to links to many. The links are resolved. */
export function manyLinksChanges(
  { entity, id, manyLinks }: WritePlan,
  links: ResolvedLinks,
): ManyLinksChange[] {
  return manyLinks.map(({ field, add, remove, replaces }) => ({
    entity,
    field,
    source: id,
    add: add.flatMap((target) => links.idOf(target) ?? []),
    remove: remove.flatMap((reference) => links.idOf({ reference }) ?? []),
    replaces,
  }));
}
