import { isDeepStrictEqual } from 'node:util';
import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity, Registry } from '@formwork/registry';
import {
  compileFormulas,
  compileLinkRules,
  compileRollups,
  type EntityStorageRow,
  type LinkRuleRow,
  type RollupRow,
  viewSchema,
} from '@formwork/view-compiler';
import { runStatement } from '../run-statement.ts';
import { storageValues } from '../storage-values.ts';
import { findFunctions } from '../use-functions.ts';
import type { Drift } from './drift.ts';

/** What was derived from the registry and stored: all of it can be derived again, and has to be the same. */
export async function verifyStorage(
  sql: TransactionSql,
  registry: Registry,
  entity: Entity,
  row: EntityStorageRow,
): Promise<readonly Drift[]> {
  const rules = compileLinkRules(registry, [entity]);
  const isRight = {
    'What the triggers know of the entity is not what its registry says.': await isStored(sql, row),
    'The rules for deleting what is linked to are not what the registry says.': await areRulesStored(
      sql,
      entity,
      rules,
    ),
    [`The view "${entity.viewName}" is missing: apply the registry again.`]: await hasView(sql, entity),
    'What the triggers know of its rollups is not what the registry says.': await areRollupsStored(
      sql,
      registry,
      entity,
    ),
    'A function that computes stored values is missing: apply the registry again.': await hasFunctions(
      sql,
      registry,
      entity,
    ),
  };
  return Object.entries(isRight).flatMap(([message, right]) =>
    right
      ? []
      : [{ kind: 'storage' as const, entity: entity.key, name: '', count: 1, examples: [], message }],
  );
}

async function isStored(sql: TransactionSql, row: EntityStorageRow): Promise<boolean> {
  // As text: a jsonpath has no equality, and is written in one way only.
  const conditions = storageValues(row).map(
    ({ name, type, value }) =>
      text`${text.identifier(name)}::text is not distinct from ${value}::text::${text.raw(type)}::text`,
  );
  const rows = await runStatement(
    sql,
    text`select 1 from formwork.entity_storage
      where entity_type = ${row.entityType} and ${text.join(conditions, ' and ')}`,
  );
  return rows.length === 1;
}

async function areRulesStored(
  sql: TransactionSql,
  { storageKey }: Entity,
  rules: readonly LinkRuleRow[],
): Promise<boolean> {
  const rows = await sql<LinkRuleRow[]>`
    select entity_type as "entityType", field, target, slot, on_delete as "onDelete" from formwork.link_rules
    where entity_type = ${storageKey}`;
  const sorted = (list: readonly LinkRuleRow[]) =>
    list.map((rule) => ({ ...rule })).sort((a, b) => (a.field < b.field ? -1 : 1));
  return isDeepStrictEqual(sorted(rows), sorted(rules));
}

async function areRollupsStored(sql: TransactionSql, registry: Registry, entity: Entity): Promise<boolean> {
  const expected = compileRollups(registry, entity).map(({ row }) => row);
  const rows = await sql<RollupRow[]>`
    select entity_type as "entityType", source_type as "sourceType", field, way, slot, level, compute,
      is_added as "isAdded", difference, keys, uses
    from formwork.rollups where entity_type = ${entity.storageKey}`;
  const sorted = (list: readonly RollupRow[]) =>
    list.map((row) => ({ ...row })).sort((a, b) => (wayOf(a) < wayOf(b) ? -1 : 1));
  return isDeepStrictEqual(sorted(rows), sorted(expected));
}

function wayOf({ way, sourceType, field, isAdded }: RollupRow): string {
  return `${way} ${sourceType} ${field} ${isAdded}`;
}

async function hasFunctions(sql: TransactionSql, registry: Registry, entity: Entity): Promise<boolean> {
  const names = [
    ...compileRollups(registry, entity).flatMap(({ functions }) => functions.map(({ name }) => name)),
    compileFormulas(entity)?.name ?? [],
  ];
  const wanted = names.flat();
  return (await findFunctions(sql, wanted)).size === new Set(wanted).size;
}

async function hasView(sql: TransactionSql, { viewName }: Entity): Promise<boolean> {
  const rows = await sql`
    select from pg_catalog.pg_views where schemaname = ${viewSchema} and viewname = ${viewName}`;
  return rows.length === 1;
}
