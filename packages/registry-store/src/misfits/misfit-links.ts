import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Problem } from '@formwork/registry';
import { compileLinkRules } from '@formwork/view-compiler';
import { countOf, examplesOf, findRecords } from '../find-records.ts';
import { type Comparison, pathOfField } from './comparison.ts';

/** Links that lead to something other than the new target of their field. */
export async function findMisfitLinks(sql: TransactionSql, comparison: Comparison): Promise<Problem[]> {
  const { before, was, after, entity } = comparison;
  const targetsBefore = new Map(compileLinkRules(before, [was]).map((rule) => [rule.field, rule.target]));
  const problems: Problem[] = [];
  for (const { field: storageKey, target, slot } of compileLinkRules(after, [entity])) {
    const field = entity.fieldByStorageKey.get(storageKey);
    const targetBefore = targetsBefore.get(storageKey);
    if (!field || targetBefore === undefined || targetBefore === target) continue;
    const linked = slot
      ? text`from formwork.records r join formwork.records t on t.id = r.${text.identifier(slot)}
          where r.entity_type = ${entity.storageKey}`
      : text`from formwork.record_links r join formwork.records t on t.id = r.target_id
          where r.entity_type = ${entity.storageKey} and r.field = ${storageKey}`;
    const id = slot ? text`r.id` : text`r.source_id`;
    const found = await findRecords(sql, text`${linked} and t.entity_type <> ${target}`, id);
    if (found === null) continue;
    const message =
      `${countOf(found)} of "${entity.key}" whose link "${field.key}" leads to something other than ` +
      `"${field.options.target}": ${examplesOf(found)}. Remove these links first, or add a link under a new key.`;
    problems.push({
      code: 'LINKS_DO_NOT_FIT',
      path: pathOfField(comparison, field),
      message,
      records: found,
    });
  }
  return problems;
}
