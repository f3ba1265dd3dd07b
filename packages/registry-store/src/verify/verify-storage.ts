import { isDeepStrictEqual } from 'node:util';
import type { TransactionSql } from '@formwork/pg';
import type { Entity, Registry } from '@formwork/registry';
import {
  compileFormulas,
  compileLinkRules,
  compileRollups,
  type EntityStorageRow,
  type LinkRuleRow,
  type RollupRow,
} from '@formwork/view-compiler';
import { findStored, placeOfRollup, readLinkRules, readRollups } from '../refresh/stored-rows.ts';
import { findFunctions } from '../use-functions.ts';
import { findViews } from '../use-views.ts';
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
    'What the triggers know of the entity is not what its registry says.':
      (await findStored(sql, [row])).size === 1,
    'The rules for deleting what is linked to are not what the registry says.': await areRulesStored(
      sql,
      entity,
      rules,
    ),
    [`The view "${entity.viewName}" is missing: run "formwork registry refresh".`]: (
      await findViews(sql, [entity.viewName])
    ).has(entity.viewName),
    'What the triggers know of its rollups is not what the registry says.': await areRollupsStored(
      sql,
      registry,
      entity,
    ),
    'A function that computes stored values is missing: run "formwork registry refresh".': await hasFunctions(
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

async function areRulesStored(
  sql: TransactionSql,
  { storageKey }: Entity,
  rules: readonly LinkRuleRow[],
): Promise<boolean> {
  const sorted = [...rules].sort((a, b) => (a.field < b.field ? -1 : 1));
  return isDeepStrictEqual(await readLinkRules(sql, storageKey), sorted);
}

async function areRollupsStored(sql: TransactionSql, registry: Registry, entity: Entity): Promise<boolean> {
  const expected = compileRollups(registry, entity).map(({ row }) => row);
  const sorted = (rows: readonly RollupRow[]) =>
    [...rows].sort((a, b) => (placeOfRollup(a) < placeOfRollup(b) ? -1 : 1));
  return isDeepStrictEqual(sorted(await readRollups(sql, entity.storageKey)), sorted(expected));
}

async function hasFunctions(sql: TransactionSql, registry: Registry, entity: Entity): Promise<boolean> {
  const names = [
    ...compileRollups(registry, entity).flatMap(({ functions }) => functions.map(({ name }) => name)),
    compileFormulas(entity)?.name ?? [],
  ];
  const wanted = names.flat();
  return (await findFunctions(sql, wanted)).size === new Set(wanted).size;
}
