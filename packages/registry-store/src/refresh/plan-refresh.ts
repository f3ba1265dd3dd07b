import { isDeepStrictEqual } from 'node:util';
import type { TransactionSql } from '@formwork/pg';
import { inSteps, mapInSteps, type Registry } from '@formwork/registry';
import {
  type ChangeStep,
  compileChangeInSteps,
  compileEntityStorage,
  compileLinkRules,
  compileRollups,
} from '@formwork/view-compiler';
import { findFunctions } from '../use-functions.ts';
import { findViews } from '../use-views.ts';
import { findStored, placeOfRollup, readLinkRules, readRollups } from './stored-rows.ts';

/**
 * What has to be done so that all which was derived from a registry is as this Formwork derives it; empty where it is.
 * Records are touched where what stands in their slots may be another: by a job, where they are many (see `tidyNow`).
 */
export async function planRefresh(sql: TransactionSql, registry: Registry): Promise<readonly ChangeStep[]> {
  // From a registry to itself: all functions and views that it uses, and nothing else.
  const used = await inSteps(compileChangeInSteps(registry, registry));
  const rollups = await planRollups(sql, registry);
  const steps = [
    ...rollups.filter((step) => step.do === 'remove_rollup'),
    ...(await planStorage(sql, registry)),
    ...(await planLinkRules(sql, registry)),
    ...rollups.filter((step) => step.do === 'save_rollup'),
  ];
  if (steps.length === 0 && (await isThere(sql, used))) return [];
  return [
    ...used.filter((step) => step.do === 'use_functions'),
    ...steps,
    ...used.filter((step) => step.do === 'use_views'),
    { do: 'release_views', names: await findLeft(sql, used) },
  ];
}

async function planStorage(sql: TransactionSql, registry: Registry): Promise<readonly ChangeStep[]> {
  const rows = await inSteps(
    mapInSteps(registry.entities, (entity) => compileEntityStorage(registry, entity)),
  );
  const stored = await findStored(sql, rows);
  return rows
    .filter(({ entityType }) => !stored.has(entityType))
    .flatMap((row) => [
      { do: 'save_storage', row } as const,
      { do: 'tidy', entityType: row.entityType } as const,
    ]);
}

async function planLinkRules(sql: TransactionSql, registry: Registry): Promise<readonly ChangeStep[]> {
  const placeOf = ({ entityType, field }: { entityType: string; field: string }) => `${entityType}.${field}`;
  const stored = new Map((await readLinkRules(sql)).map((rule) => [placeOf(rule), rule]));
  const rules = compileLinkRules(registry);
  const places = new Set(rules.map(placeOf));
  return [
    ...[...stored.values()]
      .filter((rule) => !places.has(placeOf(rule)))
      .map(({ entityType, field }) => ({ do: 'remove_link_rule', entityType, field }) as const),
    ...rules
      .filter((rule) => !isDeepStrictEqual(stored.get(placeOf(rule)), rule))
      .map((rule) => ({ do: 'save_link_rule', rule }) as const),
  ];
}

async function planRollups(sql: TransactionSql, registry: Registry): Promise<readonly ChangeStep[]> {
  const stored = new Map((await readRollups(sql)).map((row) => [placeOfRollup(row), row]));
  const rows = registry.entities.flatMap((entity) => compileRollups(registry, entity)).map(({ row }) => row);
  const places = new Set(rows.map(placeOfRollup));
  return [
    ...[...stored.values()]
      .filter((row) => !places.has(placeOfRollup(row)))
      .map((row) => ({ do: 'remove_rollup', row }) as const),
    ...rows
      .filter((row) => !isDeepStrictEqual(stored.get(placeOfRollup(row)), row))
      .map((row) => ({ do: 'save_rollup', row }) as const),
  ];
}

function namesOf(used: readonly ChangeStep[]): { readonly views: string[]; readonly functions: string[] } {
  const views = used.flatMap((step) => (step.do === 'use_views' ? step.views : []));
  const functions = used.flatMap((step) => (step.do === 'use_functions' ? step.functions : []));
  return { views: views.map(({ name }) => name), functions: functions.map(({ name }) => name) };
}

async function isThere(sql: TransactionSql, used: readonly ChangeStep[]): Promise<boolean> {
  const { views, functions } = namesOf(used);
  const [foundViews, foundFunctions] = [await findViews(sql, views), await findFunctions(sql, functions)];
  return views.every((name) => foundViews.has(name)) && functions.every((name) => foundFunctions.has(name));
}

/** What the tenant is noted to use and does not any more: functions of an older form. */
async function findLeft(sql: TransactionSql, used: readonly ChangeStep[]): Promise<readonly string[]> {
  const { views, functions } = namesOf(used);
  const rows = await sql<{ name: string }[]>`
    select view_name as name from formwork.view_uses
    where tenant = formwork.current_tenant_id() and released_at is null
      and view_name <> all (${[...views, ...functions]}::text[])`;
  return rows.map(({ name }) => name);
}
