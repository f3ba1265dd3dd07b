import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Problem, Registry, RetiredKeys } from '@formwork/registry';
import { countOf, examplesOf, findRecords } from '../find-records.ts';
import { returnedLinks } from '../returned-things.ts';

/** Records whose link comes back and leads to nothing any more: while it was away nothing kept its target. */
export async function findMisfitReturnedLinks(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
  retired: RetiredKeys,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { entity, field } of returnedLinks(before, after, retired)) {
    const target = after.entityByKey.get(field.options.target ?? '')?.storageKey ?? '';
    const found = await findRecords(
      sql,
      text`from formwork.records r where r.entity_type = ${entity.storageKey} and r.data ? ${field.storageKey}
        and not exists (
          select from formwork.records t
          where t.id::text = r.data ->> ${field.storageKey} and t.entity_type = ${target} and t.deleted_at is null)`,
      text`r.id`,
    );
    if (found === null) continue;
    const message =
      `${countOf(found)} of "${entity.key}" whose link "${field.key}" leads to a record that is gone: ${examplesOf(found)}. ` +
      'Nothing leads back to it; add the link as a new field.';
    const path = `entities[${after.entities.indexOf(entity)}].fields[${entity.allFields.indexOf(field)}]`;
    problems.push({ code: 'LINKS_DO_NOT_FIT', path, message, records: found });
  }
  return problems;
}
