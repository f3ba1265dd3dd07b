import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity, Problem, Registry } from '@formwork/registry';
import { compileEntityStorage, compileLinkRules, type FieldCheck } from '@formwork/view-compiler';
import { examplesOf, type Finding, findRecords } from './find-records.ts';
import { partsArray } from './storage-values.ts';

/**
 * What the new registry demands of records that are there and do not fulfil it, as problems with a count and some
 * examples. Looks only at what has changed: the rest is kept true by the triggers.
 */
export async function findMisfits(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (before === null) return problems;
  for (const [index, entity] of after.entities.entries()) {
    const was = before.entityByStorageKey.get(entity.storageKey);
    if (was === undefined) continue;
    const path = `entities[${index}]`;
    problems.push(
      ...(await findValues(sql, before, was, after, entity, path)),
      ...(await findDuplicates(sql, before, was, after, entity, path)),
      ...(await findLinks(sql, before, after, entity, path)),
    );
  }
  return problems;
}

async function findValues(
  sql: TransactionSql,
  before: Registry,
  was: Entity,
  after: Registry,
  entity: Entity,
  path: string,
): Promise<Problem[]> {
  const checksBefore = new Map(
    compileEntityStorage(before, was).checks.map((check) => [check.field, check.path]),
  );
  const changed = compileEntityStorage(after, entity).checks.filter(
    // A new autonumber is given to every record by the change itself.
    (check) => checksBefore.get(check.field) !== check.path && !isNewAutonumber(was, entity, check),
  );
  const problems: Problem[] = [];
  for (const check of changed) {
    const field = entity.fieldByStorageKey.get(check.field);
    const at = `${path}.fields[${entity.fields.findIndex(({ storageKey }) => storageKey === check.field)}]`;
    const misfits = text`from formwork.records
      where entity_type = ${entity.storageKey} and not coalesce(data @@ ${check.path}::jsonpath, false)`;
    const missing = await findRecords(sql, text`${misfits} and not data ? ${check.field}`);
    const wrong = await findRecords(sql, text`${misfits} and data ? ${check.field}`);
    if (missing) problems.push(missingProblem(entity, field?.key, at, missing));
    if (wrong) problems.push(wrongProblem(entity, field?.key, at, wrong));
  }
  return problems;
}

function isNewAutonumber(was: Entity, entity: Entity, { field }: FieldCheck): boolean {
  const isNumber = (one: Entity) => one.fieldByStorageKey.get(field)?.type === 'autonumber';
  return isNumber(entity) && !isNumber(was);
}

function missingProblem(entity: Entity, field: string | undefined, path: string, found: Finding): Problem {
  return {
    code: 'VALUES_MISSING',
    path,
    message:
      `${count(found)} of "${entity.key}" without a value for "${field}", which is to be required: ` +
      `${examplesOf(found)}. Give them a value first, or leave the field optional.`,
  };
}

function wrongProblem(entity: Entity, field: string | undefined, path: string, found: Finding): Problem {
  return {
    code: 'VALUES_DO_NOT_FIT',
    path,
    message:
      `${count(found)} of "${entity.key}" with a value of "${field}" that the new definition of the field does not ` +
      `allow (a choice that is gone, another type): ${examplesOf(found)}. Change these values first.`,
  };
}

async function findDuplicates(
  sql: TransactionSql,
  before: Registry,
  was: Entity,
  after: Registry,
  entity: Entity,
  path: string,
): Promise<Problem[]> {
  const definitions = (registry: Registry, one: Entity) => {
    const { uniqueKeys, nullsEqual } = compileEntityStorage(registry, one);
    return one.keys.map((key) => {
      const slot = Number(key.slot.column.slice(1)) - 1;
      return { key, parts: partsArray(uniqueKeys[slot] ?? null), nullsEqual: nullsEqual[slot] ?? false };
    });
  };
  const known = new Set(definitions(before, was).map(({ parts, nullsEqual }) => `${parts} ${nullsEqual}`));
  const problems: Problem[] = [];
  for (const { key, parts, nullsEqual } of definitions(after, entity)) {
    if (known.has(`${parts} ${nullsEqual}`)) continue;
    const found = await findRecords(
      sql,
      text`from (
          select id, count(*) over (partition by value) as times, value from (
            select id, formwork.unique_slot(data, ${parts}::text[], ${text.raw(String(nullsEqual))}) as value
            from formwork.records where entity_type = ${entity.storageKey} and deleted_at is null
          ) keyed where value is not null
        ) counted where times > 1`,
    );
    if (found) problems.push(duplicateProblem(entity, key.key, path, found));
  }
  return problems;
}

function duplicateProblem(entity: Entity, key: string, path: string, found: Finding): Problem {
  const field = entity.fields.findIndex((one) => one.unique && one.key === key);
  return {
    code: 'VALUES_NOT_UNIQUE',
    path: field < 0 ? `${path}.keys` : `${path}.fields[${field}]`,
    message:
      `${count(found)} of "${entity.key}" that share the value of the unique key "${key}" with another: ` +
      `${examplesOf(found)}. Change or delete all but one of each first.`,
  };
}

async function findLinks(
  sql: TransactionSql,
  before: Registry,
  after: Registry,
  entity: Entity,
  path: string,
): Promise<Problem[]> {
  const rulesBefore = compileLinkRules(before).filter((rule) => rule.entityType === entity.storageKey);
  const targets = new Map(rulesBefore.map((rule) => [rule.field, rule.target]));
  const problems: Problem[] = [];
  for (const { entityType, field, target, slot } of compileLinkRules(after)) {
    const targetBefore = targets.get(field);
    if (entityType !== entity.storageKey || targetBefore === undefined || targetBefore === target) continue;
    const source = slot
      ? text`from formwork.records r join formwork.records t on t.id = r.${text.identifier(slot)}
          where r.entity_type = ${entityType}`
      : text`from formwork.record_links r join formwork.records t on t.id = r.target_id
          where r.entity_type = ${entityType} and r.field = ${field}`;
    const id = text.raw(slot ? 'r.id' : 'r.source_id');
    const found = await findRecords(sql, text`${source} and t.entity_type <> ${target}`, id);
    const index = entity.fields.findIndex(({ storageKey }) => storageKey === field);
    if (found) problems.push(linkProblem(entity, index, `${path}.fields[${index}]`, found));
  }
  return problems;
}

function linkProblem(entity: Entity, index: number, path: string, found: Finding): Problem {
  const field = entity.fields[index];
  return {
    code: 'LINKS_DO_NOT_FIT',
    path,
    message:
      `${count(found)} of "${entity.key}" whose link "${field?.key}" leads to something other than ` +
      `"${field?.options.target}": ${examplesOf(found)}. Remove these links first, or add a link under a new key.`,
  };
}

function count({ count: total }: Finding): string {
  return total === 1 ? 'There is 1 record' : `There are ${total} records`;
}
