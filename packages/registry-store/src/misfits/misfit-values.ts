import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity, Field, Problem } from '@formwork/registry';
import { compileEntityStorage } from '@formwork/view-compiler';
import { countOf, examplesOf, type Finding, findRecords } from '../find-records.ts';
import { type Comparison, pathOfField } from './comparison.ts';

/** Values that a new or changed condition of a field does not allow, or that it misses. */
export async function findMisfitValues(sql: TransactionSql, comparison: Comparison): Promise<Problem[]> {
  const { entity, after } = comparison;
  const known = knownChecks(comparison);
  const problems: Problem[] = [];
  for (const check of compileEntityStorage(after, entity).checks) {
    const field = entity.fieldByStorageKey.get(check.field);
    if (!field || known.has(`${check.field} ${check.path}`) || isMadeAnew(comparison, field)) continue;
    const path = pathOfField(comparison, field);
    const misfits = text`from formwork.records
      where entity_type = ${entity.storageKey} and deleted_at is null and not coalesce(data @@ ${check.path}::jsonpath, false)`;
    const missing = await findRecords(sql, text`${misfits} and not data ? ${check.field}`);
    const wrong = await findRecords(sql, text`${misfits} and data ? ${check.field}`);
    if (missing)
      problems.push({
        code: 'VALUES_MISSING',
        path,
        message: isMissing(entity, field, missing),
        records: missing,
      });
    if (wrong)
      problems.push({
        code: 'VALUES_DO_NOT_FIT',
        path,
        message: isWrong(entity, field, wrong),
        records: wrong,
      });
  }
  return problems;
}

function knownChecks({ before, was }: Comparison): ReadonlySet<string> {
  return new Set(compileEntityStorage(before, was).checks.map(({ field, path }) => `${field} ${path}`));
}

/** The change itself gives every record a value: a number to count by, or what a formula makes of the others. */
function isMadeAnew({ was }: Comparison, { type, storageKey }: Field): boolean {
  if (type === 'formula') return true;
  return type === 'autonumber' && was.fieldByStorageKey.get(storageKey)?.type !== 'autonumber';
}

function isMissing(entity: Entity, field: Field, found: Finding): string {
  return (
    `${countOf(found)} of "${entity.key}" without a value for "${field.key}", which is to be required: ` +
    `${examplesOf(found)}. Give them a value first, or leave the field optional.`
  );
}

function isWrong(entity: Entity, field: Field, found: Finding): string {
  if (field.type === 'rollup') {
    return (
      `${countOf(found)} of "${entity.key}" whose rollup "${field.key}" is of another type than it is to be: ` +
      `${examplesOf(found)}. Make a rollup with another key, or remove this one in a change of its own first.`
    );
  }
  return (
    `${countOf(found)} of "${entity.key}" with a value of "${field.key}" that the new definition of the field does ` +
    `not allow (a choice that is gone, another type): ${examplesOf(found)}. Change these values first.`
  );
}
