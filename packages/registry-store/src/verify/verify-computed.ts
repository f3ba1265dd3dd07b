import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity, Registry } from '@formwork/registry';
import { compileRollups, formulaJson, storedFormulas } from '@formwork/view-compiler';
import { findRecords } from '../find-records.ts';
import { type Drift, driftOf } from './drift.ts';

/**
 * Rollups and stored formulas, derived again from the values that they are made of, by the expressions of today and not
 * by the functions that the triggers call. A deleted record has none that anybody reads.
 */
export async function verifyComputed(
  sql: TransactionSql,
  registry: Registry,
  entity: Entity,
): Promise<readonly Drift[]> {
  const derived = [
    ...storedFormulas(entity).map((formula) => ({
      key: formula.field.storageKey,
      // Its expression names the columns of one record without a table.
      value: `(select to_jsonb(${formulaJson(formula)}) from (select p.data) r)`,
      message: 'Stored formulas that are not what the values of their record come to.',
    })),
    ...compileRollups(registry, entity).flatMap(({ values }) =>
      values('p.tenant_id', 'p.id').map((rollup) => ({
        ...rollup,
        message: 'Rollups that are not what the records there come to.',
      })),
    ),
  ];
  const drifts: Drift[] = [];
  for (const { key, value, message } of derived) {
    const found = await findRecords(
      sql,
      text`from formwork.records p where p.entity_type = ${entity.storageKey} and p.deleted_at is null
        and p.data -> ${key} is distinct from ${text.raw(value)}`,
      text`p.id`,
    );
    const name = entity.fieldByStorageKey.get(key)?.key ?? key;
    drifts.push(...driftOf('computed', entity.key, name, found, message));
  }
  return drifts;
}
