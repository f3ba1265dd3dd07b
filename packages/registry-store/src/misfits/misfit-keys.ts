import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Problem, Registry, UniqueKey } from '@formwork/registry';
import { compileEntityStorage, type EntityStorageRow } from '@formwork/view-compiler';
import { findDuplicates } from '../find-duplicates.ts';
import { countOf, examplesOf } from '../find-records.ts';
import { runStatement } from '../run-statement.ts';
import { type Comparison, pathOfField } from './comparison.ts';

/** Records that share the value of a unique key that is new or has changed. */
export async function findMisfitKeys(sql: TransactionSql, comparison: Comparison): Promise<Problem[]> {
  const { before, was, after, entity } = comparison;
  const known = new Set(definitionsOf(compileEntityStorage(before, was)));
  const row = compileEntityStorage(after, entity);
  const definitions = definitionsOf(row);
  const problems: Problem[] = [];
  for (const key of entity.keys) {
    if (known.has(definitions[Number(key.slot.column.slice(1)) - 1] ?? '')) continue;
    const found = await findDuplicates(sql, row, key.slot.column);
    if (found === null) continue;
    const message =
      `${countOf(found)} of "${entity.key}" that share the value of the unique key "${key.key}" with another: ` +
      `${examplesOf(found)}. Change or delete all but one of each first.`;
    problems.push({ code: 'VALUES_NOT_UNIQUE', path: pathOfKey(comparison, key), message, records: found });
  }
  return problems;
}

/** New keys whose place still holds values of one that was given up: a job is emptying it. */
export async function findStaleKeys(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [index, entity] of after.entities.entries()) {
    const was = before?.entityByStorageKey.get(entity.storageKey);
    if (before === null || was === undefined) continue;
    const taken = new Set(was.keys.map(({ slot }) => slot.column));
    for (const key of entity.keys.filter(({ slot }) => !taken.has(slot.column))) {
      const stale = await runStatement(
        sql,
        text`select id from formwork.records
          where entity_type = ${entity.storageKey} and ${text.identifier(key.slot.column)} is not null limit 1`,
      );
      if (stale.length === 0) continue;
      const message =
        `The unique key "${key.key}" of "${entity.key}" needs the place of one that was given up, which is still being ` +
        'emptied: try again when the job is done.';
      const path = pathOfKey({ before, was, after, entity, path: `entities[${index}]` }, key);
      problems.push({ code: 'STILL_FILLING', path, message });
    }
  }
  return problems;
}

/** What each unique slot keeps unique: the same in another slot has no new duplicates. */
function definitionsOf({ uniqueKeys, nullsEqual }: EntityStorageRow): string[] {
  return uniqueKeys.map((parts, index) => JSON.stringify([parts, nullsEqual[index]]));
}

/** A unique field is a key too, but stands among the fields of the document. */
function pathOfKey(comparison: Comparison, key: UniqueKey): string {
  const { entity, path } = comparison;
  const isField = (one: UniqueKey) => entity.fieldByKey.get(one.key)?.unique === true;
  const [field] = key.fields;
  if (isField(key) && field) return pathOfField(comparison, field);
  return `${path}.keys[${entity.keys.filter((one) => !isField(one)).indexOf(key)}]`;
}
